#pragma once

#include <cstddef>
#include <vector>

#include <oneapi/tbb/task_arena.h>

#include <latent/em_run.hpp>
#include <latent/fit_options.hpp>
#include <latent/iteration.hpp>
#include <latent/latent_model.hpp>
#include <latent/restarts.hpp>
#include <latent/sample.hpp>
#include <latent/summary.hpp>

namespace latent {

template <LatentModel Model>
struct Fitted {
  typename Model::Parameters parameters;
  Summary summary;
  Trace trace;  // of the start that won
};

// What all fits share: checks, threads, and the summary of the runs that `search` made and of the one that it chose.
template <LatentModel Model, class Search>
Fitted<Model> fit_from(const Model& model, const Sample<DataOf<Model>>& sample, const FitOptions& options,
                       const Search& search) {
  options.validate();
  sample.validate();
  const Clock::time_point begin = Clock::now();
  tbb::task_arena arena(options.threads ? static_cast<int>(*options.threads) : tbb::task_arena::automatic);

  std::vector<EmRun<Model>> runs;
  std::size_t best = 0;
  arena.execute([&] { best = search(runs, begin); });

  Fitted<Model> fitted{runs[best].parameters(), {}, runs[best].trace()};
  Summary& summary = fitted.summary;
  for (const EmRun<Model>& run : runs) run.add_to(summary);
  runs[best].describe(summary);
  report_starts(runs, summary);
  summary.observations = sample.size();
  summary.total_weight = sample.total_weight();
  if constexpr (HasFields<typename Model::Parameters>) summary.free_parameters = free_parameters(fitted.parameters);
  summary.threads = static_cast<std::size_t>(arena.max_concurrency());
  summary.seed = options.seed;
  summary.seconds = seconds_since(begin);
  return fitted;
}

// Fits the model to the data by expectation-maximization, from the parameters given. Throws DataError for data and
// OptionError for options that cannot be used; how the fit itself went is in the summary.
template <LatentModel Model>
Fitted<Model> fit(const Model& model, const Sample<DataOf<Model>>& sample, const typename Model::Parameters& start,
                  const FitOptions& options = {}) {
  return fit_from(model, sample, options, [&](std::vector<EmRun<Model>>& runs, Clock::time_point begin) {
    runs.emplace_back(model, sample, start, options, begin);
    runs.back().run(options.max_iterations);
    return std::size_t{0};
  });
}

// The same from the model's own starts (<latent/restarts.hpp>), or from Parameters{} if it has none.
template <LatentModel Model>
Fitted<Model> fit(const Model& model, const Sample<DataOf<Model>>& sample, const FitOptions& options = {}) {
  if constexpr (Initializes<Model>) {
    return fit_from(model, sample, options, [&](std::vector<EmRun<Model>>& runs, Clock::time_point begin) {
      return run_starts(model, sample, options, begin, runs);
    });
  } else {
    return fit(model, sample, typename Model::Parameters{}, options);
  }
}

}  // namespace latent
