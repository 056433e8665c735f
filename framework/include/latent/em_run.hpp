#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <latent/checkpoint.hpp>
#include <latent/clock.hpp>
#include <latent/coordinates.hpp>
#include <latent/error.hpp>
#include <latent/expectation.hpp>
#include <latent/extrapolation.hpp>
#include <latent/fit_options.hpp>
#include <latent/iteration.hpp>
#include <latent/latent_model.hpp>
#include <latent/sample.hpp>
#include <latent/saved_state.hpp>
#include <latent/stop_requests.hpp>
#include <latent/stopping.hpp>
#include <latent/summary.hpp>
#include <latent/text.hpp>
#include <latent/warm_up.hpp>

namespace latent {

// Verdicts of a fit that was stopped from outside and may go on.
inline bool is_pause(Verdict verdict) {
  return verdict == Verdict::interrupted || verdict == Verdict::time_limit || verdict == Verdict::observer_request;
}

// EM from one start: the loop. It can be run for a few iterations and continued later.
template <LatentModel Model>
class EmRun {
 public:
  using Parameters = typename Model::Parameters;

  EmRun(const Model& model, const Sample<DataOf<Model>>& sample, Parameters start, const FitOptions& options,
        Clock::time_point begin = Clock::now(), std::size_t index = 0)
      : model_(model),
        sample_(sample),
        options_(options),
        begin_(begin),
        seconds_before_(options.checkpoint ? options.checkpoint->earlier_seconds() : 0),
        index_(index),
        total_weight_(sample.total_weight()),
        parameters_(std::move(start)),
        stopping_(options, total_weight_),
        requests_(options, begin),
        variant_(options.variant),
        extrapolation_(options.tolerance == 0 && options.acceleration == Acceleration::automatic
                           ? Acceleration::none
                           : options.acceleration) {}

  // Replaces the start of a run that has not begun.
  void start_at(Parameters start) { parameters_ = std::move(start); }
  // Instead of the options' variant, of a run that has not begun.
  void begin_with(Variant variant) { variant_ = variant; }
  // Where it began; kept with FitOptions::check_basin.
  const Parameters& start() const { return *start_; }

  // Iterates until a verdict, or until `iterations` in all are done, which is no verdict unless it is the options'
  // limit; by EM alone, or accelerated as the options say.
  void run(std::size_t iterations, bool accelerated = true) {
    accelerated_ = accelerated;
    if (trace_.empty() && verdict_ == Verdict::not_run) {
      if (options_.check_basin) start_ = parameters_;
      begin();
    }
    while (verdict_ == Verdict::not_run && trace_.back().iteration < iterations) {
      if (requests_.by_signal()) {
        end(Verdict::interrupted,
            "stopped by a signal after " + count_of(trace_.back().iteration, "iteration") + gain_sentence());
        break;
      }
      keep_when_due();
      if (!expectation_) expect_again();
      iterate();
    }
    if (verdict_ == Verdict::not_run && trace_.back().iteration >= options_.max_iterations) {
      end(Verdict::iteration_limit, "after " + count_of(trace_.back().iteration, "iteration") + gain_sentence());
    }
    if (!name_.empty() && !warm_up_cut_) keep();
  }

  // The name of its state in the checkpoint from now on, if there is one. Takes up the state that is there already, and
  // returns whether there was any.
  bool keep_as(std::string name) {
    if (!options_.checkpoint) return false;
    name_ = std::move(name);
    const std::optional<Json> kept = options_.checkpoint->state(name_);
    if (kept) restore(*kept);
    kept_iterations_ = trace_.empty() ? 0 : trace_.back().iteration;
    kept_seconds_ = seconds();
    return kept.has_value();
  }
  Json state() {
    SavedState state;
    visit_state(state);
    return state.json();
  }
  void restore(const Json& kept) {
    SavedState state(kept);
    try {
      visit_state(state);
    } catch (const FileError& error) {
      throw FileError(options_.checkpoint->file().string() + ": " + error.what());
    }
    expectation_.reset();
  }

