#pragma once

#include <iosfwd>

#include <latent/comparison.hpp>

namespace latent::cli {

// Draws, for each model, the gap to the best known objective against passes over the data as text: one letter a
// contender, all from the same start, the one from which most contenders reached the best known.
void print_gap_plots(std::ostream& out, const Comparison& comparison);

}  // namespace latent::cli
