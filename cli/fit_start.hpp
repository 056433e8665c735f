#pragma once

#include <map>
#include <optional>
#include <string>

#include <latent/model_file.hpp>
#include <latent/table.hpp>

#include "arguments.hpp"
#include "command.hpp"

// From where a fit starts, and what it is of: the options of the model and the data.

namespace latent::cli {

struct FitStart {
  OptionTexts options;                        // of the model: as given, or as the file of the start has them
  std::optional<StoredModel> from_file = {};  // --start FILE
};

// The options of a model. Throws OptionError if one is missing.
OptionTexts complete_options(const ModelEntry& entry, const std::map<std::string, std::string>& texts);

// Throws OptionError for what is missing or contradicts the file, ModelError if the file is no model of that kind.
FitStart fit_start(const Arguments& arguments, const ModelEntry& entry, Entries entries);

struct FitData {
  Table table;
  StartFrom start;
};

// Reads DATA as a model with those options wants it. Throws DataError.
FitData read_fit_data(const Arguments& arguments, const ModelEntry& entry, const FitStart& start);

}  // namespace latent::cli
