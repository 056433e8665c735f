#include <iostream>
#include <string>
#include <vector>

#include <latent/accumulator.hpp>
#include <latent/error.hpp>
#include <latent/text.hpp>

#include "command.hpp"
#include "output.hpp"

namespace latent::cli {
namespace {

Usage merge_usage() {
  Usage usage{
      "latent merge",
      {"PART"},
      "Adds up accumulator files of the same model, which latent accumulate or latent merge wrote, in any order.",
      {{"Output", {{"output", "FILE", "the accumulator file of all", "", true}}}}};
  usage.last_many = true;
  return usage;
}

int merge(const Arguments& arguments, Entries entries) {
  const std::vector<std::string> parts = arguments.all("PART");
  check_output(arguments, "output", {"PART"});
  Accumulator all = Accumulator::read(parts.front(), entries);
  for (std::size_t i = 1; i < parts.size(); ++i) {
    const Accumulator part = Accumulator::read(parts[i], entries);
    try {
      all.merge(part);
    } catch (const ModelError&) {
      throw ModelError(parts[i] + ": was accumulated with another model, or with other parameters, than " +
                       parts.front());
    } catch (const DataError& error) {
      throw DataError(parts[i] + ": " + error.what());
    }
  }
  all.write(arguments.text("output"));
  std::cout << arguments.text("output") << ": " << all.accumulated() << " of "
            << count_of(all.observations(), "observation")
            << (all.data_sets() > 1 ? ", of " + count_of(all.data_sets(), "data set") : "") << "\n";
  return success;
}

}  // namespace

int merge_command(const Words& words, Entries entries) {
  return run_or_help(merge_usage(), words, [&](const Arguments& arguments) { return merge(arguments, entries); });
}

}  // namespace latent::cli
