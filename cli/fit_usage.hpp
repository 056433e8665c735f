#pragma once

#include <latent/any_model.hpp>
#include <latent/fit_options.hpp>

#include "arguments.hpp"

// What `latent fit` understands, and what it makes of it.

namespace latent::cli {

// Whether the model has ways of starting of its own, an option "start"; else --start names a file alone.
bool names_starts(const ModelEntry& entry);

// The options of every fit.
OptionGroup fit_group();

Usage fit_usage(const ModelEntry& entry);

// Throws OptionError. The first leaves the acceleration as it is by default.
FitOptions fit_options_without_acceleration(const Arguments& arguments);
FitOptions fit_options(const Arguments& arguments);

}  // namespace latent::cli
