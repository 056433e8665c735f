#pragma once

#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <latent/any_model.hpp>
#include <latent/json_form.hpp>

// The model file (docs/model-format.md): JSON, versioned, exact to the bit.

namespace latent {

inline constexpr int model_file_version = 1;

// What a model file holds.
struct StoredModel {
  std::string name;                  // of the model
  std::vector<std::string> columns;  // names of the columns it was fitted to; empty if they are not known
  std::unique_ptr<AnyModel> model;
  Json fit;  // how it was fitted; null if nobody says
};

Json model_to_json(const std::string& name, const AnyModel& model, std::span<const std::string> columns,
                   const Json& fit);

// Makes the model that the file describes, of the entry that has its name. Throws ModelError, beginning with the file's
// name and naming the key, for whatever is not such a model.
StoredModel read_model_file(const std::filesystem::path& file, std::span<const ModelEntry> entries);
StoredModel model_from_json(const Json& json, std::span<const ModelEntry> entries);
// The same to go on fitting it: with those options besides that it was fitted with (priors), of which key "fit" tells.
StoredModel fitted_model_from_json(const Json& json, std::span<const ModelEntry> entries);

}  // namespace latent
