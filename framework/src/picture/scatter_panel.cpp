#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <latent/text.hpp>

#include "component_marks.hpp"
#include "picture_panels.hpp"

namespace latent::picture {
namespace {

std::optional<std::array<double, 2>> mean_of(std::vector<std::array<double, 2>> points) {
  if (points.size() > 1 && points.front() == points.back()) points.pop_back();
  if (points.empty()) return std::nullopt;
  std::array<double, 2> mean{};
  for (const auto& at : points) {
    mean[0] += at[0] / static_cast<double>(points.size());
    mean[1] += at[1] / static_cast<double>(points.size());
  }
  if (!std::isfinite(mean[0]) || !std::isfinite(mean[1])) return std::nullopt;
  return mean;
}

void add_dots(Panel& panel, const FitPicture& fit, const std::vector<std::size_t>& sample, std::size_t x,
              std::size_t y) {
  std::vector<std::vector<Point>> points(fit.components);
  for (const std::size_t row : sample) {
    const Point at{fit.rows(row, x), fit.rows(row, y)};
    if (!std::isfinite(at[0]) || !std::isfinite(at[1])) continue;
    points[fit.labels[row]].push_back({panel.x.place(at[0]), panel.y.place(at[1])});
  }
  const bool small = is_small(panel.frame);
  const double crowd = std::clamp(std::log10(static_cast<double>(sample.size()) / 200) / 1.4, 0.0, 1.0);
  const double radius = (small ? 2.2 : 3.0) - (small ? 0.7 : 1.1) * crowd;
  for (std::size_t component = 0; component < fit.components; ++component) {
    if (points[component].empty()) continue;
    panel.layers.push_back(Dots{"rows of " + name_of(component), std::move(points[component]),
                                colour_of(component, 0.65 - 0.2 * crowd), shape_of(component), radius});
  }
}

void add_outlines(Panel& panel, const FitPicture& fit, const std::vector<Outline>& outlines) {
  const bool only_outermost = is_crowded(panel.frame, fit.components);
  double outermost = 0;
  for (const Outline& outline : outlines) outermost = std::max(outermost, outline.level);
  for (const Outline& outline : outlines) {
    if (only_outermost && outline.level < outermost) continue;
    std::vector<Point> points;
    for (const auto& at : outline.points) {
      if (std::isfinite(at[0]) && std::isfinite(at[1])) points.push_back({panel.x.place(at[0]), panel.y.place(at[1])});
    }
    if (points.empty()) continue;
    points.push_back(points.front());
    points = simplified(points, panel.frame);
    panel.layers.push_back(Line{name_of(outline.component) + ": " + rounded(100 * outline.level) + " %",
                                std::move(points), colour_of(outline.component),
                                outline.level < outermost ? 1.0 : 2.0});
  }
}

// The centre by the outlines, or else the mean of the rows drawn.
void add_centres(Panel& panel, const FitPicture& fit, const std::vector<std::size_t>& sample, std::size_t x,
                 std::size_t y, const std::vector<Outline>& outlines) {
  std::vector<std::optional<std::array<double, 2>>> centres(fit.components);
  for (const Outline& outline : outlines) {
    if (!centres[outline.component]) centres[outline.component] = mean_of(outline.points);
  }
  std::vector<std::vector<std::array<double, 2>>> members(fit.components);
  for (const std::size_t row : sample) members[fit.labels[row]].push_back({fit.rows(row, x), fit.rows(row, y)});
  ComponentTags tags("centres", panel.frame, fit.components);
  for (std::size_t component = 0; component < fit.components; ++component) {
    const auto centre = centres[component] ? centres[component] : mean_of(std::move(members[component]));
    if (!centre) continue;
    tags.add(component, {panel.x.place((*centre)[0]), panel.y.place((*centre)[1])});
  }
  std::move(tags).put_on(panel);
}

}  // namespace

Panel scatter_panel(const FitPicture& fit, const std::vector<std::size_t>& sample, std::size_t x, std::size_t y,
                    const std::vector<Outline>& outlines, Interval x_interval, Interval y_interval, Frame frame) {
  Panel panel;
  panel.frame = frame;
  panel.x = linear_axis(x_interval.low, x_interval.high, Direction::across, frame.width);
  panel.y = linear_axis(y_interval.low, y_interval.high, Direction::up, frame.height);
  panel.x_title = fit.names[x];
  panel.y_title = fit.names[y];
  add_dots(panel, fit, sample, x, y);
  add_outlines(panel, fit, outlines);
  add_centres(panel, fit, sample, x, y, outlines);
  return panel;
}

}  // namespace latent::picture
