#pragma once

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstddef>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include <latent/checkpoint.hpp>
#include <latent/em_run.hpp>
#include <latent/error.hpp>
#include <latent/fields.hpp>
#include <latent/fit_options.hpp>
#include <latent/iteration.hpp>
#include <latent/json_form.hpp>
#include <latent/latent_model.hpp>
#include <latent/optional_members.hpp>
#include <latent/restarts.hpp>
#include <latent/sample.hpp>
#include <latent/summary.hpp>
#include <latent/text.hpp>
#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/task_arena.h>

namespace latent {

// How many numbers the data determined: what AIC and BIC count.
template <LatentModel Model>
std::size_t free_parameters_of(const Model& model, const typename Model::Parameters& parameters) {
  if constexpr (CountsFreeParameters<Model>) {
    return model.free_parameters(parameters);
  } else {
    return free_parameters(parameters);
  }
}

template <LatentModel Model>
struct Fitted {
  typename Model::Parameters parameters;
  Summary summary;
  Trace trace;  // of the start that won
};

// Where plain EM ends from the start of a run.
template <LatentModel Model>
PlainEm plain_em(const Model& model, const Sample<DataOf<Model>>& sample, const EmRun<Model>& accelerated,
                 const FitOptions& options) {
  const StartReport made = accelerated.report();
  if (std::ranges::none_of(accelerated.trace(), [](const Iteration& at) { return at.kind == StepKind::accelerated; })) {
    return {made.objective, made.iterations, made.verdict, true};  // it was plain EM
  }
  FitOptions plain = options;
  plain.variant = Variant::batch;
  plain.acceleration = Acceleration::none;
  plain.check_basin = false;
  EmRun<Model> run(model, sample, accelerated.start(), plain);
  run.keep_as("plain");
  run.run(plain.max_iterations);
  const StartReport report = run.report();
  const double slack = same_objective * (std::abs(report.objective) + sample.total_weight());
  return {report.objective, report.iterations, report.verdict,
          std::abs(report.objective - accelerated.objective()) <= slack};
}

// What a checkpoint must say of a fit to be its own: the data as far as any model has them, what the parameters are
// called, and the options that the result depends on.
template <LatentModel Model>
Json identity_of(const Sample<DataOf<Model>>& sample, const FitOptions& options) {
  Json identity = identity_of(options);
  identity["observations"] = number(sample.extent());
  identity["total weight"] = number(sample.total_weight());
  if constexpr (HasFields<typename Model::Parameters>) {
    const typename Model::Parameters parameters{};
    std::string names;
    for_each_field(parameters, [&](const std::string& name, const auto&, const Constraint&) {
      names += (names.empty() ? "" : ", ") + name;
    });
    identity["parameters"] = names;
  }
  return identity;
}

// The checkpoint of a fit from its beginning; one that nothing was kept in is removed if the fit cannot be made.
class OpenCheckpoint {
 public:
  OpenCheckpoint(Checkpoint& checkpoint, const Json& identity) : checkpoint_(&checkpoint) {
    checkpoint.begin(identity);
  }
  OpenCheckpoint(const OpenCheckpoint&) = delete;
  OpenCheckpoint& operator=(const OpenCheckpoint&) = delete;
  ~OpenCheckpoint() {
    if (checkpoint_ && checkpoint_->fresh()) checkpoint_->remove();
  }
  void end(bool complete) {
    if (Checkpoint* const checkpoint = std::exchange(checkpoint_, nullptr)) checkpoint->end(complete);
  }

