#include <iostream>
#include <limits>
#include <string>

#include <latent/model_file.hpp>

#include "command.hpp"
#include "help.hpp"
#include "print_model.hpp"

// The commands that only tell: inspect and models.

namespace latent::cli {
namespace {

std::string plain_text(const Json& value) { return value.is_string() ? value.get<std::string>() : json_text(value); }

int inspect(const Arguments& arguments, Entries entries) {
  const StoredModel stored = read_model_file(arguments.text("FITTED"), entries);
  std::vector<Entry> lines{{"model", stored.name}};
  const Json options = stored.model->options();
  for (const auto& [name, value] : options.items()) lines.emplace_back(name, plain_text(value));
  lines.emplace_back("free parameters", std::to_string(stored.model->free_parameters()));
  if (stored.fit.is_object()) {
    for (const auto& [name, value] : stored.fit.items()) {
      if (!value.is_structured() && name != "free_parameters") lines.emplace_back(name, plain_text(value));
    }
  }
  print_lines(std::cout, lines);
  std::cout << '\n';
  print_parameters(std::cout, *stored.model, stored.columns, std::numeric_limits<std::size_t>::max());
  return success;
}

int list_models(Entries entries) {
  std::vector<Entry> lines;
  for (const ModelEntry& entry : entries) lines.emplace_back(entry.name, entry.summary);
  print_lines(std::cout, lines);
  return success;
}

}  // namespace

int inspect_command(const Words& words, Entries entries) {
  const Usage usage{"latent inspect", {"FITTED"}, "Prints a model file: options, how it was fitted, parameters.", {}};
  return run_or_help(usage, words, [&](const Arguments& arguments) { return inspect(arguments, entries); });
}

int models_command(const Words& words, Entries entries) {
  const Usage usage{"latent models", {}, "Lists the models that latent fit can fit.", {}};
  return run_or_help(usage, words, [&](const Arguments&) { return list_models(entries); });
}

}  // namespace latent::cli
