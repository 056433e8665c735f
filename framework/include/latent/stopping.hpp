#pragma once

#include <cmath>
#include <cstddef>
#include <limits>
#include <optional>
#include <string>

#include <latent/fit_options.hpp>
#include <latent/iteration.hpp>
#include <latent/saved_state.hpp>

namespace latent {

// How far an objective of n observations may move by rounding alone. Each log-density is good to a few units in the
// last place of numbers of size one or of its own size, whichever is larger, and so is their sum.
inline double rounding_of(double objective, double total_weight) {
  return 16 * std::numeric_limits<double>::epsilon() * (std::abs(objective) + total_weight);
}

// How far the objective of an honest model may fall. A model may add up a million terms (of one long series) one after
// the other, and the errors of such a sum walk at random for about as many units in the last place as the root of their
// number.
inline double fall_by_rounding(double objective, double total_weight) {
  return 1e-12 * (std::abs(objective) + total_weight);
}

// The same at the edge of the parameter space. A covariance whose variances differ by a factor of 1e10 keeps six digits
// of the smallest, and where a floor holds that, the objective depends on it to first order.
inline double rounding_at_the_edge(double objective, double total_weight) {
  return 1e-5 * (std::abs(objective) + total_weight);
}

// Aitken's estimate of what the objective still gains after a change, when changes shrink at that rate; NaN when they do
// not.
inline double aitken_gain(double change, double rate) {
  return rate >= 0 && rate < 1 ? change * rate / (1 - rate) : std::numeric_limits<double>::quiet_NaN();
}

// Decides, iteration by iteration, whether the rule of the options is satisfied.
class Stopping {
 public:
  Stopping(const FitOptions& options, double total_weight)
      : rule_(options.stop), tolerance_(options.tolerance), total_weight_(total_weight) {}

  // The sentence that says why the fit has converged, or nothing. Call it once for each step. Only steps of EM tell:
  // an accelerator that finds nothing better has not shown that there is nothing.
  std::optional<std::string> converged(const Iteration& now);

  // Whether the rule may hold at the next steps of EM, which an accelerator should then leave to it. `residual`: the
  // relative change of the parameters that EM is about to make.
  bool near(const Iteration& last, double residual) const;
  bool by_parameters() const { return rule_ == StopRule::parameters; }

  void visit_state(SavedState& state) {
    state.visit("in_a_row", in_a_row_);
    state.visit("accelerated", accelerated_);
  }

 private:
  std::optional<std::string> by_aitken(const Iteration& now);
  std::optional<std::string> by_absolute_change(const Iteration& now) const;
  std::optional<std::string> by_relative_change(const Iteration& now) const;
  std::optional<std::string> by_parameter_change(const Iteration& now) const;
  int enough_in_a_row() const { return accelerated_ ? 2 : 3; }

  StopRule rule_;
  double tolerance_;
  double total_weight_;
  int in_a_row_ = 0;
  bool accelerated_ = false;
};

}  // namespace latent