 private:
  Checkpoint* checkpoint_;
};

// What all fits share: checks, threads, the observer, and the summary. search(options, begin, summary) returns the run
// that won.
template <LatentModel Model, class Search>
Fitted<Model> fit_from(const Model& model, const Sample<DataOf<Model>>& sample, const FitOptions& options,
                       const Search& search) {
  static_assert(sizeof(OptionalMembersChecked<Model>) > 0);
  options.validate();
  sample.validate();
  if (!HasFields<typename Model::Parameters> && options.stop == StopRule::parameters) {
    throw OptionError("stop is 'parameters', it must be another rule for a model whose Parameters have no fields()");
  }
  if (!HasFields<typename Model::Parameters> && options.acceleration != Acceleration::automatic &&
      options.acceleration != Acceleration::none) {
    throw OptionError(std::string("acceleration is '") + name_of(options.acceleration) +
                      "', it must be none for a model whose Parameters have no fields()");
  }
  if (!HasFields<typename Model::Parameters> && options.checkpoint) {
    throw OptionError("checkpoint is set, it must be null for a model whose Parameters have no fields()");
  }
  if (options.variant == Variant::annealing && !Tempers<Model>) {
    throw OptionError("variant is 'annealing', it must be another one for a model that cannot temper its posterior");
  }
  if ((options.variant == Variant::incremental || options.variant == Variant::online) &&
      !Additive<typename Model::Statistics>) {
    throw OptionError(std::string("variant is '") + name_of(options.variant) +
                      "', it must be another one for a model whose Statistics have no fields()");
  }
  if (is_shared(options.execution.get()) &&
      !(HasFields<typename Model::Statistics> && HasFields<typename Model::Parameters>)) {
    throw OptionError(
        "execution has several ranks, it must have one for a model whose Statistics or Parameters have no fields()");
  }
  const Clock::time_point begin = Clock::now();
  // Without a number of threads a fit inside another (a start found by k-means) uses those of the outer one.
  const std::size_t there = tbb::global_control::active_value(tbb::global_control::max_allowed_parallelism);
  tbb::task_arena arena = options.threads ? tbb::task_arena(static_cast<int>(std::min(*options.threads, there)))
                                          : tbb::task_arena(tbb::task_arena::attach{});
  std::mutex watching;
  FitOptions watched = options;  // whose observer is called by one thread at a time, and ends all starts
  Continue answer = Continue::yes;
  if (options.observer) {
    watched.observer = [&](const Iteration& now) {
      const std::lock_guard lock(watching);
      const Continue said = tbb::this_task_arena::isolate([&] { return options.observer(now); });
      if (said == Continue::no) answer = said;
      return answer;
    };
  }

  std::atomic<bool> stopped = false;  // somebody who had more to do was told to stop
  if (options.interrupted) {
    watched.interrupted = [&] {
      if (!stopped && options.interrupted()) stopped = true;
      return stopped.load();
    };
  }

  std::optional<OpenCheckpoint> checkpoint;
  if (options.checkpoint) {
    Execution* const execution = options.execution.get();
    in_unison(execution, [] {});  // all have looked at the file, which the first is about to write
    if (execution && execution->rank() > 0) options.checkpoint->leave_the_file();
    in_unison(execution, [&] { checkpoint.emplace(*options.checkpoint, identity_of<Model>(sample, options)); });
  }
  Summary summary;
  std::optional<EmRun<Model>> best;
  arena.execute([&] {
    best.emplace(search(watched, begin, summary));
    stopped = first_rank_says(options.execution.get(), [&] { return stopped.load(); });
    if (options.check_basin && best->verdict() != Verdict::not_run && !stopped) {
      FitOptions unwatched = watched;
      unwatched.observer = nullptr;
      summary.plain_em = plain_em(model, sample, *best, unwatched);
    }
  });
  stopped = first_rank_says(options.execution.get(), [&] { return stopped.load(); });
  best->describe(summary);
  const bool paused = stopped || best->paused() || (summary.plain_em && is_pause(summary.plain_em->verdict));
  const bool failed = summary.verdict == Verdict::degenerate || summary.verdict == Verdict::not_finite;
  if (stopped && !best->paused() && !failed) {
    summary.message = std::string("stopped by a signal before all was done; the best so far is ") +
                      name_of(summary.verdict) + ": " + summary.message;
    summary.verdict = Verdict::interrupted;
  }
  if (summary.degenerate() && summary.verdict != Verdict::degenerate) {
    summary.message += "; at the edge of the parameter space, see the warnings";
  }
  summary.observations = static_cast<std::size_t>(sample.extent());
  summary.total_weight = sample.total_weight();
  if constexpr (HasFields<typename Model::Parameters>) {
    summary.free_parameters = free_parameters_of(model, best->parameters());
  }
  summary.threads = std::min(static_cast<std::size_t>(arena.max_concurrency()), there);
  summary.ranks = options.execution ? options.execution->size() : 1;
  summary.seed = options.seed;
  summary.seconds = seconds_since(begin) + (options.checkpoint ? options.checkpoint->earlier_seconds() : 0);
  if (checkpoint) {
    in_unison(options.execution.get(), [&] { checkpoint->end(!paused && !options.checkpoint->closed()); });
  }
  return {best->parameters(), std::move(summary), best->trace()};
}

// Fits the model to the data by expectation-maximization, from the parameters given. Throws DataError for data and
// OptionError for options that cannot be used; how the fit itself went is in the summary.
template <LatentModel Model>
Fitted<Model> fit(const Model& model, const Sample<DataOf<Model>>& sample, const typename Model::Parameters& start,
                  const FitOptions& options = {}) {
  return fit_from(model, sample, options, [&](const FitOptions& watched, Clock::time_point begin, Summary& summary) {
    EmRun<Model> run(model, sample, start, watched, begin);
    run.keep_as("final");
    run.run(watched.max_iterations);
    run.add_to(summary);
    summary.starts.push_back(run.report());
    return run;
  });
}

// The same from the model's own starts (<latent/restarts.hpp>), or from Parameters{} if it has none.
template <LatentModel Model>
Fitted<Model> fit(const Model& model, const Sample<DataOf<Model>>& sample, const FitOptions& options = {}) {
  if constexpr (Initializes<Model>) {
    return fit_from(model, sample, options, [&](const FitOptions& watched, Clock::time_point begin, Summary& summary) {
      return run_starts(model, sample, watched, begin, summary);
    });
  } else {
    return fit(model, sample, typename Model::Parameters{}, options);
  }
}

}  // namespace latent
