#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstddef>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <latent/atomic_file.hpp>
#include <latent/error.hpp>
#include <latent/plot.hpp>
#include <latent/text.hpp>

#include "gnuplot.hpp"
#include "picture.hpp"
#include "picture_panels.hpp"

namespace latent {
namespace {

using picture::Format;
using picture::Frame;
using picture::Interval;
using picture::Panel;
using picture::Picture;

constexpr std::size_t most_columns = 4;
constexpr std::size_t most_rows = 5000;  // drawn in one panel
constexpr std::size_t most_dots = 4000;  // in all panels of a matrix together, which keeps an SVG below 1 MB

Format format_of(const std::filesystem::path& file) {
  std::string ending = file.extension().string();
  std::transform(ending.begin(), ending.end(), ending.begin(), [](unsigned char c) { return std::tolower(c); });
  if (ending == ".svg") return Format::svg;
  if (ending == ".png") return Format::png;
  if (ending == ".pdf") return Format::pdf;
  throw OptionError("plot is '" + file.string() + "', it must end in .svg, .png or .pdf");
}

void validate(const FitPicture& fit) {
  if (fit.names.size() != fit.rows.columns()) throw std::invalid_argument("FitPicture: one name a column");
  if (fit.labels.size() != fit.rows.size()) throw std::invalid_argument("FitPicture: one label a row");
  if (std::any_of(fit.labels.begin(), fit.labels.end(), [&](std::size_t label) { return label >= fit.components; })) {
    throw std::invalid_argument("FitPicture: a label is not below the number of components");
  }
}

std::vector<Outline> outlines_of(const FitPicture& fit, std::size_t x, std::size_t y) {
  if (!fit.outlines) return {};
  std::vector<Outline> outlines = fit.outlines(x, y);
  if (std::any_of(outlines.begin(), outlines.end(), [&](const auto& any) { return any.component >= fit.components; })) {
    throw std::invalid_argument("FitPicture: an outline of no component");
  }
  return outlines;
}

// Makes room for the outlines, but not so much that a component far wider than the data makes a dot of them.
void widen(Interval& interval, const Interval& of_values, const std::vector<Outline>& outlines,
           std::size_t coordinate) {
  const double slack = 0.5 * (of_values.high - of_values.low);
  for (const Outline& outline : outlines) {
    for (const auto& at : outline.points) {
      if (!std::isfinite(at[coordinate])) continue;
      interval.low = std::max(std::min(interval.low, at[coordinate]), of_values.low - slack);
      interval.high = std::min(std::max(interval.high, at[coordinate]), of_values.high + slack);
    }
  }
}

// Draws the panels for the rows, which depend on the number of columns, in the frames it is given.
class Clusters {
 public:
  explicit Clusters(const FitPicture& fit)
      : fit_(fit), columns_(fit.rows.empty() ? 0 : std::min(fit.rows.columns(), most_columns)) {
    if (columns_ < 2) return;
    const std::size_t pairs = columns_ * (columns_ - 1) / 2;
    sample_ = picture::even_sample(fit.rows.size(), pairs == 1 ? most_rows : most_dots / pairs);
    for (std::size_t y = 1; y < columns_; ++y) {
      for (std::size_t x = 0; x < y; ++x) outlines_.push_back(outlines_of(fit, x, y));
    }
  }

  std::size_t columns() const { return columns_; }

  // `frame(row, column)` is the place of a panel in the lower triangle.
  template <typename Place>
  void draw(Picture& picture, const Place& frame) {
    find_intervals();
    if (columns_ == 2) {
      picture.panels.push_back(scatter(0, 1, frame(0, 0)));
      return;
    }
    for (std::size_t y = 0; y < columns_; ++y) {
      for (std::size_t x = 0; x <= y; ++x) {
        const Frame place = frame(y, x);
        Panel panel = x == y ? picture::histogram_panel(fit_, x, intervals_[x], place) : scatter(x, y, place);
        panel.x_labels = y + 1 == columns_;
        panel.y_labels = x == 0;
        if (x > 0) panel.y_title.clear();
        if (x == y && x > 0) panel.y.ticks.clear();
        picture.panels.push_back(std::move(panel));
      }
    }
  }

  std::string caption() const {
    std::vector<std::string> parts;
    const std::string all = std::to_string(fit_.rows.size());
    if (!sample_.empty() && sample_.size() < fit_.rows.size()) {
      parts.push_back(std::to_string(sample_.size()) + " of " + all + " rows drawn, evenly chosen" +
                      (columns_ > 2 ? "; histograms count all" : ""));
    } else if (columns_ > 0) {
      parts.push_back(count_of(fit_.rows.size(), "row"));
    }
    if (columns_ > 0 && columns_ < fit_.rows.columns()) {
      parts.push_back("columns 1 to " + std::to_string(columns_) + " of " + std::to_string(fit_.rows.columns()));
    }
    if (const std::string levels = shares(); !levels.empty())
      parts.push_back("outlines hold " + levels + " of a component");
    if ((columns_ == 1 || columns_ > 2) && fit_.densities && fit_.components > 1) {
      parts.push_back("dark line: sum of the components");
    }
    std::string caption;
    for (const std::string& part : parts) caption += (caption.empty() ? "" : "  ·  ") + part;
    return caption;
  }