  const Parameters& parameters() const { return parameters_; }
  const Trace& trace() const { return trace_; }
  Verdict verdict() const { return verdict_; }
  bool begun() const { return !trace_.empty() || verdict_ != Verdict::not_run; }
  // Whether it was stopped from outside and may go on.
  bool paused() const { return is_pause(verdict_); }
  double objective() const {
    return trace_.empty() ? -std::numeric_limits<double>::infinity() : trace_.back().objective;
  }
  bool degenerate() const { return degenerate_ || verdict_ == Verdict::degenerate || verdict_ == Verdict::not_finite; }
  // What became of this start.
  StartReport report() const {
    StartReport report;
    report.start = index_;
    report.objective = objective();
    report.initial_objective = trace_.empty() ? objective() : trace_.front().objective;
    report.iterations = trace_.empty() ? 0 : trace_.back().iteration;
    report.verdict = verdict_;
    report.continued = verdict_ != Verdict::not_run;
    report.degenerate = degenerate();
    return report;
  }
  // Gives up all that is large: this run is over, and only its report is wanted.
  void release() {
    parameters_ = Parameters{};
    start_.reset();
    image_.reset();
    expectation_.reset();
    if (trace_.size() > 2) trace_.erase(trace_.begin() + 1, trace_.end() - 1);
    extrapolation_ = Extrapolation<Model>(Acceleration::none);
  }
  void add_to(Summary& summary) const {
    summary.e_steps += e_steps_;
    summary.m_steps += m_steps_;
    summary.e_seconds += e_seconds_;
    summary.m_seconds += m_seconds_;
  }
  void describe(Summary& summary) const {
    summary.verdict = verdict_;
    summary.message = message_;
    summary.warnings = warnings_;
    if (trace_.empty()) return;
    const Iteration& last = trace_.back();
    summary.objective = last.objective;
    summary.log_likelihood = last.log_likelihood;
    summary.initial_objective = trace_.front().objective;
    summary.iterations = last.iteration;
    const auto count = [this](StepKind kind) {
      return static_cast<std::size_t>(std::ranges::count(trace_, kind, &Iteration::kind));
    };
    summary.accelerated_steps = count(StepKind::accelerated);
    summary.rejected_steps = count(StepKind::rejected);
    summary.estimated_gain = last.estimated_gain;
    const auto telling = std::find_if(trace_.rbegin(), trace_.rend(), [this](const Iteration& at) {
      return at.kind != StepKind::rejected && !std::isnan(at.rate) &&
             std::abs(at.change) > fall_by_rounding(at.objective, total_weight_);  // a ratio of roundings says nothing
    });
    if (telling != trace_.rend()) summary.rate = telling->rate;
  }

 private:
  void begin() {
    warm_up();
    const Verdict ended = verdict_;  // on the way: what is returned needs its objective all the same
    const std::string reason = message_;
    std::optional<Expectation<Model>> expectation = e_step(parameters_);
    if (ended != Verdict::not_run) end(ended, reason);
    warm_up_cut_ = is_pause(ended);
    if (!expectation) return;
    const Iteration first = observe(*expectation, parameters_, StepKind::start);
    trace_.push_back(first);
    if (!std::isfinite(first.objective)) {
      end(Verdict::not_finite, "the objective of the start is " + number(first.objective));
    }
    expectation_ = std::move(expectation);
    last_step_ = first;
    show(first);
  }

  // The passes of the variant that the run begins with.
  void warm_up() {
    if (variant_ == Variant::batch || options_.max_iterations == 0) return;
    if constexpr (Additive<typename Model::Statistics>) {
      if (variant_ == Variant::incremental) {
        warm_up_by(IncrementalPasses<Model>(model_, sample_, options_.variant_parts, execution()),
                   StepKind::incremental);
      } else if (variant_ == Variant::online) {
        warm_up_by(OnlinePasses<Model>(model_, sample_, options_.variant_parts, execution()), StepKind::online);
      }
    }
    if constexpr (Tempers<Model>) {
      if (variant_ == Variant::annealing) {
        warm_up_by(AnnealingPasses<Model>(model_, sample_, options_.variant_passes, execution()), StepKind::annealing);
      }
    }
  }

