#include "terminal_plot.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <ostream>
#include <string>
#include <vector>

#include <latent/comparison_figures.hpp>

namespace latent::cli {
namespace {

constexpr std::size_t width = 72, height = 18;  // characters
constexpr double smallest = 1e-10;              // a gap below is drawn there: rounding

struct Curve {
  char letter;
  const Contender* contender;
  const ComparedRun* run;
};

// The start from which most contenders reached the best known; the first of these.
std::size_t telling_start(const Comparison& comparison, std::size_t model) {
  const BestKnown best = best_known(comparison, model);
  std::vector<std::size_t> reached(comparison.options.starts, 0);
  for (const Contender& contender : comparison.contenders) {
    if (contender.model != model) continue;
    for (const ComparedRun& run : contender.runs) {
      if (best.reached_by(run)) ++reached[run.start];
    }
  }
  return static_cast<std::size_t>(std::ranges::max_element(reached) - reached.begin());
}

std::vector<Curve> curves_of(const Comparison& comparison, std::size_t model, std::size_t start) {
  std::vector<Curve> curves;
  char letter = 'a';
  for (const Contender& contender : comparison.contenders) {
    if (contender.model != model) continue;
    if (!contender.runs[start].trace.empty()) curves.push_back({letter, &contender, &contender.runs[start]});
    ++letter;
  }
  return curves;
}

class Canvas {
 public:
  Canvas(double passes, double low, double high) : passes_(passes), low_(low), high_(high) {}

  // A place that another curve has already is shown as *.
  void mark(double passes, double gap, char letter) {
    const double across = passes_ > 0 ? passes / passes_ : 0;
    const auto column = static_cast<std::size_t>(std::lround(across * (width - 1)));
    char& place = rows_[row_of(std::log10(std::max(gap, smallest)))][column];
    place = place == ' ' || place == letter ? letter : '*';
  }

  void print(std::ostream& out) const {
    std::vector<std::string> labels(height);
    const double step = std::ceil((high_ - low_) / 6);
    for (double decade = high_; decade >= low_; decade -= step) {
      labels[row_of(decade)] = "1e" + std::to_string(std::lround(decade));
    }
    for (std::size_t row = 0; row < height; ++row) {
      std::string line = rows_[row];
      line.erase(line.find_last_not_of(' ') + 1);
      out << std::string(10 - labels[row].size(), ' ') << labels[row] << " |" << line << '\n';
    }
    const std::string last = std::to_string(static_cast<std::size_t>(passes_));
    out << "           +" << std::string(width, '-') << "\n            0" << std::string(width - 1 - last.size(), ' ')
        << last << '\n';
  }

 private:
  std::size_t row_of(double logarithm) const {
    const double down = std::clamp((high_ - logarithm) / (high_ - low_), 0.0, 1.0);
    return static_cast<std::size_t>(std::lround(down * (height - 1)));
  }

  double passes_, low_, high_;  // low and high: whole decades
  std::vector<std::string> rows_ = std::vector<std::string>(height, std::string(width, ' '));
};

void print_gap_plot(std::ostream& out, const Comparison& comparison, std::size_t model) {
  const std::size_t start = telling_start(comparison, model);
  const std::vector<Curve> curves = curves_of(comparison, model, start);
  if (curves.empty()) return;
  const BestKnown best = best_known(comparison, model);
  double passes = 0, low = std::numeric_limits<double>::infinity(), high = -low;
  for (const Curve& curve : curves) {
    for (const Iteration& at : curve.run->trace) {
      const double gap = best.to(*curve.run) - at.objective;
      if (!std::isfinite(gap)) continue;
      passes = std::max(passes, static_cast<double>(at.passes));
      low = std::min(low, std::log10(std::max(gap, smallest)));
      high = std::max(high, std::log10(std::max(gap, smallest)));
    }
  }
  if (!(low <= high)) return;
  Canvas canvas(passes, std::floor(low), std::max(std::ceil(high), std::floor(low) + 1));
  for (const Curve& curve : curves) {
    for (const Iteration& at : curve.run->trace) {
      const double gap = best.to(*curve.run) - at.objective;
      if (std::isfinite(gap)) canvas.mark(static_cast<double>(at.passes), gap, curve.letter);
    }
  }
  out << '\n'
      << comparison.models[model].text << ", start " << start + 1
      << ": gap to the best known objective by passes over the data\n";
  canvas.print(out);
  out << "            ";
  for (const Curve& curve : curves) out << curve.letter << " " << name_of(curve.contender->acceleration) << "  ";
  out << (curves.size() > 1 ? "* several\n" : "\n");
}

}  // namespace

void print_gap_plots(std::ostream& out, const Comparison& comparison) {
  for (std::size_t m = 0; m < comparison.models.size(); ++m) print_gap_plot(out, comparison, m);
}

}  // namespace latent::cli