 private:
  void find_intervals() {
    for (std::size_t column = 0; column < columns_; ++column) {
      intervals_.push_back(picture::interval_of(fit_.rows, column));
    }
    const std::vector<Interval> of_values = intervals_;
    for (std::size_t y = 1, pair = 0; y < columns_; ++y) {
      for (std::size_t x = 0; x < y; ++x, ++pair) {
        widen(intervals_[x], of_values[x], outlines_[pair], 0);
        widen(intervals_[y], of_values[y], outlines_[pair], 1);
      }
    }
  }

  Panel scatter(std::size_t x, std::size_t y, Frame frame) const {
    return picture::scatter_panel(fit_, sample_, x, y, outlines_[y * (y - 1) / 2 + x], intervals_[x], intervals_[y],
                                  frame);
  }

  // "50 % and 95 %"
  std::string shares() const {
    std::set<double> levels;
    for (const auto& of_pair : outlines_) {
      for (const Outline& outline : of_pair) levels.insert(outline.level);
    }
    std::string text;
    for (const double level : levels) {
      const bool last = level == *levels.rbegin();
      text += (text.empty() ? "" : last ? " and " : ", ") + rounded(100 * level) + " %";
    }
    return text;
  }

  const FitPicture& fit_;
  std::size_t columns_;
  std::vector<std::size_t> sample_;
  std::vector<std::vector<Outline>> outlines_;  // of the pairs (0, 1), (0, 2), (1, 2), (0, 3), ...
  std::vector<Interval> intervals_;
};

void draw_trace(Picture& picture, const Trace& trace, Frame objective, Frame gap) {
  if (trace.empty()) return;
  picture.panels.push_back(picture::objective_panel(trace, objective));
  picture.panels.push_back(picture::gap_panel(trace, gap));
}

// Rows to the left, the trace to the right.
void lay_out_beside(Picture& picture, Clusters& clusters, const Trace& trace) {
  picture.height = 610;
  const Frame all{100, 76, trace.empty() ? 1070.0 : 620.0, 430};
  clusters.draw(picture, [&](std::size_t, std::size_t) { return all; });
  draw_trace(picture, trace, {850, 94, 320, 150}, {850, 356, 320, 150});
}

// Panels in the lower triangle, the trace in the empty corner of the upper one.
void lay_out_matrix(Picture& picture, Clusters& clusters, const Trace& trace) {
  const double count = static_cast<double>(clusters.columns());
  const double space = 20;
  picture.height = clusters.columns() == 3 ? 860 : 980;
  const double width = (1170 - 100 - space * (count - 1)) / count;
  const double height = (picture.height - 66 - 104 - space * (count - 1)) / count;
  const auto frame = [&](std::size_t row, std::size_t column) {
    return Frame{100 + static_cast<double>(column) * (width + space), 66 + static_cast<double>(row) * (height + space),
                 width, height};
  };
  clusters.draw(picture, frame);
  const Frame corner = frame(1, 2);
  const double left = corner.left + 100;
  const double top = 84;
  const double between = 98;  // titles and labels
  const double trace_height = (corner.top + height - 42 - top - between) / 2;
  draw_trace(picture, trace, {left, top, 1170 - left, trace_height},
             {left, top + trace_height + between, 1170 - left, trace_height});
}

void lay_out_trace(Picture& picture, const Trace& trace) {
  picture.height = 460;
  draw_trace(picture, trace, {110, 94, 450, 266}, {710, 94, 450, 266});
}

Picture picture_of(const FitPicture& fit) {
  Picture picture;
  picture.title = fit.title;
  Clusters clusters(fit);
  picture.caption = clusters.caption();
  if (clusters.columns() == 0) {
    lay_out_trace(picture, fit.trace);
  } else if (clusters.columns() < 3) {
    lay_out_beside(picture, clusters, fit.trace);
  } else {
    lay_out_matrix(picture, clusters, fit.trace);
  }
  return picture;
}

}  // namespace

void write_plot(const std::filesystem::path& file, const FitPicture& fit) {
  const Format format = format_of(file);
  validate(fit);
  const Picture picture = picture_of(fit);
  AtomicFile written(file);
  std::string drawn;
  try {
    drawn = picture::run_gnuplot(picture::gnuplot_script(picture, format));
  } catch (const Error& error) {
    throw Error(std::string(error.what()) + "; the picture " + file.string() + " was not written");
  }
  if (format == Format::svg) drawn = picture::mended_svg(drawn, picture);
  written.stream() << drawn;
  written.commit();
}

void check_plot(const std::filesystem::path& file) {
  format_of(file);
  if (!picture::gnuplot_is_installed()) {
    throw Error("gnuplot is not installed (Debian: apt install gnuplot-nox); the picture " + file.string() +
                " was not written");
  }
}

}  // namespace latent
