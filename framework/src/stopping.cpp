#include <cmath>

#include <latent/stopping.hpp>
#include <latent/text.hpp>

namespace latent {

std::optional<std::string> Stopping::converged(const Iteration& now) {
  accelerated_ = accelerated_ || now.kind == StepKind::accelerated;
  if (tolerance_ == 0 || now.kind != StepKind::em) return std::nullopt;
  switch (rule_) {
    case StopRule::aitken: return by_aitken(now);
    case StopRule::absolute: return by_absolute_change(now);
    case StopRule::relative: return by_relative_change(now);
    case StopRule::parameters: return by_parameter_change(now);
  }
  return std::nullopt;
}

bool Stopping::near(const Iteration& last, double residual) const {
  if (tolerance_ == 0) return false;
  if (rule_ == StopRule::parameters) return residual < tolerance_;
  if (last.change <= rounding_of(last.objective, total_weight_) / 16) return true;
  // Where EM alone will be there in a few steps, there is nothing to accelerate.
  constexpr double few = 4;
  const double gain = last.kind == StepKind::em ? last.estimated_gain * std::pow(last.rate, few) : last.change;
  switch (rule_) {
    case StopRule::aitken: return gain < tolerance_ * total_weight_;
    case StopRule::absolute: return last.change < tolerance_ * total_weight_;
    case StopRule::relative: return last.change < tolerance_ * std::abs(last.objective);
    case StopRule::parameters: break;
  }
  return false;
}

std::optional<std::string> Stopping::by_aitken(const Iteration& now) {
  // Changes below rounding have no ratio; the objective has nothing more to say about where the maximum is. A fall,
  // were it by more than rounding, would have ended the fit.
  if (now.change <= rounding_of(now.objective, total_weight_) / 16) {
    if (++in_a_row_ < enough_in_a_row()) return std::nullopt;
    return "the objective changes no more than by rounding (" + rounded(now.change, 3) + ")";
  }
  const double gain = now.estimated_gain / total_weight_;
  in_a_row_ = gain < tolerance_ ? in_a_row_ + 1 : 0;
  if (in_a_row_ < enough_in_a_row()) return std::nullopt;
  return "estimated gain still to come " + rounded(gain, 3) + " < " + number(tolerance_) + " per observation";
}

std::optional<std::string> Stopping::by_absolute_change(const Iteration& now) const {
  const double change = std::abs(now.change) / total_weight_;
  if (!(change < tolerance_)) return std::nullopt;
  return "change of the objective " + rounded(change, 3) + " < " + number(tolerance_) + " per observation";
}

std::optional<std::string> Stopping::by_relative_change(const Iteration& now) const {
  const double change = std::abs(now.change / now.objective);
  if (!(change < tolerance_)) return std::nullopt;
  return "relative change of the objective " + rounded(change, 3) + " < " + number(tolerance_);
}

std::optional<std::string> Stopping::by_parameter_change(const Iteration& now) const {
  if (!(now.parameter_change < tolerance_)) return std::nullopt;
  return "largest relative change of a parameter " + rounded(now.parameter_change, 3) + " < " + number(tolerance_);
}

}  // namespace latent
