#include <algorithm>
#include <exception>
#include <limits>
#include <memory>
#include <new>
#include <utility>

#include <latent/comparison.hpp>
#include <latent/comparison_figures.hpp>
#include <latent/error.hpp>
#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/task_arena.h>

#include "optima.hpp"

namespace latent {
namespace {

// All models and contenders, without runs.
Comparison nothing_yet(std::span<const ModelToCompare> models, std::span<const Acceleration> accelerations,
                       const FitOptions& options) {
  Comparison comparison;
  comparison.options = options;
  for (std::size_t m = 0; m < models.size(); ++m) {
    comparison.models.push_back({.text = models[m].text, .error = {}, .optima = {}, .criteria = {}, .certificate = {}});
    for (const Acceleration acceleration : accelerations)
      comparison.contenders.push_back({.model = m, .acceleration = acceleration, .runs = {}});
  }
  return comparison;
}

// Runs use() and returns what it throws on account of its input, or for want of memory: no contender may end the
// others.
template <class Use>
std::string reason_of_failure(const Use& use) {
  try {
    use();
  } catch (const Error& error) {
    return error.what();
  } catch (const std::bad_alloc&) {
    return "not enough memory";
  }
  return {};
}

// The runs of one model.
class Race {
 public:
  Race(Comparison& comparison, std::size_t model, const RowData& data, const ComparisonProgress& progress)
      : comparison_(comparison), model_(model), data_(data), progress_(progress) {}

  void run(const ModelToCompare& asked, const TableColumns& columns) {
    ComparedModel& compared = comparison_.models[model_];
    compared.error = reason_of_failure([&] {
      contestant_ = asked.entry->make(asked.options, columns, &data_);
      warm_up();
    });
    if (!compared.error.empty()) return fail_all(compared.error);
    for (std::size_t start = 0; start < comparison_.options.starts; ++start) run_from(start);
    comparison::find_optima(comparison_, model_, kept_);
    // Criteria are of the best that is known; that they cannot be had is no reason to lose the comparison.
    reason_of_failure([&] { find_criteria(compared); });
    if (asked.certify && !compared.optima.empty()) {
      reason_of_failure([&] { compared.certificate = contestant_->certify(data_, comparison_.options); });
    }
  }

 private:
  std::vector<Contender*> contenders() {
    std::vector<Contender*> mine;
    for (Contender& contender : comparison_.contenders) {
      if (contender.model == model_) mine.push_back(&contender);
    }
    return mine;
  }

  void fail_all(const std::string& reason) {
    for (Contender* contender : contenders()) {
      for (std::size_t start = 0; start < comparison_.options.starts; ++start) {
        contender->runs.push_back({.start = start, .error = reason, .summary = {}, .trace = {}, .optimum = {}});
      }
    }
  }

  Json draw(std::size_t start) const {
    const std::size_t there = tbb::global_control::active_value(tbb::global_control::max_allowed_parallelism);
    tbb::task_arena arena(static_cast<int>(std::min(comparison_.options.threads.value_or(there), there)));
    return arena.execute([&] { return contestant_->draw_start(data_, comparison_.options.seed, start); });
  }

  // Data the model cannot have are known here, before any run; and the first contender pays for no cold cache.
  void warm_up() {
    FitOptions once = comparison_.options;
    once.max_iterations = 0;
    once.observer = nullptr;
    try {
      contestant_->fit(data_, once, {.parameters = draw(0)});
    } catch (const ModelError&) {  // of this start alone, whose runs will say so
    }
  }

  void run_from(std::size_t start) {
    Json parameters;
    const std::string reason = reason_of_failure([&] { parameters = draw(start); });
    for (Contender* contender : contenders()) {
      ComparedRun run{.start = start, .error = reason, .summary = {}, .trace = {}, .optimum = {}};
      if (reason.empty()) {
        run.error = reason_of_failure([&] { fit(*contender, parameters, run); });
      }
      contender->runs.push_back(std::move(run));
      if (progress_) progress_(comparison_);
    }
  }

  void fit(const Contender& contender, const Json& parameters, ComparedRun& run) {
    FitOptions options = comparison_.options;
    options.acceleration = contender.acceleration;
    FitReport report = contestant_->fit(data_, options, {.parameters = parameters});
    run.summary = std::move(report.summary);
    run.trace = std::move(report.trace);
    for (Iteration& at : run.trace) at.start = run.start;
    if (!failed(run)) kept_.keep(run.summary, *contestant_);
    comparison_.observations = run.summary.observations;
    total_weight_ = run.summary.total_weight;
  }

  void find_criteria(ComparedModel& compared) {
    if (compared.optima.empty()) return;
    const Optimum& best = compared.optima.front();
    contestant_->set_parameters(best.parameters);
    compared.free_parameters = contestant_->free_parameters();
    if (best.degenerate) return;
    compared.criteria = criteria(contestant_->log_likelihood(data_), compared.free_parameters, total_weight_,
                                 contestant_->posterior_entropy(data_, comparison_.options));
  }

  Comparison& comparison_;
  std::size_t model_;
  const RowData& data_;
  const ComparisonProgress& progress_;
  std::unique_ptr<AnyModel> contestant_;
  comparison::KeptParameters kept_;
  double total_weight_ = 0;
};

}  // namespace

Comparison compare(const RowData& data, const TableColumns& columns, std::span<const ModelToCompare> models,
                   std::span<const Acceleration> accelerations, const FitOptions& options,
                   const ComparisonProgress& progress) {
  options.validate();
  Comparison comparison = nothing_yet(models, accelerations, options);
  comparison.observations = data.rows.size();
  for (std::size_t m = 0; m < models.size(); ++m) Race(comparison, m, data, progress).run(models[m], columns);
  return comparison;
}

Comparison failed_comparison(std::span<const ModelToCompare> models, std::span<const Acceleration> accelerations,
                             const FitOptions& options, const std::string& reason) {
  Comparison comparison = nothing_yet(models, accelerations, options);
  for (ComparedModel& model : comparison.models) model.error = reason;
  for (Contender& contender : comparison.contenders) {
    for (std::size_t start = 0; start < options.starts; ++start) {
      contender.runs.push_back({.start = start, .error = reason, .summary = {}, .trace = {}, .optimum = {}});
    }
  }
  return comparison;
}

}  // namespace latent
