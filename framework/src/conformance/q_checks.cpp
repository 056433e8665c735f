#include <algorithm>
#include <cmath>

#include <latent/error.hpp>
#include <latent/text.hpp>

#include "context.hpp"

// What follows from Q, the expected complete-data log-likelihood, where a model states it.

namespace latent::conformance {
namespace {

const char* const no_q = "the model has no expected_log_likelihood(sums, parameters)";

Function q_near(const Context& context, const Point& of, bool with_prior) {
  return guarded([&context, &of, with_prior](const Eigen::VectorXd& point) {
    const Held at = context.subject.from(point, Coordinates::stabilized, of.at);
    const double prior = with_prior ? context.subject.log_prior(at) : 0;
    return context.subject.expected_log_likelihood(of.statistics, at) + prior;
  });
}

// The slope with the step and in the unit of another function's.
Slope slope_by(const Function& function, const Eigen::VectorXd& here, Eigen::Index i, const Slope& other) {
  Eigen::VectorXd ahead = here, behind = here;
  ahead[i] += other.step;
  behind[i] -= other.step;
  Slope slope = other;
  slope.score = (function(ahead) - function(behind)) / (2 * other.step) * other.unit;
  return slope;
}

// The largest score beyond this, by derivatives good to 1e-6 and the rounding that was seen.
constexpr double enough = 1e-3;

}  // namespace

ConformanceCheck check_maximization(const Context& context) {
  if (!context.can.expected_log_likelihood) return skipped(no_q);
  const auto q = [&](const Point& of, const Held& at) {
    return context.subject.expected_log_likelihood(of.statistics, at) + context.subject.log_prior(at);
  };
  const std::string name = context.can.log_prior ? "Q + log_prior" : "Q";
  double largest = 0;
  std::size_t looked_at = 0;
  bool in_part = false;
  for (const Point& point : context.points) {
    Step step;
    try {
      step = step_from(context, point);
    } catch (const ModelError&) {
      continue;
    }
    if (!step.notes.empty()) continue;  // held at an edge
    const double before = q(point, point.at), after = q(point, step.image);
    const double gain = after - before;
    // As fall_by_rounding, of sums that may cancel.
    const double rounding = 1e-10 * (std::abs(before) + std::abs(after) + context.total_weight);
    if (!(gain >= -rounding)) {
      return failed("at " + point.name + " the M-step lowers " + name + " by " + rounded(-gain, 3) +
                    ": it moves most " + largest_move(context, point.at, step.image) +
                    ". The M-step, or expected_log_likelihood, is for another parametrisation, or one of them forgets "
                    "a term" +
                    (context.can.log_prior ? " (the prior)" : ""));
    }
    ++looked_at;
    if (!context.can.fields) continue;
    const Eigen::VectorXd here = context.subject.vector(step.image, Coordinates::stabilized);
    const std::vector<CoordinateInfo> names = context.subject.coordinates(step.image);
    const Function function = q_near(context, point, true);
    for (const Eigen::Index i : coordinates_to_try(context, step.image, true)) {
      const Slope slope = slope_along(function, here, i, after, context.total_weight);
      if (!slope.known) continue;
      const std::string along = "along `" + names[static_cast<std::size_t>(i)].name + "`";
      if (slope.curvature < 0) {
        if (context.can.generalized) continue;
        return failed("at " + point.name + " the M-step's result is no maximum of " + name +
                      ": it rises to both sides " + along +
                      ". The M-step solves for a saddle or a minimum, or expected_log_likelihood has a wrong "
                      "sign");
      }
      largest = std::max(largest, std::abs(slope.score));
      if (std::abs(slope.score) <= enough + 4 * slope.error) continue;
      in_part = true;
      if (context.can.generalized) continue;
      return failed("at " + point.name + " the M-step does not maximise " + name + ": there its slope " + along +
                    " is " + rounded(slope.score, 3) + " a unit (of " + rounded(slope.unit, 3) +
                    "), where it must be 0, though " + name + " has risen by " + rounded(gain, 3) +
                    ". The M-step, or expected_log_likelihood, is for another parametrisation or forgets a term. An "
                    "M-step that is only to raise Q (generalised EM) says so: static constexpr bool "
                    "generalized_maximization = true");
    }
  }
  if (looked_at == 0) return skipped("the M-step refuses the sums, or is at an edge, at every point");
  return passed(in_part ? "the M-step raises " + name + " at " + count_of(looked_at, "point") +
                              "; it does not maximise it, as the model says (generalized_maximization)"
                        : "the M-step maximises " + name + " at " + count_of(looked_at, "point") + ": largest slope " +
                              rounded(largest, 2) + " a unit");
}

// Fisher's identity: the gradient of Q(. | theta) at theta is that of the log-likelihood (Dempster, Laird & Rubin 1977,
// eq. 3.12 ff.; Louis 1982, section 3.1).
ConformanceCheck check_fisher_identity(const Context& context) {
  if (!context.can.expected_log_likelihood) return skipped(no_q);
  if (!context.can.fields) return skipped("Parameters have no fields(), so there are no coordinates to look along");
  double largest = 0;
  std::size_t looked_at = 0;
  for (const Point& point : context.points) {
    const Eigen::VectorXd here = context.subject.vector(point.at, Coordinates::stabilized);
    const std::vector<CoordinateInfo> names = context.subject.coordinates(point.at);
    const Function q = q_near(context, point, false);
    const Function log_likelihood = guarded([&](const Eigen::VectorXd& there) {
      return point_at(context, "", context.subject.from(there, Coordinates::stabilized, point.at)).log_likelihood;
    });
    const double middle = context.subject.expected_log_likelihood(point.statistics, point.at);
    for (const Eigen::Index i : coordinates_to_try(context, point.at, true)) {
      Slope of_q = slope_along(q, here, i, middle, context.total_weight);
      Slope of_l = slope_along(log_likelihood, here, i, point.log_likelihood, context.total_weight);
      if (!of_q.known && !of_l.known) continue;
      // Where one of the two is flat or straight, it is looked at by the step of the other.
      if (!of_q.known) of_q = slope_by(q, here, i, of_l);
      if (!of_l.known) of_l = slope_by(log_likelihood, here, i, of_q);
      if (!std::isfinite(of_q.score) || !std::isfinite(of_l.score)) continue;
      ++looked_at;
      const double score = of_l.score * of_q.unit / of_l.unit;
      const double error = of_q.error + of_l.error * of_q.unit / of_l.unit;
      const double apart = std::abs(of_q.score - score);
      largest = std::max(largest, apart);
      if (apart <= enough * (1 + std::abs(score) + std::abs(of_q.score)) + 4 * error) continue;
      return failed(
          "at " + point.name + " the slopes of Q and of the log-likelihood along `" +
          names[static_cast<std::size_t>(i)].name + "` differ: " + rounded(of_q.score, 4) + " and " +
          rounded(score, 4) + " a unit (of " + rounded(of_q.unit, 3) +
          "); by Fisher's identity they are the same. The posterior of the E-step, the log-likelihood that it "
          "returns, or expected_log_likelihood is wrong: they are of different models");
    }
  }
  if (looked_at == 0) return skipped("Q or the log-likelihood has no derivative to compare at any point");
  return passed("slopes of Q and of the log-likelihood agree to " + rounded(largest, 2) + " a unit at " +
                count_of(context.points.size(), "point"));
}

}  // namespace latent::conformance
