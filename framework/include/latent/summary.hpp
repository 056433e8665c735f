#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include <latent/notes.hpp>

namespace latent {

// Why a fit ended.
enum class Verdict {
  not_run,
  converged,  // the stop rule was satisfied
  iteration_limit,
  time_limit,
  observer_request,
  interrupted,          // by FitOptions::interrupted, a signal
  objective_decreased,  // beyond rounding: the E-step, the M-step and the objective do not belong together
  not_finite,           // the objective became NaN or infinite
  degenerate,           // a step could not be done; see the message
};
const char* name_of(Verdict verdict);

// A note with when it was made: first and last iteration, and how many times.
struct Warning {
  Note note;
  std::size_t first_iteration = 0, last_iteration = 0, count = 0;
};
std::string text_of(const Warning& warning);  // one line

// What became of one start.
struct StartReport {
  std::size_t start = 0;
  double initial_objective = 0;
  double objective = 0;  // where it ended, or was left
  std::size_t iterations = 0;
  bool variation = false;  // of the best so far; else a fresh start
  bool continued = false;  // to the end; else left after the short run
  bool degenerate = false;
  Verdict verdict = Verdict::not_run;
};

// Two objectives belong to the same optimum when they agree this well, relative to their size and the number of
// observations: far above rounding and what a stop rule leaves open, far below what tells optima apart.
inline constexpr double same_objective = 1e-7;
inline constexpr double same_objective_of_search = 1e-5;  // on a sample, where starts are not run so far

// One of the distinct optima found: starts whose objectives agree.
struct Mode {
  double objective = 0;
  std::size_t starts = 0;
  bool degenerate = false;
};

// Where plain EM ended, from the start of the accelerated run that won.
struct PlainEm {
  double objective = 0;
  std::size_t iterations = 0;
  Verdict verdict = Verdict::not_run;
  bool same_optimum = false;
};

// What a fit did. `iterations` counts the steps of the start that won, rejected ones too (<latent/iteration.hpp>); log_likelihood and objective are
// those of the parameters returned.
struct Summary {
  Verdict verdict = Verdict::not_run;
  std::string message;  // the verdict as a sentence with its numbers
  double log_likelihood = std::numeric_limits<double>::quiet_NaN();
  double objective = std::numeric_limits<double>::quiet_NaN();  // log_likelihood + log_prior
  double initial_objective = std::numeric_limits<double>::quiet_NaN();
  std::size_t iterations = 0;
  double rate = std::numeric_limits<double>::quiet_NaN();            // at which the objective converges; see Iteration
  double estimated_gain = std::numeric_limits<double>::quiet_NaN();  // of the objective, still to come

  std::size_t observations = 0;
  double total_weight = 0;                     // equals observations when there are no weights
  std::optional<std::size_t> free_parameters;  // when the parameters have fields()
  std::size_t threads = 0;                     // of this process
  std::size_t ranks = 1;                       // processes
  std::uint64_t seed = 0;

  std::size_t e_steps = 0, m_steps = 0;  // of all starts
  double e_seconds = 0, m_seconds = 0;   // added up over starts, which may run at the same time
  double seconds = 0;                    // wall time of the whole fit

  std::size_t accelerated_steps = 0, rejected_steps = 0;  // of the iterations
  std::optional<PlainEm> plain_em;                        // with FitOptions::check_basin

  std::vector<Warning> warnings;
  std::vector<StartReport> starts;  // in the order of starting
  std::size_t searched = 0;         // the size of the sample they were run on; 0: all the data
  std::vector<Mode> modes() const;  // of the starts that were continued, best first

  bool degenerate() const;           // the parameters returned are at the edge of the parameter space
  std::string brief_report() const;  // one line
  std::string full_report() const;   // an aligned table
};

}  // namespace latent
