#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "page_html.hpp"
#include "page_parts.hpp"
#include "picture/picture_panels.hpp"

namespace latent::page {
namespace {

using picture::Axis;
using picture::Point;

constexpr std::size_t most_lines = 60;  // of starts, in one picture
constexpr std::size_t grid_points = 160;
constexpr double nowhere = std::numeric_limits<double>::quiet_NaN();

// What a step has cost.
struct Cost {
  const char* name;
  const char* axis_title;
  double (*of)(const Iteration&);
};
constexpr std::array<Cost, 3> costs{
    {{"iterations", "iterations", [](const Iteration& at) { return static_cast<double>(at.iteration); }},
     {"passes", "passes over the data", [](const Iteration& at) { return static_cast<double>(at.passes); }},
     {"seconds", "seconds", [](const Iteration& at) { return at.seconds; }}}};

// The way of one start: cost and log10 of the gap, which ends where rounding hides it.
struct Path {
  std::vector<Point> points;
  bool to_best = false;
};

std::vector<Path> paths_of(const Standing& standing, const ModelStanding& model, const Cost& cost, double floor) {
  std::vector<Path> paths;
  for (const ComparedRun& run : standing.contender->runs) {
    Path path;
    path.to_best = run.error.empty() && run.optimum == std::size_t{0} && model.has_proper_optimum();
    for (const Iteration& at : run.trace) {
      if (!std::isfinite(at.objective)) continue;
      const double gap = model.best - at.objective;
      if (gap <= floor && !path.to_best) break;  // on its way to a degenerate optimum
      path.points.push_back({cost.of(at), std::log10(std::max(gap, floor))});
      if (gap <= floor) break;
    }
    if (!path.points.empty()) paths.push_back(std::move(path));
  }
  return paths;
}

double height_at(const Path& path, double cost) {
  const auto after = std::ranges::lower_bound(path.points, cost, {}, [](const Point& at) { return at[0]; });
  if (after == path.points.end()) return path.points.back()[1];
  if (after == path.points.begin()) return after->at(1);
  const Point& before = *(after - 1);
  const double width = (*after)[0] - before[0];
  const double share = width > 0 ? (cost - before[0]) / width : 1;
  return before[1] + share * ((*after)[1] - before[1]);
}

// At costs evenly spaced along the axis.
std::vector<Point> median_of(const std::vector<Path>& paths, const Axis& x, bool logarithmic) {
  std::vector<double> ends;
  std::vector<const Path*> best;
  for (const Path& path : paths) {
    if (!path.to_best) continue;
    best.push_back(&path);
    ends.push_back(path.points.back()[0]);
  }
  if (best.empty()) return {};
  const double end = spread_of(std::move(ends)).median;
  std::vector<Point> line;
  for (std::size_t i = 0; i <= grid_points; ++i) {
    const double along = x.low + (x.high - x.low) * static_cast<double>(i) / grid_points;
    const double cost = std::min(logarithmic ? std::pow(10.0, along) : along, end);
    if (cost < 0) continue;
    std::vector<double> heights;
    for (const Path* path : best) heights.push_back(height_at(*path, cost));
    line.push_back({cost, spread_of(std::move(heights)).median});
    if (cost >= end) break;
  }
  return line;
}

struct Drawing {
  std::vector<std::vector<Path>> paths;  // of each contender
  Axis x, y;
  bool logarithmic = false;  // the cost

