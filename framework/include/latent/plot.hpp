#pragma once

#include <array>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <latent/iteration.hpp>
#include <latent/observations.hpp>

// The picture of a fit: the rows coloured by component under what the model says of them, and how the objective came
// to its final value. Drawn by gnuplot, a program that runs beside this one.

namespace latent {

// A closed curve around a component in the plane of two columns, such as the ellipse that holds 95 % of it. The mean of
// its points is taken as the component's centre.
struct Outline {
  std::vector<std::array<double, 2>> points;
  std::size_t component = 0;
  double level = 0.95;  // the share of the component inside
};

// A density by the values of one column: of a component times its weight, or, without a component, their sum.
struct Curve {
  std::vector<std::array<double, 2>> points;
  std::optional<std::size_t> component;
};

struct FitPicture {
  Observations rows;                // n x D; not owned. Without rows or columns the trace alone is drawn
  std::vector<std::string> names;   // D
  std::vector<std::size_t> labels;  // n, the component of each row, below `components`
  std::size_t components = 1;
  // Either may be empty: then no such curves. Asked for the columns that are drawn: the first four.
  std::function<std::vector<Outline>(std::size_t x_column, std::size_t y_column)> outlines;
  std::function<std::vector<Curve>(std::size_t column, std::span<const double> grid)> densities;
  Trace trace;  // empty: the rows alone are drawn
  std::string title;
};

// Writes the picture as .svg, .png or .pdf, by the ending of the file's name:
//   1 column         a histogram under the densities of the components and their sum
//   2 columns        the rows and the outlines
//   3 or more        the same for every pair of the first four columns, histograms on the diagonal
// with the objective by iteration and its distance from the final objective beside. Histograms count every row; of
// many rows a fixed, even sample is drawn, and the picture says so. The file appears whole or not at all.
// Throws OptionError for another ending, Error if gnuplot is not installed or fails or the file cannot be written.
void write_plot(const std::filesystem::path& file, const FitPicture& picture);

// Throws what write_plot would throw for the name of the file or for want of gnuplot: to be known before a long fit.
void check_plot(const std::filesystem::path& file);

}  // namespace latent
