#pragma once

#include <functional>
#include <span>
#include <string>

#include <latent/comparison.hpp>

#include "arguments.hpp"

// A comparison on one file of data.

namespace latent::cli {

// Throws OptionError for options of the data that no model can be read with, DataError for files that are not there: to
// be known before a long comparison.
void check_compared_data(const Arguments& arguments, std::span<const ModelToCompare> models);

// Reads the file once for each way in which the models want it, and runs all contenders. A model that wants the data as
// they are not is in the comparison with its reason.
Comparison compare_on(const std::string& file, const Arguments& arguments, std::span<const ModelToCompare> models,
                      std::span<const Acceleration> accelerations, const FitOptions& options,
                      const std::function<void()>& after_run);

}  // namespace latent::cli