  template <class Passes>
  void warm_up_by(Passes passes, StepKind kind) {
    constexpr double enough = 1e-6;
    std::size_t m_steps_before = 0;
    const std::size_t most = std::min(options_.variant_passes, options_.max_iterations);
    for (std::size_t done = 0; done < most && verdict_ == Verdict::not_run; ++done) {
      Iteration now;
      now.start = index_;
      now.kind = kind;
      const Clock::time_point start = Clock::now();
      Parameters next = parameters_;
      attempt([&] { now.log_likelihood = passes.pass(next); });
      e_seconds_ += seconds_since(start);  // M-steps with them, which are many and short
      if (verdict_ != Verdict::not_run) return;
      parameters_ = std::move(next);
      now.passes = ++e_steps_;
      now.iteration = done;
      now.objective = now.log_likelihood + log_prior(parameters_);
      m_steps_ += passes.m_steps() - m_steps_before;
      m_steps_before = passes.m_steps();
      now.seconds = seconds();
      if (done > 0) now.change = now.objective - trace_.back().objective;
      trace_.push_back(now);
      requests_.exchange();
      show(now);
      if (verdict_ == Verdict::not_run && requests_.by_signal()) {
        end(Verdict::interrupted, "stopped by a signal before EM began");
      }
      if (kind != StepKind::annealing && now.change < enough * total_weight_) return;
    }
  }

  double log_prior(const Parameters& parameters) const {
    if constexpr (HasLogPrior<Model>) return model_.log_prior(parameters);
    return 0;
  }

  // One M-step, and the E-step that shows what it gained, or what the accelerator's proposal does: after one that was
  // refused, the E-step where the M-step has led.
  void iterate() {
    if (std::optional<Parameters> image = std::exchange(image_, std::nullopt)) return em_step(*image, {});
    std::vector<Note> notes;
    std::optional<Parameters> image = m_step(*expectation_, notes);
    for (const Note& note : notes) remember(note, trace_.back().iteration + 1);
    if (!image) return;
    if (accelerated_ && !std::ranges::any_of(notes, &Note::degenerate)) {
      std::optional<Parameters> proposal =
          extrapolation_.propose(model_, parameters_, *image, trace_.back().objective, settling(*image));
      if (proposal) {
        if (!accelerated_step(*proposal)) image_ = std::move(image);
        return;
      }
    }
    em_step(*image, notes);
  }

  // Whether the fit may be about to converge.
  bool settling(const Parameters& image) const {
    double residual = std::numeric_limits<double>::quiet_NaN();
    if constexpr (HasFields<Parameters>) {
      if (extrapolation_ && stopping_.by_parameters()) residual = relative_change(parameters_, image);
    }
    return stopping_.near(last_step_, residual);
  }

  // Goes to the proposal unless the objective falls there; returns whether it did. Either is an iteration: its E-step is
  // made.
  bool accelerated_step(Parameters& proposal) {
    std::optional<Expectation<Model>> expectation;
    try {
      expectation = timed_e_step(proposal);
    } catch (const ModelError&) {  // the model cannot be there
    }
    Iteration now;
    if (expectation) now = observe(*expectation, proposal, StepKind::accelerated);
    if (!expectation || !(now.change >= -rounding_of(now.objective, total_weight_) / 16)) {
      extrapolation_.refused();
      Iteration refused = trace_.back();
      ++refused.iteration;
      refused.kind = StepKind::rejected;
      refused.change = expectation ? now.change : -std::numeric_limits<double>::infinity();
      refused.rate = refused.estimated_gain = refused.parameter_change = std::numeric_limits<double>::quiet_NaN();
      refused.passes = e_steps_;
      refused.seconds = seconds();
      trace_.push_back(refused);
      show(refused);
      return false;
    }
    take(proposal, *expectation, now, {});
    stopping_.converged(now);
    show(now);
    return true;
  }

  void em_step(Parameters& next, const std::vector<Note>& notes) {
    std::optional<Expectation<Model>> expectation = e_step(next);
    if (!expectation) return;
    const Iteration now = observe(*expectation, next, StepKind::em);

    if (!std::isfinite(now.objective)) {
      return end(Verdict::not_finite, "the objective is " + number(now.objective) + " after iteration " +
                                          std::to_string(now.iteration) + "; the parameters before it are kept");
    }
    const bool edge = degenerate_ || std::ranges::any_of(notes, &Note::degenerate);
    const double rounding =
        edge ? rounding_at_the_edge(now.objective, total_weight_) : fall_by_rounding(now.objective, total_weight_);
    if (now.change < -rounding) {
      return end(
          Verdict::objective_decreased,
          "iteration " + std::to_string(now.iteration) + " lowered the objective by " + rounded(-now.change) + " (" +
              rounded(-now.change / (std::numeric_limits<double>::epsilon() * std::abs(now.objective)), 3) +
              " units in the last place), which EM cannot: the M-step does not maximise what the E-step expects, "
              "the E-step does not match the log-likelihood, or a prior is missing in log_prior; the parameters "
              "before it are kept");
    }
    take(next, *expectation, now, notes);
    if (const std::optional<std::string> reason = stopping_.converged(now)) {
      end(Verdict::converged, *reason);
    }
    show(now);
  }

