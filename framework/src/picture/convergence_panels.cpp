#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <string>

#include <latent/text.hpp>

#include "picture_panels.hpp"
#include "picture_text.hpp"

namespace latent::picture {
namespace {

constexpr Colour line_colour{0x0072B2};

bool is_log_likelihood(const Trace& trace) {
  return std::all_of(trace.begin(), trace.end(), [](const Iteration& at) {
    return at.objective == at.log_likelihood || !std::isfinite(at.objective);
  });
}

Axis iteration_axis(const Trace& trace, const Frame& frame) {
  return counting_axis(0, trace.empty() ? 1 : static_cast<double>(trace.back().iteration), Direction::across,
                       frame.width);
}

void draw(Panel& panel, const std::string& name, const std::vector<Point>& points) {
  if (points.empty()) return;
  panel.layers.push_back(Line{name, simplified(points, panel.frame), line_colour, 1.6});
  if (points.size() <= 40) panel.layers.push_back(Dots{name, points, line_colour, 0, points.size() <= 20 ? 3.0 : 2.2});
}

// To the thousandth where that is not more than eight digits.
std::string shown(double objective) {
  const double size = std::abs(objective);
  if (size >= 1e12 || size < 0.1) return rounded(objective, 6);
  return with_decimals(objective, size < 1e5 ? 3 : size < 1e7 ? 1 : 0);
}

}  // namespace

Panel objective_panel(const Trace& trace, Frame frame) {
  Panel panel;
  panel.frame = frame;
  panel.title = is_log_likelihood(trace) ? "Log-likelihood" : "Objective";
  if (frame.width > 300) panel.title += " by iteration";
  panel.x_title = "iteration";
  panel.y_title = is_log_likelihood(trace) ? "log-likelihood" : "log-likelihood + log-prior";
  panel.x = iteration_axis(trace, frame);
  double low = std::numeric_limits<double>::infinity();
  double high = -low;
  for (const Iteration& at : trace) {
    if (!std::isfinite(at.objective)) continue;
    low = std::min(low, at.objective);
    high = std::max(high, at.objective);
  }
  if (low > high) {
    panel.note = "no finite objective";
    panel.y_title.clear();
    return panel;
  }
  // A change of the last digits is rounding, not a curve.
  panel.y = linear_axis(low, high, Direction::up, frame.height, 0.06, 1e-12);
  std::vector<Point> points;
  for (const Iteration& at : trace) {
    if (!std::isfinite(at.objective)) continue;
    points.push_back({panel.x.place(static_cast<double>(at.iteration)), panel.y.place(at.objective)});
  }
  draw(panel, panel.title, points);
  if (std::isfinite(trace.back().objective)) panel.remark = "final " + with_minus(shown(trace.back().objective));
  return panel;
}

Panel gap_panel(const Trace& trace, Frame frame) {
  Panel panel;
  panel.frame = frame;
  panel.title = "Gap to the final ";
  panel.title += frame.width < 300 ? "value" : is_log_likelihood(trace) ? "log-likelihood" : "objective";
  panel.remark = "log scale";
  panel.x_title = "iteration";
  panel.y_title = "final − current";
  panel.x = iteration_axis(trace, frame);
  const double final_objective = trace.empty() ? 0 : trace.back().objective;
  std::vector<Point> logarithms;
  double low = std::numeric_limits<double>::infinity();
  double high = -low;
  for (const Iteration& at : trace) {
    const double gap = final_objective - at.objective;
    if (!std::isfinite(gap) || !(gap > 0)) continue;
    logarithms.push_back({static_cast<double>(at.iteration), std::log10(gap)});
    low = std::min(low, logarithms.back()[1]);
    high = std::max(high, logarithms.back()[1]);
  }
  if (logarithms.empty()) {
    panel.note = trace.size() < 2 ? "no iterations" : "the objective did not rise";
    panel.remark.clear();
    panel.y_title.clear();
    panel.y = {};
    return panel;
  }
  panel.y = decades_axis(low, high, frame.height);
  for (Point& at : logarithms) at = {panel.x.place(at[0]), panel.y.place(at[1])};
  draw(panel, panel.title, logarithms);
  return panel;
}

}  // namespace latent::picture
