#pragma once

#include <span>
#include <string>

#include <latent/comparison.hpp>

namespace latent {

// The comparison as one HTML page that needs nothing else: text, tables and pictures (SVG drawn by gnuplot) inside.
// Throws Error if gnuplot is not installed.
std::string comparison_page(std::span<const Comparison> comparisons);

}  // namespace latent
