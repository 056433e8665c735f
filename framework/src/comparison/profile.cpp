#include "profile.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

namespace latent::page {
namespace {

constexpr double unsolved = std::numeric_limits<double>::infinity();

bool is_proper(const ModelStanding& model, const ComparedRun& run) {
  if (!run.error.empty() || !std::isfinite(run.summary.objective)) return false;
  const std::vector<Optimum>& optima = model.model->optima;
  if (run.optimum && *run.optimum < optima.size()) return !optima[*run.optimum].degenerate;
  return !run.summary.degenerate();
}

// Until the objective was first at the target.
double cost_of(const ComparedRun& run, double target, ProfileCost cost) {
  for (const Iteration& at : run.trace) {
    if (at.objective >= target) return cost == ProfileCost::passes ? static_cast<double>(at.passes) : at.seconds;
  }
  return cost == ProfileCost::passes ? passes_of(run) : seconds_of(run);
}

}  // namespace

double Profile::share(std::size_t contender, double factor) const {
  if (starts == 0) return 0;
  const auto within = std::ranges::upper_bound(ratios[contender], factor * (1 + 1e-12)) - ratios[contender].begin();
  return static_cast<double>(within) / static_cast<double>(starts);
}

Profile profile_of(const ModelStanding& model, double observations, ProfileCost cost) {
  std::map<std::size_t, double> best;  // of each start
  for (const Standing& standing : model.contenders) {
    for (const ComparedRun& run : standing.contender->runs) {
      double& known = best.try_emplace(run.start, -unsolved).first->second;
      if (is_proper(model, run)) known = std::max(known, run.summary.objective);
    }
  }
  std::map<std::size_t, double> cheapest;
  std::vector<std::map<std::size_t, double>> costs(model.contenders.size());
  for (std::size_t i = 0; i < costs.size(); ++i) {
    for (const ComparedRun& run : model.contenders[i].contender->runs) {
      const double known = best.at(run.start);
      const double target = known - solved_within * (std::abs(known) + observations);
      if (!is_proper(model, run) || !(run.summary.objective >= target)) continue;
      // A clock may say 0.
      const double spent = std::max(cost_of(run, target, cost), 1e-9);
      costs[i][run.start] = spent;
      double& least = cheapest.try_emplace(run.start, spent).first->second;
      least = std::min(least, spent);
    }
  }
  Profile profile;
  profile.starts = best.size();
  for (const auto& of_contender : costs) {
    std::vector<double>& ratios = profile.ratios.emplace_back();
    for (const auto& [start, spent] : of_contender) ratios.push_back(spent / cheapest.at(start));
    std::ranges::sort(ratios);
  }
  return profile;
}

}  // namespace latent::page
