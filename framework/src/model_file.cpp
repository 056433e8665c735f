#include <latent/model_file.hpp>

#include <algorithm>
#include <cstring>
#include <cerrno>
#include <fstream>
#include <map>

#include <latent/error.hpp>

namespace latent {
namespace {

const ModelEntry& entry_of(std::span<const ModelEntry> entries, const std::string& name) {
  const auto found = std::ranges::find(entries, name, &ModelEntry::name);
  if (found != entries.end()) return *found;
  std::string known;
  for (const ModelEntry& entry : entries) known += (known.empty() ? "" : ", ") + entry.name;
  throw ModelError("key \"model\" is \"" + name + "\", which is not a model known here (" + known + ")");
}

std::string string_at(const Json& json, const std::string& key) {
  const Json& value = require_key(json, key);
  if (!value.is_string()) throw ModelError("key \"" + key + "\" must be a text");
  return value.get<std::string>();
}

std::size_t columns_of(const Json& options) {
  const Json& dimensions = require_key(options, "dimensions", "options.");
  if (!dimensions.is_number_unsigned() || dimensions.get<std::size_t>() < 1) {
    throw ModelError("key \"options.dimensions\" must be a whole number, 1 or more");
  }
  return dimensions.get<std::size_t>();
}

std::vector<std::string> names_of(const Json& json, std::size_t columns) {
  std::vector<std::string> names;
  if (!json.contains("columns")) return names;
  for (const Json& name : json.at("columns")) {
    if (!name.is_string()) throw ModelError("key \"columns\" must be a list of texts");
    names.push_back(name.get<std::string>());
  }
  if (names.size() != columns) {
    throw ModelError("key \"columns\" has " + std::to_string(names.size()) + " names, \"options.dimensions\" says " +
                     std::to_string(columns));
  }
  return names;
}

}  // namespace

Json model_to_json(const std::string& name, const AnyModel& model, std::span<const std::string> columns, const Json& fit) {
  Json json;
  json["format"] = "latent-model";
  json["version"] = model_file_version;
  json["model"] = name;
  json["options"] = model.options();
  if (!columns.empty()) json["columns"] = std::vector<std::string>(columns.begin(), columns.end());
  json["parameters"] = model.parameters();
  if (!fit.is_null()) json["fit"] = fit;
  return json;
}

StoredModel model_from_json(const Json& json, std::span<const ModelEntry> entries) {
  if (!json.is_object()) throw ModelError("a model file is a JSON object with the keys format, version, model, options, parameters");
  if (string_at(json, "format") != "latent-model") {
    throw ModelError("key \"format\" is \"" + string_at(json, "format") + "\", it must be \"latent-model\"");
  }
  const Json& version = require_key(json, "version");
  if (version != model_file_version) {
    throw ModelError("key \"version\" is " + version.dump() + ", this program reads version " + std::to_string(model_file_version));
  }
  StoredModel stored;
  stored.name = string_at(json, "model");
  const ModelEntry& entry = entry_of(entries, stored.name);
  const Json& options = require_key(json, "options");
  const std::size_t columns = columns_of(options);
  std::map<std::string, std::string> texts;
  for (const ModelOption& option : entry.options) {
    if (!options.contains(option.name)) {
      if (!option.initial.empty()) texts[option.name] = option.initial;
      continue;
    }
    const Json& value = options.at(option.name);
    texts[option.name] = value.is_string() ? value.get<std::string>() : value.dump();
  }
  try {
    stored.model = entry.make(OptionTexts(texts), columns, nullptr);
  } catch (const OptionError& error) {
    throw ModelError(std::string("key \"options\": ") + error.what());
  }
  stored.columns = names_of(json, columns);
  stored.model->set_parameters(require_key(json, "parameters"));
  if (json.contains("fit")) stored.fit = json.at("fit");
  return stored;
}

StoredModel read_model_file(const std::filesystem::path& file, std::span<const ModelEntry> entries) {
  try {
    if (std::filesystem::is_directory(file)) throw ModelError("it is a directory, a model file is expected");
    std::ifstream stream(file, std::ios::binary);
    if (!stream) throw ModelError(std::string("cannot be read: ") + std::strerror(errno));
    return model_from_json(Json::parse(stream), entries);
  } catch (const nlohmann::json::exception& error) {
    std::string reason = error.what();  // "[json.exception.parse_error.101] parse error at line 1, column 1: ..."
    if (const std::size_t end = reason.find("] "); end != std::string::npos) reason.erase(0, end + 2);
    throw ModelError(file.string() + ": not a model file: " + reason.substr(0, 160));
  } catch (const ModelError& error) {
    throw ModelError(file.string() + ": " + error.what());
  }
}

}  // namespace latent
