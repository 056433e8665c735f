#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "component_marks.hpp"
#include "picture_panels.hpp"

namespace latent::picture {
namespace {

constexpr unsigned sum_colour = 0x222222;
constexpr double smallest_range = 1e-290;  // below it, a hundredth of a range may be no number

struct Histogram {
  double first = 0;  // left edge
  double width = 1;
  std::vector<double> counts;
  double total = 0;
};

// Half of Freedman and Diaconis' width, 2 x interquartile range / n^(1/3), because the quartiles of a mixture may lie
// in different components; within bounds. Whole numbers get bins of whole numbers, or some bins would hold one more of
// them than others.
Histogram histogram_of(const Observations& rows, std::size_t column, double most_bins) {
  std::vector<double> values;
  values.reserve(rows.size());
  bool whole = true;
  for (std::size_t row = 0; row < rows.size(); ++row) {
    const double value = rows(row, column);
    if (!std::isfinite(value)) continue;
    values.push_back(value);
    whole = whole && value == std::floor(value) && std::abs(value) < 1e15;
  }
  if (values.empty()) return {};
  const auto quantile = [&](double share) {
    const auto at = values.begin() + static_cast<std::ptrdiff_t>(share * static_cast<double>(values.size() - 1));
    std::nth_element(values.begin(), at, values.end());
    return *at;
  };
  const double spread = quantile(0.75) - quantile(0.25);
  const auto [low, high] = std::minmax_element(values.begin(), values.end());
  Histogram histogram{*low, 0, {}, static_cast<double>(values.size())};
  const double least_bins = std::clamp(std::sqrt(histogram.total), 5.0, 15.0);
  const double range = *high / 2 - *low / 2;  // half of it, which is always a number
  histogram.width = spread / std::cbrt(histogram.total);
  histogram.width = std::clamp(histogram.width, 2 * (range / most_bins), 2 * (range / least_bins));
  if (whole) {
    histogram.width = std::max(1.0, std::round(histogram.width));
    histogram.first -= 0.5;
  } else if (range > smallest_range) {  // the bins end where the values do
    histogram.width = 2 * (range / std::ceil(2 * (range / histogram.width) - 1e-9));
  } else {
    histogram.width = std::abs(*low) > smallest_range ? std::abs(*low) / 50 : 1;
    histogram.first -= histogram.width / 2;
  }
  const auto bin = [&](double value) {
    return static_cast<std::size_t>(
        std::max(0.0, (value / 2 - histogram.first / 2) / (histogram.width / 2) * (1 - 1e-12)));
  };
  histogram.counts.resize(bin(*high) + 1);
  for (const double value : values) ++histogram.counts[bin(value)];
  return histogram;
}

double highest_of(const std::vector<double>& counts) {
  return counts.empty() ? 0 : *std::max_element(counts.begin(), counts.end());
}

Bars bars_of(const Histogram& histogram, const Axis& x, const Axis& y) {
  Bars bars{"rows", {}, {0xD0D0D0}};
  for (std::size_t i = 0; i < histogram.counts.size(); ++i) {
    if (histogram.counts[i] == 0) continue;
    const double left = x.place(histogram.first + histogram.width * static_cast<double>(i));
    const double right = x.place(histogram.first + histogram.width * static_cast<double>(i + 1));
    const double density = histogram.counts[i] / histogram.total / histogram.width;
    bars.bars.push_back({(left + right) / 2, y.place(density), right - left});
  }
  return bars;
}

std::vector<double> grid_of(const Axis& x) {
  constexpr std::size_t points = 401;
  std::vector<double> grid(points);
  for (std::size_t i = 0; i < points; ++i) {
    const double share = static_cast<double>(i) / (points - 1);
    grid[i] = x.low * (1 - share) + x.high * share;
  }
  return grid;
}

void add_curve(Panel& panel, const std::string& name, const std::vector<Point>& points, Colour colour) {
  panel.layers.push_back(Line{name, simplified(points, panel.frame), colour, 2.0});
}

// The sum first, so that it is seen where it differs from the components; each of these has its number on its peak.
void add_curves(Panel& panel, const FitPicture& fit, const std::vector<Curve>& curves) {
  ComponentTags numbers("peaks", panel.frame, fit.components);
  for (const bool sum : {true, false}) {
    for (const Curve& curve : curves) {
      if (sum == curve.component.has_value() || (sum && fit.components == 1)) continue;
      std::vector<Point> points;
      for (const auto& at : curve.points) {
        if (std::isfinite(at[0]) && std::isfinite(at[1]))
          points.push_back({panel.x.place(at[0]), panel.y.place(at[1])});
      }
      if (points.empty()) continue;
      if (sum) {
        add_curve(panel, "sum of the components", points, {sum_colour});
        continue;
      }
      add_curve(panel, name_of(*curve.component), points, colour_of(*curve.component));
      numbers.add(*curve.component, *std::max_element(points.begin(), points.end(),
                                                      [](const Point& a, const Point& b) { return a[1] < b[1]; }));
    }
  }
  if (!is_crowded(panel.frame, fit.components)) std::move(numbers).put_on(panel);
}

}  // namespace

Panel histogram_panel(const FitPicture& fit, std::size_t column, Interval interval, Frame frame) {
  Panel panel;
  panel.frame = frame;
  const Histogram histogram = histogram_of(fit.rows, column, frame.width > 400 ? 60 : 30);
  panel.x = linear_axis(interval.low, interval.high, Direction::across, frame.width);
  panel.x_title = fit.names[column];
  panel.y_title = "density";
  const std::vector<double> grid = grid_of(panel.x);
  const std::vector<Curve> curves = fit.densities ? fit.densities(column, grid) : std::vector<Curve>{};
  const double bars_top = histogram.total > 0 ? highest_of(histogram.counts) / histogram.total / histogram.width : 0;
  double top = bars_top;
  for (const Curve& curve : curves) {
    for (const auto& at : curve.points) top = std::isfinite(at[1]) ? std::max(top, at[1]) : top;
  }
  // The peak of a component that is about to collapse would leave nothing else to be seen.
  if (bars_top > 0) top = std::min(top, 2.5 * bars_top);
  panel.y = axis_from_zero(top, frame.height);
  if (histogram.total > 0) panel.layers.push_back(bars_of(histogram, panel.x, panel.y));
  add_curves(panel, fit, curves);
  return panel;
}

}  // namespace latent::picture