  std::vector<Point> placed(const std::vector<Point>& path, const picture::Frame& frame) const {
    std::vector<Point> line;
    for (const Point& at : path) {
      if (logarithmic && !(std::log10(at[0]) >= x.low)) continue;  // the start itself costs nothing
      line.push_back({x.place(logarithmic ? std::log10(at[0]) : at[0]), y.place(at[1])});
    }
    return picture::simplified(line, frame);
  }
};

// Costs that differ by more than a factor of 8 need a log scale to be seen beside one another.
void choose_axes(Drawing& drawing, const Cost& cost, const picture::Frame& frame) {
  double least_end = std::numeric_limits<double>::infinity();
  double most = 0, least = least_end, low = least_end, high = -least_end;
  for (const std::vector<Path>& paths : drawing.paths) {
    std::vector<double> ends;
    for (const Path& path : paths) {
      ends.push_back(path.points.back()[0]);
      most = std::max(most, ends.back());
      for (const Point& at : path.points) {
        if (at[0] > 0) least = std::min(least, at[0]);
        low = std::min(low, at[1]);
        high = std::max(high, at[1]);
      }
    }
    if (!ends.empty()) least_end = std::min(least_end, spread_of(std::move(ends)).median);
  }
  drawing.y = picture::decades_axis(low, high, frame.height);
  drawing.logarithmic = least_end > 0 && most > 8 * least_end && std::isfinite(least);
  if (drawing.logarithmic) {
    least = std::max(least, least_end / 20);  // before it nothing is decided
    drawing.x =
        picture::logarithmic_axis(std::log10(least), std::log10(most) + 0.02, picture::Direction::across, frame.width);
  } else if (std::string(cost.name) == "seconds") {
    drawing.x = picture::linear_axis(0, most > 0 ? most : 1, picture::Direction::across, frame.width, 0.02);
  } else {
    drawing.x = picture::counting_axis(0, most, picture::Direction::across, frame.width);
  }
}

picture::Picture gap_picture(const ModelStanding& model, const Cost& cost, double floor) {
  picture::Picture picture = small_picture();
  picture::Panel panel;
  panel.frame = small_frame();
  panel.title = std::string("Gap by ") + cost.name;
  panel.y_title = "gap to the best objective";
  Drawing drawing;
  std::size_t count = 0;
  for (const Standing& standing : model.contenders) {
    drawing.paths.push_back(paths_of(standing, model, cost, floor));
    count += !drawing.paths.back().empty();
  }
  if (count == 0) {
    panel.note = "no trace";
    picture.panels.push_back(std::move(panel));
    return picture;
  }
  choose_axes(drawing, cost, panel.frame);
  panel.x = drawing.x;
  panel.y = drawing.y;
  panel.x_title = std::string(cost.axis_title) + (drawing.logarithmic ? ", log scale" : "");
  std::vector<picture::Layer> medians;
  for (std::size_t i = 0; i < drawing.paths.size(); ++i) {
    const std::vector<Path>& paths = drawing.paths[i];
    const Acceleration acceleration = model.contenders[i].contender->acceleration;
    const std::string name = acceleration == Acceleration::none ? "plain EM" : name_of(acceleration);
    std::vector<Point> thin;
    for (const std::size_t at : picture::even_sample(paths.size(), std::max<std::size_t>(most_lines / count, 5))) {
      const std::vector<Point> line = drawing.placed(paths[at].points, panel.frame);
      if (!thin.empty()) thin.push_back({nowhere, nowhere});
      thin.insert(thin.end(), line.begin(), line.end());
    }
    if (!thin.empty()) {
      panel.layers.push_back(picture::Line{name + ": starts", std::move(thin), line_colour(acceleration, 0.4), 0.9});
    }
    std::vector<Point> median = drawing.placed(median_of(paths, drawing.x, drawing.logarithmic), panel.frame);
    if (!median.empty()) {
      medians.push_back(picture::Line{name + ": median", std::move(median), line_colour(acceleration), 2.6});
    }
  }
  panel.layers.insert(panel.layers.end(), medians.begin(), medians.end());
  picture.panels.push_back(std::move(panel));
  return picture;
}

}  // namespace

std::string gap_pictures(const Comparison& comparison, const ModelStanding& model) {
  if (!std::isfinite(model.best)) {
    return "<p class=\"soft\">No run ended in an optimum, so there is no gap to draw.</p>\n";
  }
  // Sums of n terms of this size are no more exact.
  const double floor = 1e-15 * (std::abs(model.best) + static_cast<double>(comparison.observations));
  std::string html = "<h4>How fast the gap closes</h4>\n<figure>" + legend(model) + "<div class=\"pictures\">\n";
  for (const Cost& cost : costs) {
    html += svg(gap_picture(model, cost, floor), std::string("Gap to the best objective by ") + cost.name);
  }
  html +=
      "</div><figcaption>Further left and steeper is better. Bold: median of the starts that ended in the best "
      "optimum; thin: single starts";
  const std::size_t drawn = std::max<std::size_t>(most_lines / std::max<std::size_t>(model.contenders.size(), 1), 5);
  if (model.starts > drawn) html += ", an even sample of them";
  return html + ". A line that stays up ended elsewhere.</figcaption></figure>\n";
}

}  // namespace latent::page
