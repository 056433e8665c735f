#pragma once

#include <latent/any_model.hpp>
#include <latent/fit_options.hpp>

#include "arguments.hpp"

// What `latent fit` understands, and what it makes of it.

namespace latent::cli {

Usage fit_usage(const ModelEntry& entry);

// Throws OptionError.
FitOptions fit_options(const Arguments& arguments);

}  // namespace latent::cli
