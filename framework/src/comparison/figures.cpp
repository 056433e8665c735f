#include <algorithm>
#include <cmath>

#include <latent/comparison_figures.hpp>

namespace latent {
namespace {

bool is_proper(const ComparedRun& run) {
  return run.error.empty() && !run.summary.degenerate() && run.summary.verdict != Verdict::not_finite;
}

double highest(const Trace& trace) {
  double result = -std::numeric_limits<double>::infinity();
  for (const Iteration& at : trace) {
    if (std::isfinite(at.objective)) result = std::max(result, at.objective);
  }
  return result;
}

double median(std::vector<double> values) {
  std::erase_if(values, [](double value) { return std::isnan(value); });
  if (values.empty()) return std::numeric_limits<double>::quiet_NaN();
  std::ranges::sort(values);
  const std::size_t middle = values.size() / 2;
  return values.size() % 2 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

void count(std::vector<std::pair<std::string, std::size_t>>& verdicts, const std::string& verdict) {
  const auto found = std::ranges::find(verdicts, verdict, &std::pair<std::string, std::size_t>::first);
  if (found == verdicts.end()) {
    verdicts.emplace_back(verdict, 1);
  } else {
    ++found->second;
  }
}

}  // namespace

std::string name_of(const Comparison& comparison, const Contender& contender) {
  return comparison.models[contender.model].text + ", " + name_of(contender.acceleration);
}

bool failed(const ComparedRun& run) {
  return !run.error.empty() || run.summary.verdict == Verdict::not_run || run.summary.verdict == Verdict::not_finite ||
         run.summary.verdict == Verdict::degenerate || run.summary.verdict == Verdict::objective_decreased;
}

double BestKnown::to(const ComparedRun& run) const { return is_proper(run) ? proper : of_all; }

bool BestKnown::reached_by(const ComparedRun& run) const {
  const bool measured = is_proper(run) || !std::isfinite(proper);
  return measured && !failed(run) && same_optimum(run.summary.objective, to(run), run.summary.total_weight);
}

BestKnown best_known(const Comparison& comparison, std::size_t model) {
  BestKnown best;
  for (const Contender& contender : comparison.contenders) {
    if (contender.model != model) continue;
    for (const ComparedRun& run : contender.runs) {
      const double seen = highest(run.trace);
      best.of_all = std::max(best.of_all, seen);
      if (is_proper(run)) best.proper = std::max(best.proper, seen);
    }
  }
  return best;
}

bool same_optimum(double objective, double other, double total_weight) {
  return std::abs(objective - other) <= same_objective * (std::abs(other) + total_weight);
}

ContenderFigures figures(const Comparison& comparison, const Contender& contender) {
  ContenderFigures result;
  result.runs = contender.runs.size();
  const BestKnown best = best_known(comparison, contender.model);
  double best_proper = -std::numeric_limits<double>::infinity(), best_of_all = best_proper;
  std::vector<double> iterations, passes, seconds, rates;
  for (const ComparedRun& run : contender.runs) {
    count(result.verdicts, run.error.empty() ? name_of(run.summary.verdict) : "error");
    if (failed(run)) {
      ++result.failures;
      continue;
    }
    const double objective = run.summary.objective;
    best_of_all = std::max(best_of_all, objective);
    if (is_proper(run)) best_proper = std::max(best_proper, objective);
    if (best.reached_by(run)) ++result.reached;
    iterations.push_back(static_cast<double>(run.summary.iterations));
    passes.push_back(static_cast<double>(run.summary.e_steps));
    seconds.push_back(run.summary.seconds);
    rates.push_back(run.summary.rate);
  }
  if (std::isfinite(best_of_all)) result.best = std::isfinite(best_proper) ? best_proper : best_of_all;
  result.iterations = median(std::move(iterations));
  result.passes = median(std::move(passes));
  result.seconds = median(std::move(seconds));
  result.rate = median(std::move(rates));
  return result;
}

}  // namespace latent
