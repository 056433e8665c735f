#include <algorithm>
#include <cmath>

#include <latent/error.hpp>
#include <latent/stopping.hpp>
#include <latent/text.hpp>

#include "context.hpp"

// Whether E-step, M-step and log-likelihood belong together, without Q.

namespace latent::conformance {
namespace {

// What usually is wrong where EM does not climb the objective.
const char* const usual_causes =
    "Usual causes: the M-step solves for another parametrisation than the E-step reads (a variance where the parameter "
    "is a standard deviation, a rate where it is a mean); the posterior is not normalised within each observation; "
    "expectation() returns the complete-data log-likelihood (a sum over the hidden values) instead of the logarithm of "
    "the sum; a prior that the M-step uses is missing in log_prior, or the other way round";

// Plain EM from where acceleration ended, as fixed points of the map are wanted, and not of the objective.
struct Ended {
  Point point;
  std::vector<Note> notes;  // of the M-step there
  Held image;
};
Ended iterate_to_the_end(const Context& context, const Point& start) {
  constexpr int more = 300;
  Ended ended{point_at(context, start.name, context.subject.fitted(start.at, context.options.fit_iterations)), {}, {}};
  for (int i = 0;; ++i) {
    Step step = step_from(context, ended.point);
    ended.notes = std::move(step.notes);
    ended.image = step.image;
    if (i == more || same_bits(context, ended.image, ended.point.at)) return ended;
    ended.point = point_at(context, start.name, ended.image);
  }
}

// Scores at a fixed point that are larger than both numeric derivatives and what EM still moves can explain.
struct Worst {
  double score = 0, move = 0;  // in units
  std::string name, start;
  double unit = 0;
};

}  // namespace

ConformanceCheck check_ascent(const Context& context) {
  std::size_t steps = 0;
  for (const Point& start : context.starts) {
    Point here = start;
    for (std::size_t i = 1; i <= context.options.iterations; ++i) {
      Step step;
      Point next;
      try {
        step = step_from(context, here);
        next = point_at(context, start.name, step.image);
      } catch (const ModelError&) {
        break;  // a step that cannot be done ends a fit as it should
      }
      const bool edge = std::ranges::any_of(step.notes, &Note::degenerate);
      const double rounding = edge ? rounding_at_the_edge(here.objective, context.total_weight)
                                   : fall_by_rounding(here.objective, context.total_weight);
      const std::string where = "from " + start.name + ", step " + std::to_string(i);
      if (!std::isfinite(next.objective)) {
        if (edge) break;
        return failed(where + " makes the objective " + number(next.objective) + ": the M-step moves " +
                      largest_move(context, here.at, next.at) +
                      ". An M-step that cannot be done must throw ModelError, or hold the parameters off the edge");
      }
      if (next.objective < here.objective - rounding) {
        return failed(where + " of EM lowers the objective by " + rounded(here.objective - next.objective, 3) +
                      " (from " + rounded(here.objective, 9) + ", where rounding explains " + rounded(rounding, 2) +
                      "), which EM cannot; the M-step moves most " + largest_move(context, here.at, next.at) + ". " +
                      usual_causes);
      }
      ++steps;
      if (same_bits(context, here.at, next.at) && context.can.fields) break;
      here = std::move(next);
    }
  }
  if (steps == 0) return skipped("the M-step refuses the sums of every start");
  return passed("the objective never falls in " + count_of(steps, "step") + " of EM from " +
                count_of(context.starts.size(), "start"));
}

ConformanceCheck check_fixed_point(const Context& context) {
  if (!context.can.fields) return skipped("Parameters have no fields(), so there are no coordinates to look along");
  std::size_t looked_at = 0, not_there = 0;
  Worst worst;
  double largest = 0;
  std::string reason = "the M-step refuses the sums of every start";
  for (const Point& start : context.starts) {
    Ended ended;
    try {
      ended = iterate_to_the_end(context, start);
    } catch (const ModelError& error) {
      reason = std::string("the fit ends with: ") + error.what();
      continue;
    }
    if (!std::isfinite(ended.point.objective)) continue;
    if (!ended.notes.empty()) {
      reason = "the M-step holds the parameters at an edge: " + ended.notes.front().message;
      continue;
    }
    const Function objective = objective_near(context, ended.point.at);
    const Eigen::VectorXd here = context.subject.vector(ended.point.at, Coordinates::stabilized);
    const Eigen::VectorXd image = context.subject.vector(ended.image, Coordinates::stabilized);
    const std::vector<CoordinateInfo> names = context.subject.coordinates(ended.point.at);
    std::vector<Slope> slopes;
    const std::vector<Eigen::Index> tried = coordinates_to_try(context, ended.point.at, true);
    double move = 0;
    for (const Eigen::Index i : tried) {
      slopes.push_back(slope_along(objective, here, i, ended.point.objective, context.total_weight));
      if (slopes.back().known) move = std::max(move, std::abs(image[i] - here[i]) / slopes.back().unit);
    }
    // A score of 0.01 is a gain of 1/20000 in the log-likelihood: beyond derivatives, below any real mistake. EM's move
    // is the score divided by the complete information (Dempster, Laird & Rubin 1977, section 3): where the rate is
    // 0.9999 the score may be 1e4 times the move.
    constexpr double smallest = 0.01, slowest = 1e4;
    if (move > 1e-3) {
      ++not_there;
      continue;
    }
    ++looked_at;
    for (std::size_t k = 0; k < tried.size(); ++k) {
      if (!slopes[k].known) continue;
      const double score = std::abs(slopes[k].score);
      largest = std::max(largest, score);
      if (score <= smallest + slowest * move + 4 * slopes[k].error || score <= worst.score) continue;
      worst = {score, move, names[static_cast<std::size_t>(tried[k])].name, start.name,
               std::copysign(slopes[k].unit, slopes[k].score)};
    }
  }
  if (worst.score > 0) {
    return failed("EM from " + worst.start + " stands still (it moves " + rounded(worst.move, 2) +
                  " standard errors a step) where the objective has a slope along `" + worst.name +
                  "`: " + rounded(worst.score, 3) + " a standard error, rising towards " +
                  (worst.unit > 0 ? "larger" : "smaller") + " values, where it must be 0. " + usual_causes);
  }
  const std::string still = names_of_still(context);
  const std::string apart = still.empty() ? "" : "; not looked along " + still + ", which no M-step moves";
  if (looked_at == 0) {
    return skipped(not_there > 0 ? "EM has not come to a fixed point in " +
                                       count_of(context.options.fit_iterations, "iteration") + " from any start"
                                 : reason);
  }
  return passed("largest score " + rounded(largest, 2) + " a standard error at " + count_of(looked_at, "fixed point") +
                " of EM" + apart);
}

}  // namespace latent::conformance
