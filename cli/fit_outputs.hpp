#pragma once

#include <latent/table.hpp>

#include "arguments.hpp"
#include "fit_result.hpp"

// The files that `latent fit` writes: --output, --trace, --plot.

namespace latent::cli {

// Throws for files that cannot be written, or that are the data or each other: to be known before a long fit.
void check_outputs(const Arguments& arguments);

// Writes them, the model first.
void write_outputs(const Arguments& arguments, const FitResult& result, const Table& table);

}  // namespace latent::cli
