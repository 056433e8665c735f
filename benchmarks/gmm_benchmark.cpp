#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>
#include <latent/expectation.hpp>
#include <latent/fit.hpp>
#include <latent/gmm/gaussian_mixture.hpp>
#include <oneapi/tbb/task_arena.h>

#include "gmm_problems.hpp"
#include "machine.hpp"

// What does a fit of a Gaussian mixture cost?
//
//   gmm_iteration   one complete EM iteration, E-step over all rows and M-step, always from the same place mid-fit
//   default_fit     the whole fit with default options to 1e5 rows of 8 overlapping Gaussians in 8 dimensions, for 10
//                   data sets, each with a seed of its own: how often within 1e-4 per row of the optimum that EM reaches
//                   from the true parameters
//
// Rates of one thread are by the processor's time: on a machine that others use too, waiting says nothing.

namespace latent::benchmarks {
namespace {

// The rows last drawn: one case follows the other, and all of them together would fill the memory.
const Drawn& drawn(const IterationCase& shape) {
  static std::string name;
  static Drawn last;
  if (name != shape.name()) {
    last = {};
    last = draw(shape);
    name = shape.name();
  }
  return last;
}

template <LatentModel Model>
void iterate(benchmark::State& state, const Model& model, const Observations& rows,
             const typename Model::Parameters& start, int threads) {
  tbb::task_arena arena(threads);
  arena.execute([&] {
    for (auto _ : state) {
      const auto next = model.maximization(expect(model, start, Sample<Observations>(rows)).statistics, start);
      benchmark::DoNotOptimize(next.weights.data());
    }
  });
}

void gmm_iteration(benchmark::State& state, const IterationCase& shape, int threads) {
  using benchmark::Counter;
  const Drawn& data = drawn(shape);
  with_mixture(shape.covariance, shape.components, [&]<class Gaussians>(const GaussianMixture<Gaussians>& model) {
    iterate(state, model, data.rows, parameters_of<Gaussians>(mid_fit(data.truth)), threads);
  });
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(shape.rows));
  const double flops = shape.useful_flops();
  state.counters["flops"] = Counter(flops, Counter::kIsIterationInvariantRate);
  state.counters["share"] = Counter(flops / machine().product_rate(), Counter::kIsIterationInvariantRate);
  state.counters["target"] = shape.target_seconds;
}

void default_fit(benchmark::State& state, double separation) {
  const GaussianMixture<> model{.components = default_fit_components};
  std::vector<double> gaps, seconds;
  for (auto _ : state) {
    const std::uint64_t seed = gaps.size() + 1;
    const Drawn data = draw_default_fit(separation, seed);
    const Summary at_truth = fit(model, data.rows, parameters_of<FullGaussians>(data.truth)).summary;
    const Summary summary = fit(model, data.rows, FitOptions{.seed = seed}).summary;
    gaps.push_back((at_truth.log_likelihood - summary.log_likelihood) / static_cast<double>(data.rows.rows()));
    seconds.push_back(summary.seconds);
    state.SetIterationTime(summary.seconds);
  }
  state.counters["hits"] = static_cast<double>(std::ranges::count_if(gaps, [](double gap) { return gap < 1e-4; }));
  state.counters["worst_gap"] = std::ranges::max(gaps);
  state.counters["slowest"] = std::ranges::max(seconds);
}

const bool registered = [] {
  for (const IterationCase& shape : iteration_cases) {
    for (const int threads : {1, 2}) {
      const std::string name = "gmm_iteration/" + shape.name() + "/threads:" + std::to_string(threads);
      auto* const added = benchmark::RegisterBenchmark(
          name.c_str(), [&shape, threads](benchmark::State& state) { gmm_iteration(state, shape, threads); });
      added->Unit(benchmark::kMillisecond);
      if (threads > 1) added->UseRealTime();
    }
  }
  for (const char* separation : {"0.5", "1", "2"}) {
    const std::string name = std::string("default_fit/separation:") + separation;
    benchmark::RegisterBenchmark(
        name.c_str(), [value = std::stod(separation)](benchmark::State& state) { default_fit(state, value); })
        ->Unit(benchmark::kMillisecond)
        ->UseManualTime()
        ->Iterations(10)
        ->Repetitions(1);
  }
  return true;
}();

}  // namespace
}  // namespace latent::benchmarks
