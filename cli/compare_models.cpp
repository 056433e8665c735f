#include "compare_models.hpp"

#include <algorithm>

#include <latent/error.hpp>

#include "fit_start.hpp"

namespace latent::cli {
namespace {

[[noreturn]] void refuse(const std::string& text, const std::string& reason) {
  throw OptionError("model is '" + text + "': " + reason);
}

Usage model_usage(const ModelEntry& entry) {
  OptionGroup group{"Model", {}};
  for (const ModelOption& option : entry.options) {
    group.options.push_back({option.name, option.value, option.description, option.initial, option.initial.empty()});
  }
  Usage usage{"the model " + entry.name, {}, entry.summary, {group}};
  usage.help = "latent fit " + entry.name;
  return usage;
}

ModelToCompare model_to_compare(const std::string& text, Entries entries) {
  const Words words = split_words(text);
  if (words.empty()) refuse(text, "it must begin with the name of a model; see latent models");
  const ModelEntry& entry = entry_named(words.front(), entries);
  const Arguments arguments(model_usage(entry), Words(words.begin() + 1, words.end()));
  if (arguments.help()) refuse(text, "for help see latent fit " + entry.name + " --help");
  return {text, &entry, complete_options(entry, arguments.texts())};
}

}  // namespace

Words split_words(const std::string& text) {
  Words words;
  std::string word;
  bool begun = false;
  char quote = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char letter = text[i];
    if (letter == '\\' && quote != '\'' && i + 1 < text.size()) {
      word += text[++i];
      begun = true;
    } else if (quote != 0) {
      if (letter == quote) {
        quote = 0;
      } else {
        word += letter;
      }
    } else if (letter == '"' || letter == '\'') {
      quote = letter;
      begun = true;
    } else if (letter == ' ' || letter == '\t' || letter == '\n') {
      if (begun) words.push_back(word);
      word.clear();
      begun = false;
    } else {
      word += letter;
      begun = true;
    }
  }
  if (quote != 0) refuse(text, std::string("the quote ") + quote + " is not closed");
  if (begun) words.push_back(word);
  return words;
}

std::vector<ModelToCompare> models_to_compare(const Arguments& arguments, Entries entries) {
  std::vector<ModelToCompare> models;
  for (const std::string& text : arguments.all("model")) {
    if (std::ranges::find(models, text, &ModelToCompare::text) != models.end()) refuse(text, "it is given twice");
    models.push_back(model_to_compare(text, entries));
    models.back().certify = arguments.has("certify");
  }
  if (models.empty()) {
    throw OptionError("--model is missing: a model with its options, as in --model \"" + entries.front().name +
                      " ...\"; see latent compare --help");
  }
  return models;
}

std::vector<Acceleration> accelerations_to_compare(const Arguments& arguments) {
  std::vector<Acceleration> accelerations;
  for (const std::string& name : arguments.list("acceleration")) {
    const Acceleration one = acceleration(name);
    if (std::ranges::find(accelerations, one) != accelerations.end()) {
      throw OptionError("acceleration is '" + arguments.text("acceleration") + "', " + name + " is there twice");
    }
    accelerations.push_back(one);
  }
  return accelerations;
}

}  // namespace latent::cli
