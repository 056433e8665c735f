#include <string>
#include <vector>

#include <benchmark/benchmark.h>
#include <boost/random/normal_distribution.hpp>
#include <boost/random/uniform_int_distribution.hpp>
#include <latent/components/categorical.hpp>
#include <latent/components/gaussian_diagonal.hpp>
#include <latent/expectation.hpp>
#include <latent/hmm/hidden_markov.hpp>
#include <oneapi/tbb/task_arena.h>

#include "hmm_problems.hpp"
#include "machine.hpp"

// What does a Baum-Welch iteration cost? Forward, backward, expected transitions and emissions over all sequences, and
// the M-step, always from the same random place.

namespace latent::benchmarks {
namespace {

RowMajorMatrix draw_rows(const BaumWelchCase& shape, Random& random) {
  const bool symbols = shape.emission == "symbols";
  RowMajorMatrix rows(static_cast<Eigen::Index>(shape.steps), static_cast<Eigen::Index>(symbols ? 1 : shape.width));
  boost::random::uniform_int_distribution<int> symbol(0, static_cast<int>(shape.width) - 1);
  boost::random::normal_distribution<double> noise(0, 1);
  for (Eigen::Index t = 0; t < rows.rows(); ++t) {
    const auto level = static_cast<double>(t / 10 % static_cast<Eigen::Index>(shape.states));
    for (Eigen::Index j = 0; j < rows.cols(); ++j) rows(t, j) = symbols ? symbol(random) : level + noise(random);
  }
  return rows;
}

template <class Model>
void iterate(benchmark::State& state, const Model& model, const BaumWelchCase& shape, int threads) {
  Random random = random_stream(1);
  const RowMajorMatrix rows = draw_rows(shape, random);
  std::vector<std::size_t> begins;
  for (std::size_t i = 0; i < shape.sequences; ++i) begins.push_back(i * (shape.steps / shape.sequences));
  const Sequences data(rows, begins);
  const auto start = model.initialize(data, random);
  tbb::task_arena(threads).execute([&] {
    for (auto _ : state) {
      const auto next = model.maximization(expect(model, start, Sample<Sequences>(data)).statistics, start);
      benchmark::DoNotOptimize(next.transitions.data());
    }
  });
}

void baum_welch(benchmark::State& state, const BaumWelchCase& shape, int threads) {
  using benchmark::Counter;
  if (shape.emission == "symbols") {
    iterate(state, HiddenMarkovModel<CategoricalBank>{.states = shape.states, .bank = {.symbols = shape.width}}, shape,
            threads);
  } else {
    iterate(state, HiddenMarkovModel<DiagonalGaussians>{.states = shape.states}, shape, threads);
  }
  const double flops = shape.useful_flops();
  state.counters["flops"] = Counter(flops, Counter::kIsIterationInvariantRate);
  state.counters["share"] = Counter(flops / machine().product_rate(), Counter::kIsIterationInvariantRate);
  state.counters["target"] = shape.target_seconds;
}

const bool registered = [] {
  for (const BaumWelchCase& shape : baum_welch_cases) {
    for (const int threads : {1, 2}) {
      const std::string name = "baum_welch/" + shape.name() + "/threads:" + std::to_string(threads);
      auto* const added = benchmark::RegisterBenchmark(
          name.c_str(), [&shape, threads](benchmark::State& state) { baum_welch(state, shape, threads); });
      added->Unit(benchmark::kMillisecond);
      if (threads > 1) added->UseRealTime();
    }
  }
  return true;
}();

}  // namespace
}  // namespace latent::benchmarks
