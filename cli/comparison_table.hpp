#pragma once

#include <iosfwd>

#include <latent/comparison.hpp>

namespace latent::cli {

// A comparison as tables, one a model: a line for each contender, then the optima found and what failed.
void print_comparison(std::ostream& out, const Comparison& comparison);

}  // namespace latent::cli
