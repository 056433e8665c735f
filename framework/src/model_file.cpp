#include <algorithm>
#include <cerrno>
#include <fstream>
#include <map>
#include <set>
#include <system_error>

#include <latent/error.hpp>
#include <latent/model_file.hpp>

#include "shown_text.hpp"

namespace latent {
namespace {

constexpr const char* format_name = "latent-model";

// What a model file may say besides what it must; "comment" is for people.
const Json known_keys{{"format", 0},  {"version", 0}, {"model", 0},      {"comment", 0}, {"options", 0},
                      {"columns", 0}, {"levels", 0},  {"parameters", 0}, {"fit", 0}};

const ModelEntry& entry_of(std::span<const ModelEntry> entries, const std::string& name) {
  const auto found = std::ranges::find(entries, name, &ModelEntry::name);
  if (found != entries.end()) return *found;
  std::string known;
  for (const ModelEntry& entry : entries) known += (known.empty() ? "" : ", ") + entry.name;
  throw ModelError("key \"model\" is " + input::shown(name) + ", the models known here are " + known +
                   "; one of a plugin needs --plugin FILE or LATENT_PLUGIN_PATH");
}

std::string text_at(const Json& json, const std::string& key) {
  const Json& value = require_key(json, key);
  if (!value.is_string()) throw ModelError("key \"" + key + "\" is " + shown_value(value) + ", it must be a text");
  return value.get<std::string>();
}

void check_kind(const Json& json) {
  if (!json.is_object()) throw ModelError("is " + shown_value(json) + ", a model file is a JSON object");
  if (const std::string format = text_at(json, "format"); format != format_name) {
    throw ModelError("key \"format\" is " + input::shown(format) + ", it must be \"" + format_name + "\"");
  }
  if (const Json& version = require_key(json, "version"); version != model_file_version) {
    throw ModelError("key \"version\" is " + shown_value(version) + ", this program reads version " +
                     std::to_string(model_file_version));
  }
  refuse_unknown_keys(json, known_keys);
}

std::size_t columns_of(const Json& options) {
  const Json& dimensions = require_key(options, "dimensions", "options.");
  if (!dimensions.is_number_unsigned() || dimensions.get<std::size_t>() < 1) {
    throw ModelError("key \"options.dimensions\" is " + shown_value(dimensions) +
                     ", it must be a whole number, 1 or more");
  }
  return dimensions.get<std::size_t>();
}

// The texts of the model's options, and the lists, which are no options of a command line (an alphabet) but may fix the
// shape of the parameters. What the model does not know of is refused by its own account of its options, later.
// `fitted_with`: options that the model itself does not tell.
OptionTexts option_texts(const Json& options, const Json& fitted_with, const ModelEntry& entry) {
  std::map<std::string, std::string> texts;
  for (const ModelOption& option : entry.options) {
    if (!option.initial.empty()) texts[option.name] = option.initial;
    if (fitted_with.contains(option.name) && fitted_with.at(option.name).is_string()) {
      texts[option.name] = fitted_with.at(option.name).get<std::string>();
    }
    if (!options.contains(option.name)) continue;
    const Json& value = options.at(option.name);
    texts[option.name] = value.is_string() ? value.get<std::string>() : value.dump();
  }
  for (const auto& [name, value] : options.items()) {
    if (value.is_array()) texts[name] = value.dump();
  }
  return OptionTexts(texts);
}

std::unique_ptr<AnyModel> model_of(const Json& json, const Json& fitted_with, const TableColumns& columns,
                                   const ModelEntry& entry) {
  const Json& options = require_key(json, "options");
  try {
    std::unique_ptr<AnyModel> model = entry.make(option_texts(options, fitted_with, entry), columns, nullptr);
    refuse_unknown_keys(options, model->options(), "options.");
    return model;
  } catch (const OptionError& error) {
    throw ModelError(std::string("key \"options\": ") + error.what());
  } catch (const DataError& error) {  // columns that the model cannot have
    throw ModelError(error.what());
  }
}

std::vector<std::string> names_of(const Json& json, std::size_t columns) {
  std::vector<std::string> names;
  if (!json.contains("columns")) return names;
  const Json& list = json.at("columns");
  if (!list.is_array()) throw ModelError("key \"columns\" is " + shown_value(list) + ", it must be a list of names");
  for (const Json& name : list) {
    if (!name.is_string())
      throw ModelError("key \"columns\" holds " + shown_value(name) + ", it must be a list of names");
    if (std::ranges::count(names, name.get<std::string>()) > 0) {
      throw ModelError("key \"columns\" has " + shown_value(name) + " twice");
    }
    names.push_back(name.get<std::string>());
  }
  if (names.size() != columns) {
    throw ModelError("key \"columns\" has length " + std::to_string(names.size()) + ", \"options.dimensions\" is " +
                     std::to_string(columns));
  }
  return names;
}

// One list of different texts a column, empty for a column of numbers.
std::vector<std::vector<std::string>> levels_of(const Json& json, std::size_t columns) {
  std::vector<std::vector<std::string>> levels;
  if (!json.contains("levels")) return levels;
  const Json& lists = json.at("levels");
  const auto refuse = [&](const std::string& reason) {
    throw ModelError("key \"levels\" " + reason + ", it must be a list of texts for each column, empty for numbers");
  };
  if (!lists.is_array() || lists.size() != columns) refuse("is " + shown_value(lists));
  for (const Json& list : lists) {
    if (!list.is_array()) refuse("holds " + shown_value(list));
    std::vector<std::string>& texts = levels.emplace_back();
    for (const Json& text : list) {
      if (!text.is_string()) refuse("holds " + shown_value(text));
      if (std::ranges::count(list, text) > 1) refuse("has " + shown_value(text) + " twice in a column");
      texts.push_back(text.get<std::string>());
    }
  }
  return levels;
}

// JSON leaves open what a key means that stands twice; of two weights a person should not have to guess which counts.
Json parse(std::istream& stream) {
  constexpr int deepest = 100;
  std::vector<std::set<std::string>> keys;  // of the objects that are open
  return Json::parse(stream, [&keys](int depth, Json::parse_event_t event, const Json& parsed) {
    if (depth > deepest) throw ModelError("is not a model file: it is nested deeper than " + std::to_string(deepest));
    if (event == Json::parse_event_t::object_start) keys.emplace_back();
    if (event == Json::parse_event_t::object_end) keys.pop_back();
    if (event == Json::parse_event_t::key && !keys.back().insert(parsed.get<std::string>()).second) {
      throw ModelError("key " + shown_value(parsed) + " stands twice in the same object");
    }
    return true;
  });
}

// "[json.exception.parse_error.101] parse error at line 1, column 1: syntax error while parsing value - ..." without
// the first word, on one line.
std::string reason_of(const nlohmann::json::exception& error) {
  constexpr std::size_t longest = 160;
  std::string reason = error.what();
  if (const std::size_t end = reason.find("] "); end != std::string::npos) reason.erase(0, end + 2);
  std::ranges::replace_if(
      reason, [](char c) { return c < ' ' || c > '~'; }, '?');
  return reason.size() > longest ? reason.substr(0, longest) + "..." : reason;
}

}  // namespace

Json model_to_json(const std::string& name, const AnyModel& model, std::span<const std::string> columns,
                   const Json& fit) {
  Json json;
  json["format"] = format_name;
  json["version"] = model_file_version;
  json["model"] = name;
  json["options"] = model.options();
  if (!columns.empty()) json["columns"] = std::vector<std::string>(columns.begin(), columns.end());
  const auto is_text = [](const NeededColumn& column) { return column.text; };
  if (std::ranges::any_of(model.needs().columns, is_text)) json["levels"] = model.levels();
  json["parameters"] = model.parameters();
  if (!fit.is_null()) json["fit"] = fit;
  return json;
}

namespace {

StoredModel stored_model(const Json& json, const Json& fitted_with, std::span<const ModelEntry> entries) {
  check_kind(json);
  StoredModel stored;
  stored.name = text_at(json, "model");
  const ModelEntry& entry = entry_of(entries, stored.name);
  TableColumns columns(columns_of(require_key(json, "options")));
  stored.columns = names_of(json, columns.size());
  if (!stored.columns.empty()) columns.names = stored.columns;
  columns.levels = levels_of(json, columns.size());
  stored.model = model_of(json, fitted_with, columns, entry);
  stored.model->set_parameters(require_key(json, "parameters"));
  if (json.contains("fit")) stored.fit = json.at("fit");
  return stored;
}

}  // namespace

StoredModel model_from_json(const Json& json, std::span<const ModelEntry> entries) {
  return stored_model(json, Json::object(), entries);
}

StoredModel fitted_model_from_json(const Json& json, std::span<const ModelEntry> entries) {
  const Json fit = json.is_object() ? json.value("fit", Json::object()) : Json::object();
  const Json options = fit.is_object() ? fit.value("options", Json::object()) : Json::object();
  return stored_model(json, options.is_object() ? options : Json::object(), entries);
}

StoredModel read_model_file(const std::filesystem::path& file, std::span<const ModelEntry> entries) {
  try {
    std::error_code none;
    if (std::filesystem::is_directory(file, none)) throw ModelError("is a directory, a model file is expected");
    std::ifstream stream(file, std::ios::binary);
    if (!stream) throw ModelError("cannot be opened: " + std::generic_category().message(errno));
    return model_from_json(parse(stream), entries);
  } catch (const nlohmann::json::exception& error) {
    throw ModelError(file.string() + ": is not a model file: " + reason_of(error));
  } catch (const ModelError& error) {
    throw ModelError(file.string() + ": " + error.what());
  }
}

}  // namespace latent
