#include "standing.hpp"

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

namespace latent::page {
namespace {

Standing standing_of(const Contender& contender, const ModelStanding& of_model) {
  Standing standing;
  standing.contender = &contender;
  standing.starts = contender.runs.size();
  const std::vector<Optimum>& optima = of_model.model->optima;
  for (const ComparedRun& run : contender.runs) {
    if (!run.error.empty()) {
      ++standing.failed;
      continue;
    }
    if (run.summary.verdict != Verdict::converged) ++standing.not_converged;
    if (!run.optimum || *run.optimum >= optima.size()) {
      ++standing.unfinished;
      continue;
    }
    ++(optima[*run.optimum].degenerate ? standing.degenerate
       : *run.optimum == 0             ? standing.at_best
                                       : standing.elsewhere);
    standing.reached = std::min(*run.optimum, standing.reached.value_or(*run.optimum));
  }
  std::vector<double> iterations, passes, seconds, rates;
  for (const ComparedRun& run : contender.runs) {
    if (!run.error.empty() || !standing.reached || run.optimum != standing.reached) continue;
    iterations.push_back(static_cast<double>(run.summary.iterations));
    passes.push_back(passes_of(run));
    seconds.push_back(seconds_of(run));
    rates.push_back(run.summary.rate);
  }
  standing.measured = iterations.size();
  standing.iterations = spread_of(std::move(iterations));
  standing.passes = spread_of(std::move(passes));
  standing.seconds = spread_of(std::move(seconds));
  standing.rate = spread_of(std::move(rates)).median;
  return standing;
}

std::optional<std::size_t> choice_among(const std::vector<Standing>& contenders) {
  std::size_t most = 0;
  for (const Standing& any : contenders) most = std::max(most, any.at_best);
  std::optional<std::size_t> choice;
  for (std::size_t i = 0; i < contenders.size(); ++i) {
    const Standing& any = contenders[i];
    if (any.at_best == 0 || 10 * any.at_best < 9 * most) continue;
    const auto cost = [](const Standing& of) { return std::pair(of.passes.median, of.seconds.median); };
    if (!choice || cost(any) < cost(contenders[*choice])) choice = i;
  }
  return choice;
}

}  // namespace

Spread spread_of(std::vector<double> values) {
  std::erase_if(values, [](double value) { return !std::isfinite(value); });
  if (values.empty()) return {};
  std::ranges::sort(values);
  const std::size_t count = values.size();
  return {(values[(count - 1) / 2] + values[count / 2]) / 2, values.front(), values.back()};
}

double passes_of(const ComparedRun& run) {
  return static_cast<double>(run.trace.empty() ? run.summary.e_steps : run.trace.back().passes);
}

double seconds_of(const ComparedRun& run) { return run.summary.seconds; }

double missing_information(double rate) { return rate >= 0 ? std::sqrt(std::min(rate, 1.0)) : rate; }

std::vector<ModelStanding> standings(const Comparison& comparison) {
  std::vector<ModelStanding> all(comparison.models.size());
  std::vector<std::set<std::size_t>> at_best(all.size());
  for (std::size_t i = 0; i < all.size(); ++i) all[i].model = &comparison.models[i];
  for (const Contender& contender : comparison.contenders) {
    ModelStanding& of_model = all.at(contender.model);
    if (contender.acceleration == Acceleration::none) of_model.plain = of_model.contenders.size();
    of_model.contenders.push_back(standing_of(contender, of_model));
    of_model.starts = std::max(of_model.starts, contender.runs.size());
    for (const ComparedRun& run : contender.runs) {
      if (!run.error.empty() || run.optimum != std::size_t{0} || of_model.model->optima.empty()) continue;
      of_model.best = std::fmax(of_model.best, run.summary.objective);
      at_best[contender.model].insert(run.start);
    }
  }
  for (std::size_t i = 0; i < all.size(); ++i) {
    all[i].recommended = choice_among(all[i].contenders);
    all[i].starts_at_best = at_best[i].size();
    if (std::isnan(all[i].best) && !all[i].model->optima.empty()) all[i].best = all[i].model->optima.front().objective;
  }
  return all;
}

std::optional<std::size_t> lowest(const Comparison& comparison, double Criteria::*criterion) {
  std::optional<std::size_t> best;
  for (std::size_t i = 0; i < comparison.models.size(); ++i) {
    const std::optional<Criteria>& of = comparison.models[i].criteria;
    if (!of || !std::isfinite((*of).*criterion)) continue;
    if (!best || (*of).*criterion < (*comparison.models[*best].criteria).*criterion) best = i;
  }
  return best;
}

}  // namespace latent::page
