#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include <latent/atomic_file.hpp>
#include <latent/comparison_figures.hpp>
#include <latent/comparison_picture.hpp>
#include <latent/error.hpp>
#include <latent/text.hpp>

#include "gnuplot.hpp"
#include "picture.hpp"
#include "picture_panels.hpp"

namespace latent {
namespace {

using picture::Colour;
using picture::Format;
using picture::Frame;
using picture::Line;
using picture::Panel;
using picture::Picture;
using picture::Point;

// Told apart by people of any colour vision (Okabe & Ito 2008).
constexpr std::array<unsigned, 6> colours{0x000000, 0xE69F00, 0x0072B2, 0x009E73, 0xD55E00, 0xCC79A7};

using Cost = std::function<double(const Iteration&)>;

Format format_of(const std::filesystem::path& file) {
  if (file.extension() == ".svg") return Format::svg;
  if (file.extension() == ".png") return Format::png;
  if (file.extension() == ".pdf") return Format::pdf;
  throw OptionError("the picture is '" + file.string() + "', it must end in .svg, .png or .pdf");
}

std::vector<const Contender*> contenders_of(const Comparison& comparison, std::size_t model) {
  std::vector<const Contender*> mine;
  for (const Contender& contender : comparison.contenders) {
    if (contender.model == model) mine.push_back(&contender);
  }
  return mine;
}

// Where the gap is not above zero there is nothing to draw on a log scale: the line ends there.
std::vector<Point> logarithms(const ComparedRun& run, double best, const Cost& cost) {
  std::vector<Point> points;
  for (const Iteration& at : run.trace) {
    const double gap = best - at.objective;
    if (std::isfinite(gap) && gap > 0) points.push_back({cost(at), std::log10(gap)});
  }
  return points;
}

Panel gap_panel(const Comparison& comparison, std::size_t model, const std::string& unit, const Cost& cost,
                Frame frame) {
  Panel panel;
  panel.frame = frame;
  panel.x_title = unit;
  panel.y_title = "gap to the best known";
  const BestKnown best = best_known(comparison, model);
  std::vector<Line> lines;
  double low = std::numeric_limits<double>::infinity(), high = -low, longest = 0;
  const auto contenders = contenders_of(comparison, model);
  for (std::size_t c = 0; c < contenders.size(); ++c) {
    for (const ComparedRun& run : contenders[c]->runs) {
      std::vector<Point> points = logarithms(run, best.to(run), cost);
      if (points.empty()) continue;
      for (const Point& at : points) {
        longest = std::max(longest, at[0]);
        low = std::min(low, at[1]);
        high = std::max(high, at[1]);
      }
      const std::string name = name_of(contenders[c]->acceleration) + std::string(", start ");
      lines.push_back({name + std::to_string(run.start + 1), std::move(points),
                       Colour{colours[c % colours.size()], 0.7}, 1.2, false});
    }
  }
  if (lines.empty()) {
    panel.note = "nothing ran";
    return panel;
  }
  panel.x = picture::linear_axis(0, longest > 0 ? longest : 1, picture::Direction::across, frame.width);
  panel.y = picture::decades_axis(low, high, frame.height);
  for (Line& line : lines) {
    for (Point& at : line.points) at = {panel.x.place(at[0]), panel.y.place(at[1])};
    line.points = picture::simplified(line.points, frame);
    panel.layers.push_back(std::move(line));
  }
  return panel;
}

// A bar of its colour under the name of each contender.
void add_legend(Picture& picture, const Comparison& comparison, std::size_t model) {
  const auto contenders = contenders_of(comparison, model);
  double left = 100;
  for (std::size_t c = 0; c < contenders.size(); ++c) {
    Panel panel;
    panel.title = name_of(contenders[c]->acceleration);
    panel.frame = {left, 80, 60, 6};
    panel.layers.push_back(Line{panel.title, {{0, 0.5}, {1, 0.5}}, Colour{colours[c % colours.size()]}, 4, false});
    picture.panels.push_back(std::move(panel));
    left += 120;
  }
}

}  // namespace

void write_comparison_picture(const std::filesystem::path& file, const Comparison& comparison, std::size_t model) {
  const Format format = format_of(file);
  Picture picture;
  picture.width = 1200;
  picture.height = 560;
  picture.title = comparison.models[model].text + ": " + comparison.data;
  picture.caption = count_of(comparison.options.starts, "start") + "; a line a run, log scale";
  add_legend(picture, comparison, model);
  const auto passes = [](const Iteration& at) { return static_cast<double>(at.passes); };
  const auto seconds = [](const Iteration& at) { return at.seconds; };
  picture.panels.push_back(gap_panel(comparison, model, "passes over the data", passes, {100, 120, 470, 340}));
  picture.panels.push_back(gap_panel(comparison, model, "seconds", seconds, {690, 120, 470, 340}));
  std::string drawn = picture::run_gnuplot(picture::gnuplot_script(picture, format));
  if (format == Format::svg) drawn = picture::mended_svg(drawn, picture);
  write_file_atomically(file, drawn);
}

}  // namespace latent
