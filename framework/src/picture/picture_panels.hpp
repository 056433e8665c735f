#pragma once

#include <cstddef>
#include <vector>

#include <latent/plot.hpp>

#include "picture.hpp"

// The panels of the picture of a fit.
namespace latent::picture {

// A fixed sample of the rows 0 ... n - 1: one of each of `count` equal parts, at a place that no pattern in the order
// of the rows can follow.
std::vector<std::size_t> even_sample(std::size_t rows, std::size_t count);

// A line without the points that lie within a tenth of a pixel of it.
std::vector<Point> simplified(const std::vector<Point>& line, const Frame& frame);

struct Interval {
  double low = 0;
  double high = 1;
};

// The finite values of a column; around few whole numbers there is room for their bins.
Interval interval_of(const Observations& rows, std::size_t column);

// The rows of `sample` in the plane of two columns under their outlines.
Panel scatter_panel(const FitPicture& fit, const std::vector<std::size_t>& sample, std::size_t x, std::size_t y,
                    const std::vector<Outline>& outlines, Interval x_interval, Interval y_interval, Frame frame);

// All rows as a histogram under the densities.
Panel histogram_panel(const FitPicture& fit, std::size_t column, Interval interval, Frame frame);

Panel objective_panel(const Trace& trace, Frame frame);
Panel gap_panel(const Trace& trace, Frame frame);

}  // namespace latent::picture
