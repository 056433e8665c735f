#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numeric>
#include <span>
#include <vector>

#include <oneapi/tbb/parallel_for.h>

#include <latent/em_run.hpp>
#include <latent/latent_model.hpp>
#include <latent/random.hpp>
#include <latent/sample.hpp>

// Many starts: short runs first, the best continued (Biernacki, Celeux & Govaert 2003, "short runs of EM"). Starts are
// independent and run in parallel; each draws from its own random stream, so that the result depends on the seed alone.

namespace latent {

// Whether `a` ended in a better place than `b`: a proper optimum before one at the edge of the parameter space, whose
// likelihood may be as high as one likes, then the higher objective.
template <LatentModel Model>
bool better(const EmRun<Model>& a, const EmRun<Model>& b) {
  if (a.degenerate() != b.degenerate()) return b.degenerate();
  const auto rank = [](double objective) {  // NaN has no order
    return std::isfinite(objective) ? objective : -std::numeric_limits<double>::infinity();
  };
  return rank(a.objective()) > rank(b.objective());
}

template <LatentModel Model>
typename Model::Parameters draw_start(const Model& model, const Sample<DataOf<Model>>& sample, std::uint64_t seed,
                                      std::size_t index) {
  Random random = random_stream(seed, index);
  if constexpr (InitializesWithWeights<Model>) {
    return model.initialize(sample.observations, random, sample.weights);
  } else {
    return model.initialize(sample.observations, random);
  }
}

// Appends the runs of all starts to `runs` and returns the index of the best.
template <LatentModel Model>
std::size_t run_starts(const Model& model, const Sample<DataOf<Model>>& sample, const FitOptions& options,
                       Clock::time_point begin, std::vector<EmRun<Model>>& runs) {
  for (std::size_t index = 0; index < options.starts; ++index) {
    runs.emplace_back(model, sample, typename Model::Parameters{}, options, begin, index);
  }
  const std::size_t short_run =
      options.starts == 1 ? options.max_iterations : std::min(options.short_iterations, options.max_iterations);
  tbb::parallel_for(std::size_t{0}, runs.size(), [&](std::size_t index) {
    runs[index].start_at(draw_start(model, sample, options.seed, index));
    runs[index].run(short_run);
  });

  std::vector<std::size_t> order(runs.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto by_rank = [&](std::size_t a, std::size_t b) { return better(runs[a], runs[b]); };
  std::stable_sort(order.begin(), order.end(), by_rank);
  const double total_weight = sample.total_weight();
  const auto on_the_same_path = [&](std::size_t a, std::size_t b) {
    return runs[a].degenerate() == runs[b].degenerate() &&
           std::abs(runs[a].objective() - runs[b].objective()) <= rounding_of(runs[a].objective(), total_weight);
  };
  order.erase(std::unique(order.begin(), order.end(), on_the_same_path), order.end());

  std::size_t ended = 0;
  const auto ended_at_the_edge = [&](std::size_t index) { return runs[index].degenerate(); };
  do {  // the next best too, as long as all have ended at the edge of the parameter space
    const std::size_t until = std::min(order.size(), ended + options.continued);
    tbb::parallel_for(ended, until, [&](std::size_t rank) { runs[order[rank]].run(options.max_iterations); });
    ended = until;
  } while (ended < order.size() && std::ranges::all_of(std::span(order).first(ended), ended_at_the_edge));
  order.resize(ended);
  return *std::min_element(order.begin(), order.end(), by_rank);
}

template <LatentModel Model>
void report_starts(const std::vector<EmRun<Model>>& runs, Summary& summary) {
  for (const EmRun<Model>& run : runs) {
    StartReport report;
    report.start = summary.starts.size();
    report.objective = run.objective();
    report.initial_objective = run.trace().empty() ? run.objective() : run.trace().front().objective;
    report.iterations = run.trace().empty() ? 0 : run.trace().back().iteration;
    report.verdict = run.verdict();
    report.continued = run.verdict() != Verdict::not_run;
    report.degenerate = run.degenerate();
    summary.starts.push_back(report);
  }
}

}  // namespace latent
