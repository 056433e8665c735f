#pragma once

#include <string>
#include <vector>

#include <latent/acceleration.hpp>
#include <latent/comparison.hpp>

#include "arguments.hpp"
#include "command.hpp"

// Who takes part in `latent compare`.

namespace latent::cli {

// The words of a text, as a shell would see them: quotes keep spaces in a word, a backslash what comes after it.
// Throws OptionError for a quote that is not closed.
Words split_words(const std::string& text);

// The models of all --model "NAME --option value ...". Whether values are right the comparison will tell. Throws
// OptionError for what is no such text: no such model, no such option, one that is missing, the same model twice.
std::vector<ModelToCompare> models_to_compare(const Arguments& arguments, Entries entries);

// The list --acceleration. Throws OptionError.
std::vector<Acceleration> accelerations_to_compare(const Arguments& arguments);

}  // namespace latent::cli
