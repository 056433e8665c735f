#include "fit_start.hpp"

#include <map>
#include <utility>

#include <latent/error.hpp>

#include "data.hpp"
#include "data_files.hpp"
#include "fit_usage.hpp"
#include "sequence_data.hpp"

namespace latent::cli {
namespace {

// Whether --start is no way of starting that the model knows, but a file.
bool is_file(const std::string& start, const ModelEntry& entry) {
  return !names_starts(entry) || start.find_first_of("./") != std::string::npos;
}

void refuse_many_starts(const Arguments& arguments, const std::string& from) {
  if (arguments.given("starts") && arguments.whole_number("starts", 1) > 1) {
    throw OptionError("starts is " + arguments.text("starts") + ", from " + from + " there is only one");
  }
}

// What the file says of the model need not be said again, and may not be contradicted.
void take_options(const StoredModel& stored, const ModelEntry& entry, const Arguments& arguments,
                  std::map<std::string, std::string>& texts) {
  const Json options = stored.model->options();
  for (const ModelOption& option : entry.options) {
    if (!options.contains(option.name)) continue;
    const Json& value = options[option.name];
    const std::string there = value.is_string() ? value.get<std::string>() : value.dump();
    if (arguments.given(option.name) && arguments.text(option.name) != there) {
      throw OptionError(option.name + " is " + arguments.text(option.name) + ", but " + arguments.text("start") +
                        " has " + there);
    }
    texts[option.name] = there;
  }
  // Lists (an alphabet) are no options of a command line, but the model may want to know them.
  for (const auto& [name, value] : options.items()) {
    if (value.is_array()) texts.try_emplace(name, value.dump());
  }
}

}  // namespace

OptionTexts complete_options(const ModelEntry& entry, const std::map<std::string, std::string>& texts) {
  for (const ModelOption& option : entry.options) {
    if (!texts.contains(option.name)) {
      throw OptionError("--" + option.name + " is missing: the " + option.description + "; see latent fit " +
                        entry.name + " --help");
    }
  }
  return OptionTexts(texts);
}

FitStart fit_start(const Arguments& arguments, const ModelEntry& entry, Entries entries) {
  FitStart start;
  std::map<std::string, std::string> texts = arguments.texts();
  if (arguments.given("start") && arguments.given("start-labels")) {
    throw OptionError("start and start-labels are both given, a fit starts from one of them");
  }
  if (arguments.has("start") && is_file(arguments.text("start"), entry)) {
    const std::string& file = arguments.text("start");
    refuse_many_starts(arguments, "a file");
    start.from_file = read_model_file(file, entries);
    if (start.from_file->name != entry.name) {
      throw ModelError(file + ": is a model " + start.from_file->name + ", to be fitted is " + entry.name);
    }
    take_options(*start.from_file, entry, arguments, texts);
    for (const ModelOption& option : entry.options) {
      if (option.name == "start") texts["start"] = option.initial;
    }
  }
  if (arguments.given("start-labels")) refuse_many_starts(arguments, "labels");
  start.options = complete_options(entry, texts);
  return start;
}

namespace {

FitData read_rows(const Arguments& arguments, const ModelEntry& entry, const FitStart& start) {
  const Reading reading{.needs = entry.needs(start.options)};
  const TableOptions options = table_options_of(arguments, reading);
  if (!arguments.has("start-labels")) {
    FitData data{read_data(arguments, reading.needs, options), {}};
    cut_by_lengths(data.table, arguments, data_text(arguments));
    return data;
  }
  LabelledTable read = read_labelled_table(arguments, arguments.text("start-labels"), reading.needs, options);
  return {std::move(read.table), {.labels = std::move(read.labels)}};
}

}  // namespace

FitData read_fit_data(const Arguments& arguments, const ModelEntry& entry, const FitStart& start) {
  if (start.from_file) {
    return {read_table_for(*start.from_file, arguments), {.parameters = start.from_file->model->parameters()}};
  }
  FitData data = read_rows(arguments, entry, start);
  check_table(data.table, entry.needs(start.options), data_text(arguments));
  return data;
}

}  // namespace latent::cli
