#include "command.hpp"

#include <algorithm>
#include <iostream>

#include <latent/error.hpp>

#include "help.hpp"

namespace latent::cli {

const ModelEntry& entry_named(const std::string& name, Entries entries) {
  const auto found = std::ranges::find(entries, name, &ModelEntry::name);
  if (found == entries.end()) {
    std::string known;
    for (const ModelEntry& entry : entries) known += (known.empty() ? "" : ", ") + entry.name;
    throw OptionError("'" + name + "' is not a model; those known are " + known +
                      ", one of a plugin needs --plugin FILE or LATENT_PLUGIN_PATH");
  }
  return *found;
}

int run_or_help(const Usage& usage, const Words& words, const std::function<int(const Arguments&)>& run) {
  const Arguments arguments(usage, words);
  if (!arguments.help()) return run(arguments);
  std::cout << help_text(usage);
  return success;
}

}  // namespace latent::cli