  void take(Parameters& next, Expectation<Model>& expectation, const Iteration& now, const std::vector<Note>& notes) {
    parameters_ = std::move(next);
    expectation_ = std::move(expectation);
    trace_.push_back(now);
    last_step_ = now;
    degenerate_ = std::ranges::any_of(notes, &Note::degenerate);
  }

  std::optional<Expectation<Model>> e_step(const Parameters& parameters) {
    std::optional<Expectation<Model>> expectation;
    attempt([&] { expectation = timed_e_step(parameters); });
    return expectation;
  }

  Expectation<Model> voted_expectation(const Parameters& parameters) {
    Vote vote = requests_.vote();
    Expectation<Model> expectation = expect(model_, parameters, sample_, execution(), &vote);
    requests_.hear(vote);
    return expectation;
  }

  Expectation<Model> timed_e_step(const Parameters& parameters) {
    const Clock::time_point start = Clock::now();
    ++e_steps_;
    Expectation<Model> expectation = voted_expectation(parameters);
    e_seconds_ += seconds_since(start);
    return expectation;
  }

  std::optional<Parameters> m_step(const Expectation<Model>& expectation, std::vector<Note>& notes) {
    const Clock::time_point start = Clock::now();
    std::optional<Parameters> next;
    attempt([&] { next = maximize(model_, expectation.statistics, parameters_, notes); });
    m_seconds_ += seconds_since(start);
    ++m_steps_;
    return next;
  }

  // A step that the model refuses ends the fit with the parameters before it.
  template <class Step>
  void attempt(const Step& step) {
    try {
      step();
    } catch (const ModelError& error) {
      end(Verdict::degenerate,
          (trace_.empty() ? "the start cannot be used" : "iteration " + std::to_string(trace_.back().iteration + 1)) +
              std::string(": ") + error.what());
    }
  }

  Iteration observe(const Expectation<Model>& expectation, const Parameters& parameters, StepKind kind) const {
    Iteration now;
    now.start = index_;
    now.kind = kind;
    now.log_likelihood = expectation.log_likelihood;
    now.objective = expectation.log_likelihood + log_prior(parameters);
    now.passes = e_steps_;
    now.seconds = seconds();
    if (trace_.empty()) return now;
    const Iteration& before = trace_.back();
    now.iteration = before.iteration + 1;
    if (kind == StepKind::start) return now;
    now.change = now.objective - before.objective;
    if (kind == StepKind::em) {
      const double slowest = extrapolation_.rate();
      now.rate = slowest * slowest;
      if (last_step_.kind == StepKind::em) now.rate = std::fmax(now.rate, now.change / last_step_.change);
      now.estimated_gain = aitken_gain(now.change, now.rate);
    }
    if constexpr (HasFields<Parameters>) now.parameter_change = relative_change(parameters_, parameters);
    return now;
  }

  // Of this process and those before it.
  double seconds() const { return seconds_before_ + seconds_since(begin_); }

  void keep_when_due() {
    if (name_.empty()) return;
    const Iteration& last = trace_.back();
    if (options_.checkpoint->due(last.iteration - kept_iterations_, last.seconds - kept_seconds_)) keep();
  }

  void keep() {
    const std::size_t now = trace_.empty() ? 0 : trace_.back().iteration;
    options_.checkpoint->keep(name_, state(), now - kept_iterations_);
    kept_iterations_ = now;
    kept_seconds_ = seconds();
  }

