#include <iostream>
#include <string>

#include <latent/conformance_report.hpp>
#include <latent/error.hpp>

#include "command.hpp"
#include "data.hpp"
#include "data_files.hpp"
#include "fit_start.hpp"
#include "fit_usage.hpp"
#include "help.hpp"
#include "sequence_data.hpp"

namespace latent::cli {
namespace {

Usage check_usage(const ModelEntry& entry) {
  const ConformanceOptions defaults;
  Usage usage = fit_usage(entry);
  usage.command = "latent check " + entry.name;
  usage.summary = "Checks the model " + entry.name + " (" + entry.summary +
                  ") on data: that its E-step only adds, that weights are felt, that its M-step maximises, that EM's "
                  "fixed points are stationary points of the log-likelihood, and more. DATA as for latent fit. Exit "
                  "status 1 if a check failed. Defaults are in [brackets].";
  usage.groups.resize(2);  // the model's and the data's
  // It begins at the model's own starts.
  std::erase_if(usage.groups.front().options, [&](const Option& option) {
    return option.name == "start-labels" || (option.name == "start" && !names_starts(entry));
  });
  usage.groups.push_back(
      {"Check",
       {{"seed", "N", "of all randomness: the same seed checks the same", std::to_string(defaults.seed)},
        {"starts", "N", "starts of EM to check from", std::to_string(defaults.starts)},
        {"observations", "N", "the most rows to look at; of more a random part is taken",
         std::to_string(defaults.observations)}}});
  usage.groups.push_back({"Output", {{"json", "", "print one JSON object instead of the report"}}});
  return usage;
}

int check_with(const ModelEntry& entry, const Arguments& arguments) {
  ConformanceOptions options;
  options.seed = arguments.whole_number("seed", 0);
  options.starts = arguments.whole_number("starts", 1);
  options.observations = arguments.whole_number("observations", 2);
  FitStart start;
  start.options = complete_options(entry, arguments.texts());
  check_options(entry, start.options);  // wrong ones are known before any data are read
  const FitData data = read_fit_data(arguments, entry, start);
  Conformance found;
  with_data_named(data_text(arguments), data.table, [&] {
    const RowData rows = row_data(data.table);
    const auto model = entry.make(start.options, columns_of(data.table), &rows);
    check_known_states(data.table, model->components());
    found = model->check(rows, options);
  });
  std::cout << (arguments.has("json") ? json_text(to_json(found)) + "\n" : found.report());
  return found.passed() ? success : failure;
}

std::string models_help(Entries entries) {
  std::vector<Entry> lines;
  for (const ModelEntry& entry : entries) lines.emplace_back(entry.name, entry.summary);
  return "usage: latent check MODEL DATA [options]\n\nChecks a model on data. The models are\n\n" + two_columns(lines) +
         "\nlatent check MODEL --help lists the options of a check, which depend on the model.\n";
}

}  // namespace

int check_command(const Words& words, Entries entries) {
  if (words.empty())
    throw OptionError("MODEL is missing, the usage is latent check MODEL DATA [options]; see latent models");
  if (words.front() == "--help" || words.front() == "-h") {
    std::cout << models_help(entries);
    return success;
  }
  const ModelEntry& entry = entry_named(words.front(), entries);
  return run_or_help(check_usage(entry), Words(words.begin() + 1, words.end()),
                     [&](const Arguments& arguments) { return check_with(entry, arguments); });
}

}  // namespace latent::cli
