#include <algorithm>
#include <cmath>

#include <latent/error.hpp>
#include <latent/text.hpp>

#include "context.hpp"

namespace latent::conformance {
namespace {

std::optional<std::string> not_there_and_back(const Context& context, const Held& at, const Held& like,
                                              Coordinates coordinates, const char* name) {
  const Subject& subject = context.subject;
  const Eigen::VectorXd there = subject.vector(at, coordinates);
  if (!there.allFinite()) return std::nullopt;  // at the edge of its range
  const Held back = subject.from(there, coordinates, like);
  const Eigen::VectorXd before = subject.vector(at, Coordinates::natural);
  const Eigen::VectorXd after = subject.vector(back, Coordinates::natural);
  // Through logarithms and Cholesky factors, of matrices that may be ill-conditioned.
  constexpr double tolerance = 1e-9;
  if (before.size() == after.size() &&
      (before - after).cwiseAbs().maxCoeff() <= tolerance * before.cwiseAbs().maxCoeff()) {
    return std::nullopt;
  }
  return std::string("parameters do not come back from ") + name + " coordinates: " + largest_move(context, at, back);
}

}  // namespace

ConformanceCheck check_coordinates(const Context& context) {
  if (!context.can.fields) return skipped("Parameters have no fields()");
  const Subject& subject = context.subject;
  std::size_t seen = 0;
  for (const Point& point : context.points) {
    std::vector<Held> both{point.at};
    try {
      both.push_back(step_from(context, point).image);
    } catch (const ModelError&) {
    }
    for (std::size_t k = 0; k < both.size(); ++k) {
      const std::string what = k == 0 ? "at " + point.name + ": the parameters"
                                      : "the M-step from " + point.name + ": the parameters it makes";
      if (const auto wrong = subject.violation(both[k])) {
        return failed(what + " break a constraint of fields(), " + *wrong +
                      ". Either the constraint is not that of the parameter, or the step leaves the range");
      }
      const Held& like = context.points[(seen + 1) % context.points.size()].at;
      if (subject.numbers(like).size() != subject.numbers(both[k]).size()) {
        return failed(what + " have another shape than those of another start; all must have the same");
      }
      for (const auto& [coordinates, name] :
           {std::pair{Coordinates::unconstrained, "unconstrained"}, std::pair{Coordinates::stabilized, "stabilized"}}) {
        if (const auto wrong = not_there_and_back(context, both[k], like, coordinates, name)) {
          return failed(
              what + ": " + *wrong +
              ". Two fields() name the same member, a constraint is wrong, or admissible() changes parameters "
              "that are admissible already");
        }
      }
      const Held read = subject.through_json(both[k], like);
      if (!same_bits(context, both[k], read)) {
        return failed(what + " do not come back from JSON to the bit: " + largest_move(context, both[k], read) +
                      ". Two fields() have the same name, or a number is not finite");
      }
      const double written = subject.expect_each(both[k], {context.all}).front().log_likelihood;
      const double found = subject.expect_each(read, {context.all}).front().log_likelihood;
      if (written != found && !(std::isnan(written) && std::isnan(found))) {
        return failed(what + " come back from JSON, but with a log-likelihood of " + rounded(found, 9) + ", not " +
                      rounded(written, 9) +
                      ". Probably a member of Parameters is not listed in fields(): what is not listed is not written");
      }
      ++seen;
    }
  }
  return passed(count_of(seen, "point") + " satisfy their constraints and come back from coordinates and JSON");
}

}  // namespace latent::conformance
