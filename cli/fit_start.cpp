#include "fit_start.hpp"

#include <map>
#include <utility>

#include <latent/error.hpp>

#include "data.hpp"

namespace latent::cli {
namespace {

// A --start that is no way of starting but a file.
bool is_file(const std::string& start) { return start.find_first_of("./") != std::string::npos; }

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
}

}  // namespace

FitStart fit_start(const Arguments& arguments, const ModelEntry& entry, Entries entries) {
  FitStart start;
  std::map<std::string, std::string> texts = arguments.texts();
  if (arguments.given("start") && arguments.given("start-labels")) {
    throw OptionError("start and start-labels are both given, a fit starts from one of them");
  }
  if (arguments.has("start") && is_file(arguments.text("start"))) {
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
  for (const ModelOption& option : entry.options) {
    if (!texts.contains(option.name)) {
      throw OptionError("--" + option.name + " is missing: the " + option.description + "; see latent fit " +
                        entry.name + " --help");
    }
  }
  start.options = OptionTexts(texts);
  return start;
}

FitData read_fit_data(const Arguments& arguments, const FitStart& start) {
  const std::string& file = arguments.text("DATA");
  const TableOptions options = table_options_of(arguments);
  if (start.from_file) {
    return {read_table_for(*start.from_file, file, options), {.parameters = start.from_file->model->parameters()}};
  }
  if (!arguments.has("start-labels")) return {read_table(file, options), {}};
  LabelledTable read = read_labelled_table(file, arguments.text("start-labels"), options);
  return {std::move(read.table), {.labels = std::move(read.labels)}};
}

}  // namespace latent::cli
