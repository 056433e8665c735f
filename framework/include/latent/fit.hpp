#pragma once

#include <algorithm>
#include <cstddef>
#include <mutex>
#include <span>
#include <vector>

#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/task_arena.h>

#include <latent/em_run.hpp>
#include <latent/error.hpp>
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
Fitted<Model> fit_from(const Model&, const Sample<DataOf<Model>>& sample, const FitOptions& options,
                       const Search& search) {
  options.validate();
  sample.validate();
  if (!HasFields<typename Model::Parameters> && options.stop == StopRule::parameters) {
    throw OptionError("stop is 'parameters', it must be another rule for a model whose Parameters have no fields()");
  }
  const Clock::time_point begin = Clock::now();
  // Without a number of threads a fit inside another (a start found by k-means) uses those of the outer one.
  const std::size_t there = tbb::global_control::active_value(tbb::global_control::max_allowed_parallelism);
  tbb::task_arena arena = options.threads ? tbb::task_arena(static_cast<int>(std::min(*options.threads, there)))
                                          : tbb::task_arena(tbb::task_arena::attach{});
  std::mutex watching;
  FitOptions watched = options;  // whose observer is called by one thread at a time
  if (options.observer) {
    watched.observer = [&](const Iteration& now) {
      const std::lock_guard lock(watching);
      return tbb::this_task_arena::isolate([&] { return options.observer(now); });
    };
  }

  std::vector<EmRun<Model>> runs;
  std::size_t best = 0, searched = 0;
  arena.execute([&] { best = search(watched, begin, runs, searched); });

  Fitted<Model> fitted{runs[best].parameters(), {}, runs[best].trace()};
  Summary& summary = fitted.summary;
  for (const EmRun<Model>& run : runs) run.add_to(summary);
  runs[best].describe(summary);
  report_starts<Model>(std::span(runs).first(searched ? best : runs.size()), summary);
  summary.searched = searched;
  summary.observations = sample.size();
  summary.total_weight = sample.total_weight();
  if constexpr (HasFields<typename Model::Parameters>) summary.free_parameters = free_parameters(fitted.parameters);
  summary.threads = std::min(static_cast<std::size_t>(arena.max_concurrency()), there);
  summary.seed = options.seed;
  summary.seconds = seconds_since(begin);
  return fitted;
}

// Fits the model to the data by expectation-maximization, from the parameters given. Throws DataError for data and
// OptionError for options that cannot be used; how the fit itself went is in the summary.
template <LatentModel Model>
Fitted<Model> fit(const Model& model, const Sample<DataOf<Model>>& sample, const typename Model::Parameters& start,
                  const FitOptions& options = {}) {
  return fit_from(model, sample, options,
                  [&](const FitOptions& watched, Clock::time_point begin, std::vector<EmRun<Model>>& runs, std::size_t&) {
                    runs.emplace_back(model, sample, start, watched, begin);
                    runs.back().run(watched.max_iterations);
                    return std::size_t{0};
                  });
}

// The same from the model's own starts (<latent/restarts.hpp>), or from Parameters{} if it has none.
template <LatentModel Model>
Fitted<Model> fit(const Model& model, const Sample<DataOf<Model>>& sample, const FitOptions& options = {}) {
  if constexpr (Initializes<Model>) {
    return fit_from(model, sample, options,
                    [&](const FitOptions& watched, Clock::time_point begin, std::vector<EmRun<Model>>& runs,
                        std::size_t& searched) {
                      return run_starts(model, sample, watched, begin, runs, searched);
                    });
  } else {
    return fit(model, sample, typename Model::Parameters{}, options);
  }
}

}  // namespace latent
