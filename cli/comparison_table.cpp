#include "comparison_table.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <ostream>
#include <string>
#include <vector>

#include <latent/comparison_figures.hpp>
#include <latent/text.hpp>

#include "print_model.hpp"

namespace latent::cli {
namespace {

using Line = std::vector<std::string>;

constexpr int digits = 12;  // of an objective: optima may agree in many

std::string cell(double value, int significant) { return std::isfinite(value) ? rounded(value, significant) : "-"; }

std::string verdicts_text(const ContenderFigures& numbers) {
  std::string text;
  for (const auto& [verdict, count] : numbers.verdicts) {
    text += (text.empty() ? "" : ", ") + verdict + " " + std::to_string(count);
  }
  return text;
}

Line contender_line(const Comparison& comparison, const Contender& contender) {
  const ContenderFigures numbers = figures(comparison, contender);
  return {std::string("  ") + name_of(contender.acceleration),
          cell(numbers.best, digits),
          std::to_string(numbers.reached) + " of " + std::to_string(numbers.runs),
          cell(numbers.iterations, 6),
          cell(numbers.passes, 6),
          cell(numbers.seconds, 3),
          cell(numbers.rate, 3),
          std::to_string(numbers.failures),
          verdicts_text(numbers)};
}

void print_optima(std::ostream& out, const ComparedModel& model) {
  constexpr std::size_t most = 5;
  for (std::size_t o = 0; o < model.optima.size() && o < most; ++o) {
    const Optimum& optimum = model.optima[o];
    const std::size_t runs = std::accumulate(optimum.runs.begin(), optimum.runs.end(), std::size_t{0});
    out << (o == 0 ? "  optima  " : "          ") << rounded(optimum.objective, digits) << "  " << count_of(runs, "run")
        << (optimum.degenerate ? "  (degenerate)" : "") << '\n';
  }
  if (model.optima.size() > most) out << "          and " << model.optima.size() - most << " more\n";
}

void print_criteria(std::ostream& out, const ComparedModel& model) {
  if (!model.criteria) return;
  out << "  best    " << count_of(model.free_parameters, "free parameter") << ", AIC "
      << rounded(model.criteria->aic, 9) << ", BIC " << rounded(model.criteria->bic, 9);
  if (std::isfinite(model.criteria->icl)) out << ", ICL " << rounded(model.criteria->icl, 9);
  out << '\n';
}

// The runs that failed where others of the model did not, in their own words.
void print_failures(std::ostream& out, const Comparison& comparison, std::size_t model) {
  constexpr std::size_t most = 5;
  std::size_t found = 0;
  for (const Contender& contender : comparison.contenders) {
    if (contender.model != model) continue;
    for (const ComparedRun& run : contender.runs) {
      if (!failed(run) || ++found > most) continue;
      out << "  failed  " << name_of(contender.acceleration) << ", start " << run.start + 1 << ": "
          << (run.error.empty() ? run.summary.message : run.error) << '\n';
    }
  }
  if (found > most) out << "          and " << found - most << " more\n";
}

void print_model(std::ostream& out, const Comparison& comparison, std::size_t index) {
  const ComparedModel& model = comparison.models[index];
  std::vector<Line> lines{{"  acceleration", "best objective", "in starts", "iterations", "passes", "seconds", "rate",
                           "failures", "verdicts"}};
  for (const Contender& contender : comparison.contenders) {
    if (contender.model == index) lines.push_back(contender_line(comparison, contender));
  }
  out << '\n' << model.text << '\n';
  print_table(out, lines);
  if (!model.error.empty()) {
    out << "  error   " << model.error << '\n';
    return;
  }
  print_optima(out, model);
  if (model.certificate) {
    out << "  point   " << name_of(model.certificate->kind) << ": " << model.certificate->message << '\n';
  }
  print_criteria(out, model);
  print_failures(out, comparison, index);
}

}  // namespace

void print_comparison(std::ostream& out, const Comparison& comparison) {
  const FitOptions& options = comparison.options;
  out << comparison.data << ": ";
  if (comparison.observations > 0) out << count_of(comparison.observations, "observation") << ", ";
  out << count_of(options.starts, "start") << " from seed " << options.seed << ", stop rule " << name_of(options.stop)
      << " with tolerance " << number(options.tolerance) << "; iterations, passes, seconds, rate are medians\n";
  for (std::size_t m = 0; m < comparison.models.size(); ++m) print_model(out, comparison, m);
}

}  // namespace latent::cli