  // All but the sums of the E-step, which are made again, and what the options say. One that was stopped goes on.
  void visit_state(SavedState& state) {
    Verdict verdict = paused() ? Verdict::not_run : verdict_;
    std::string message = paused() ? std::string() : message_;
    state.visit("verdict", verdict);
    state.visit("message", message);
    if (state.restores()) {
      verdict_ = verdict;
      message_ = std::move(message);
    }
    if constexpr (HasFields<Parameters>) {
      state.visit("parameters", parameters_);
      state.visit("start", start_);
      state.visit("image", image_);
    }
    state.visit("trace", trace_);
    state.visit("last_step", last_step_);
    state.visit("stopping", stopping_);
    bool extrapolates = static_cast<bool>(extrapolation_);
    state.visit("extrapolates", extrapolates);
    if (state.restores() && !extrapolates) extrapolation_ = Extrapolation<Model>(Acceleration::none);
    state.visit("extrapolation", extrapolation_);
    state.visit("warnings", warnings_);
    state.visit("degenerate", degenerate_);
    state.visit("e_steps", e_steps_);
    state.visit("m_steps", m_steps_);
    state.visit("e_seconds", e_seconds_);
    state.visit("m_seconds", m_seconds_);
  }

  // The E-step of a state that was restored, which shows whether it belongs to these data and this model.
  void expect_again() {
    const Clock::time_point start = Clock::now();
    std::string found = "cannot be made";
    try {
      Expectation<Model> expectation = voted_expectation(parameters_);
      if (expectation.log_likelihood == last_step_.log_likelihood &&
          expectation.log_likelihood + log_prior(parameters_) == last_step_.objective) {
        expectation_ = std::move(expectation);
      } else {
        found = "gives the log-likelihood " + number(expectation.log_likelihood);
      }
    } catch (const ModelError&) {
    }
    e_seconds_ += seconds_since(start);
    if (expectation_) return;
    throw FileError(options_.checkpoint->file().string() + ": is a checkpoint of other data, or of another model: at " +
                    "its parameters the E-step " + found + ", there it was " + number(last_step_.log_likelihood));
  }

  void show(const Iteration& now) {
    requests_.show(now);
    if (verdict_ != Verdict::not_run) return;
    if (requests_.by_observer()) {
      end(Verdict::observer_request, "asked for after " + count_of(now.iteration, "iteration") + gain_sentence());
    } else if (requests_.by_time()) {
      end(Verdict::time_limit, "after " + rounded(now.seconds - seconds_before_, 3) + " s and " +
                                   count_of(now.iteration, "iteration") + gain_sentence());
    }
  }

  Execution* execution() const { return options_.execution.get(); }

  void remember(const Note& note, std::size_t iteration) {
    for (Warning& warning : warnings_) {
      if (warning.note.kind != note.kind || warning.note.component != note.component) continue;
      warning.note = note;
      warning.last_iteration = iteration;
      ++warning.count;
      return;
    }
    warnings_.push_back({note, iteration, iteration, 1});
  }

  std::string gain_sentence() const {
    const double gain = trace_.back().estimated_gain / total_weight_;
    return std::isnan(gain) ? "" : "; estimated gain still to come " + rounded(gain, 3) + " per observation";
  }

  void end(Verdict verdict, std::string message) {
    verdict_ = verdict;
    message_ = std::move(message);
  }

  const Model& model_;
  Sample<DataOf<Model>> sample_;
  const FitOptions& options_;
  Clock::time_point begin_;
  double seconds_before_;  // in processes before this one
  std::size_t index_;
  double total_weight_;

  Parameters parameters_;
  std::optional<Parameters> start_;
  std::optional<Parameters> image_;                // where EM goes after a proposal that was refused
  std::optional<Expectation<Model>> expectation_;  // at parameters_
  Stopping stopping_;
  StopRequests requests_;
  Variant variant_;
  bool accelerated_ = true;
  Extrapolation<Model> extrapolation_;
  Trace trace_;
  Iteration last_step_;  // of EM or accelerated
  std::vector<Warning> warnings_;
  bool degenerate_ = false;  // said by the notes of the last M-step
  Verdict verdict_ = Verdict::not_run;
  std::string message_;
  std::size_t e_steps_ = 0, m_steps_ = 0;
  double e_seconds_ = 0, m_seconds_ = 0;

  std::string name_;  // of the state in the checkpoint; empty: there is none
  std::size_t kept_iterations_ = 0;
  double kept_seconds_ = 0;
  bool warm_up_cut_ = false;  // it was stopped before EM began, and must begin anew
};

}  // namespace latent
