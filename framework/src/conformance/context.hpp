#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <latent/conformance_subject.hpp>

// What the checks share: the points at which they look, and what is measured there.

namespace latent::conformance {

struct Point {
  std::string name;  // "start 2, after 3 steps"
  Held at;
  Held statistics;
  double log_likelihood = 0, objective = 0;
};

// One step of EM.
struct Step {
  Held image;
  std::vector<Note> notes;
};

struct Context {
  const Subject& subject;
  const ConformanceOptions& options;
  Abilities can;
  Selection all;
  double total_weight = 0;
  std::vector<Point> starts;
  std::vector<Point> points;  // the starts, the same a few steps later, and moved at random
  std::vector<bool> still;    // stabilized coordinates that no M-step moves
  std::string refusal;        // why the last start that cannot be used cannot
};
Context make_context(const Subject& subject, const ConformanceOptions& options);

// Throw ModelError as the model does.
Point point_at(const Context& context, std::string name, Held at);
Step step_from(const Context& context, const Point& from);

// Objective at stabilized coordinates, -infinity where the model cannot be.
using Function = std::function<double(const Eigen::VectorXd&)>;
Function objective_near(const Context& context, const Held& like);
// The same function where it throws ModelError, or what it returns is NaN: -infinity.
Function guarded(std::function<double(const Eigen::VectorXd&)> function);

// A derivative along one coordinate. `unit` is as far as the function falls (or rises) by a half by its second
// difference alone: the standard error, were this the only parameter; scores are slopes per unit, so free of units.
struct Slope {
  double step = 0, unit = 0;
  double score = 0;      // derivative times unit
  double error = 0;      // of the score, by rounding
  double curvature = 0;  // by how much the function falls a unit away, on the mean of both sides
  bool known = false;    // false where the function is flat, or the model cannot be beside the point
};
Slope slope_along(const Function& function, const Eigen::VectorXd& here, Eigen::Index i, double middle,
                  double total_weight);

// The coordinates along which derivatives are taken: not at an edge, moved by some M-step if that is asked for, and at
// most as many as the options say.
std::vector<Eigen::Index> coordinates_to_try(const Context& context, const Held& at, bool only_moved);
std::string names_of_still(const Context& context);

// By how much sums differ, in words, or nothing if by no more than rounding. `sizes`: of the statistics, for scale.
std::vector<double> sizes_of_statistics(const Context& context, const Point& at);
std::optional<std::string> difference(const Context& context, const Point& at, const std::vector<double>& sizes,
                                      const Sums& expected, const Sums& found);
// The same of two log-likelihoods.
std::optional<std::string> difference(const Context& context, double expected, double found);
// Of what the M-step makes of the sums, in the log-likelihood there; none where it refuses them.
std::optional<std::string> difference_made(const Context& context, const Point& at, const Sums& expected,
                                           const Sums& found);

// Whether they are the same to the bit: statistics by their numbers or, without fields, by what the M-step makes of
// them.
bool same_bits(const Context& context, const Point& at, const Sums& a, const Sums& b);
// Where parameters differ by a bit.
bool same_bits(const Context& context, const Held& a, const Held& b);

// The number of parameters that changed most, relatively to its field: "means[2] from 1.2 to 3.4".
std::string largest_move(const Context& context, const Held& before, const Held& after);
// "means" of "means[2]".
std::string field_of(const std::string& name);

// The checks.
ConformanceCheck check_repeatable(const Context& context);
ConformanceCheck check_adds(const Context& context);
ConformanceCheck check_parts(const Context& context);
ConformanceCheck check_order(const Context& context);
ConformanceCheck check_weights(const Context& context);
ConformanceCheck check_threads(const Context& context);
ConformanceCheck check_ascent(const Context& context);
ConformanceCheck check_maximization(const Context& context);
ConformanceCheck check_fisher_identity(const Context& context);
ConformanceCheck check_fixed_point(const Context& context);
ConformanceCheck check_coordinates(const Context& context);
ConformanceCheck check_simulation(const Context& context);

inline ConformanceCheck passed(std::string text) { return {"", Finding::passed, std::move(text)}; }
inline ConformanceCheck failed(std::string text) { return {"", Finding::failed, std::move(text)}; }
inline ConformanceCheck skipped(std::string text) { return {"", Finding::skipped, std::move(text)}; }

}  // namespace latent::conformance
