#include "command.hpp"

#include <algorithm>
#include <iostream>

#include <latent/error.hpp>

#include "help.hpp"

namespace latent::cli {

const ModelEntry& entry_named(const std::string& name, Entries entries) {
  const auto found = std::ranges::find(entries, name, &ModelEntry::name);
  if (found == entries.end()) throw OptionError("'" + name + "' is not a model; see latent models");
  return *found;
}

int run_or_help(const Usage& usage, const Words& words, const std::function<int(const Arguments&)>& run) {
  const Arguments arguments(usage, words);
  if (!arguments.help()) return run(arguments);
  std::cout << help_text(usage);
  return success;
}

}  // namespace latent::cli
