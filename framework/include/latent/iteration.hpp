#pragma once

#include <cstddef>
#include <functional>
#include <iosfwd>
#include <limits>
#include <vector>

namespace latent {

enum class StepKind {
  incremental,  // a pass of a variant that EM begins with (<latent/variant.hpp>): its objective is an estimate, made on
  online,       // the way
  annealing,
  start,  // EM begins
  em,
  accelerated,
  rejected,  // an accelerated step that lowered the objective: the state is what it was, the E-step is spent
};
const char* name_of(StepKind kind);

// One line of the trace: an E-step, and the state after it. `iteration` counts the steps, of EM, accelerated or rejected,
// each of which costs one pass over the data. After a rejected step objective and log_likelihood are those of the state,
// which has not changed; `change` says how far below the proposal was.
// Numbers that are not known are NaN. `rate` is that of EM's objective, which at a maximum inside the parameter space is
// the square of the rate at which EM's parameters converge: change / the change before, or, if that is more, what an
// accelerator has seen. `estimated_gain` is known only after steps of EM.
struct Iteration {
  std::size_t start = 0;      // which start, from 0
  std::size_t iteration = 0;  // 0: the start itself
  bool on_sample = false;     // of a search on a sample of the observations: the objective is the sample's
  StepKind kind = StepKind::start;
  double objective = 0;                                                // log-likelihood + log-prior
  double log_likelihood = 0;                                           // weighted, of all observations
  double change = std::numeric_limits<double>::quiet_NaN();            // of the objective, by this step
  double rate = std::numeric_limits<double>::quiet_NaN();              // see above
  double estimated_gain = std::numeric_limits<double>::quiet_NaN();    // still to come, by Aitken's extrapolation
  double parameter_change = std::numeric_limits<double>::quiet_NaN();  // relative; see relative_change()
  std::size_t passes = 0;                                              // over the data, since the start
  double seconds = 0;                                                  // since the fit began
};

using Trace = std::vector<Iteration>;

// As CSV with a header, one line an iteration.
void write_csv(std::ostream& out, const Trace& trace);

// Sees the initial state and the state after every iteration, the last included; its answer may end the fit. With many
// starts it may be called from several threads, but never by two at once.
enum class Continue { yes, no };
using Observer = std::function<Continue(const Iteration&)>;

}  // namespace latent
