#pragma once

#include <cstddef>
#include <filesystem>

#include <latent/comparison.hpp>

namespace latent {

// Draws how the contenders of one model came to the best known objective: the gap to it against passes over the data
// and against seconds, on a log scale, one line a run. Writes .svg, .png or .pdf, by the ending of the file's name.
// Throws OptionError for another ending, Error if gnuplot is not installed.
void write_comparison_picture(const std::filesystem::path& file, const Comparison& comparison, std::size_t model);

}  // namespace latent
