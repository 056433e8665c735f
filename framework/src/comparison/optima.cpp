#include "optima.hpp"

#include <algorithm>
#include <cmath>
#include <tuple>

#include <latent/comparison_figures.hpp>

namespace latent::comparison {
namespace {

// All runs of the model that ended somewhere, proper ones first, then the highest objective first.
std::vector<std::pair<std::size_t, ComparedRun*>> ended_runs(Comparison& comparison, std::size_t model) {
  std::vector<std::pair<std::size_t, ComparedRun*>> ended;
  for (std::size_t c = 0; c < comparison.contenders.size(); ++c) {
    if (comparison.contenders[c].model != model) continue;
    for (ComparedRun& run : comparison.contenders[c].runs) {
      if (!failed(run) && std::isfinite(run.summary.objective)) ended.emplace_back(c, &run);
    }
  }
  std::ranges::stable_sort(ended, [](const auto& a, const auto& b) {
    const Summary &first = a.second->summary, &second = b.second->summary;
    return first.degenerate() != second.degenerate() ? second.degenerate() : first.objective > second.objective;
  });
  return ended;
}

}  // namespace

void KeptParameters::keep(const Summary& summary, const AnyModel& model) {
  const bool degenerate = summary.degenerate();
  const auto alike = [&](const Kept& kept) {
    return kept.degenerate == degenerate && same_optimum(kept.objective, summary.objective, summary.total_weight);
  };
  const auto known = std::ranges::find_if(kept_, alike);
  if (known == kept_.end()) {
    kept_.push_back({summary.objective, degenerate, model.parameters()});
  } else if (summary.objective > known->objective) {
    *known = {summary.objective, degenerate, model.parameters()};
  }
}

const Json& KeptParameters::nearest(double objective, bool degenerate) const {
  const auto distance = [&](const Kept& kept) {
    return std::pair(kept.degenerate != degenerate, std::abs(kept.objective - objective));
  };
  return std::ranges::min_element(kept_, {}, distance)->parameters;
}

void find_optima(Comparison& comparison, std::size_t model, const KeptParameters& kept) {
  const auto ended = ended_runs(comparison, model);
  std::vector<Optimum>& optima = comparison.models[model].optima;
  for (const auto& [contender, run] : ended) {
    if (run->summary.verdict != Verdict::converged) continue;
    const Summary& summary = run->summary;
    if (optima.empty() || optima.back().degenerate != summary.degenerate() ||
        !same_optimum(summary.objective, optima.back().objective, summary.total_weight)) {
      optima.push_back({summary.objective, summary.degenerate(),
                        std::vector<std::size_t>(comparison.contenders.size(), 0),
                        kept.nearest(summary.objective, summary.degenerate())});
    }
  }
  // Also those that were stopped on the last steps to one.
  for (const auto& [contender, run] : ended) {
    const Summary& summary = run->summary;
    for (std::size_t o = 0; o < optima.size(); ++o) {
      if (optima[o].degenerate != summary.degenerate() ||
          !same_optimum(summary.objective, optima[o].objective, summary.total_weight)) {
        continue;
      }
      run->optimum = o;
      ++optima[o].runs[contender];
      break;
    }
  }
}

}  // namespace latent::comparison
