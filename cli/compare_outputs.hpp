#pragma once

#include <span>

#include <latent/comparison.hpp>

#include "arguments.hpp"

// The folder that `latent compare` writes: --output.

namespace latent::cli {

OptionGroup compare_output_group();

// Makes the folder. Throws for one that cannot be written to: to be known before a long comparison.
void check_compare_outputs(const Arguments& arguments);

// Writes summary.json and traces.csv, then report.html and pictures, for which gnuplot is needed.
void write_compare_outputs(const Arguments& arguments, std::span<const Comparison> comparisons);

}  // namespace latent::cli
