#include <cmath>
#include <map>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "golden/problem.hpp"
#include "support/tolerances.hpp"

namespace golden {
namespace {

// Fitted until the parameters stand still: the objective stands still long before.
const Outcome& thorough(const Problem& problem, latent::Acceleration acceleration) {
  static std::map<std::pair<std::string, latent::Acceleration>, Outcome> known;
  const std::pair key{problem.name, acceleration};
  if (const auto found = known.find(key); found != known.end()) return found->second;
  return known[key] = problem.fit({.tolerance = 1e-13,
                                   .stop = latent::StopRule::parameters,
                                   .acceleration = acceleration,
                                   .max_iterations = 100000});
}

// Runs `check` for each problem and acceleration.
template <class Check>
void for_each_fitted(const Check& check) {
  for (const latent::Acceleration acceleration : accelerations) {
    CAPTURE(latent::name_of(acceleration));
    for (const Problem& problem : problems()) {
      CAPTURE(problem.name);
      const Outcome& outcome = thorough(problem, acceleration);
      CAPTURE(outcome.summary.brief_report());
      check(problem, outcome);
    }
  }
}

// The first iteration that changes the parameters by less than `change`.
std::size_t iteration_below(double change, const latent::Trace& trace) {
  std::size_t i = 1;
  while (i + 1 < trace.size() && !(trace[i].parameter_change < change)) ++i;
  return i;
}

double parameter_rate(const latent::Trace& trace, std::size_t iteration) {
  return trace[iteration].parameter_change / trace[iteration - 1].parameter_change;
}

TEST_SUITE("golden/known_optima") {
  TEST_CASE("known optima: each is reached from the default start") {
    for_each_fitted([](const Problem& problem, const Outcome& outcome) {
      CHECK(outcome.summary.verdict == latent::Verdict::converged);
      CHECK(std::abs(outcome.summary.log_likelihood - problem.log_likelihood) < problem.tolerance);
      REQUIRE(outcome.parameters.size() >= problem.parameters.size());
      for (Eigen::Index i = 0; i < problem.parameters.size(); ++i) {
        CAPTURE(i);
        CHECK(std::abs(outcome.parameters[i] - problem.parameters[i]) < problem.parameter_tolerance);
      }
    });
  }

  TEST_CASE("known optima: the log-likelihood is that of the formula in the paper") {
    for_each_fitted([](const Problem& problem, const Outcome& outcome) {
      CHECK(outcome.summary.log_likelihood == near(problem.formula(outcome.parameters), tolerance::round_trip));
    });
  }

  TEST_CASE("known optima: the objective never falls by more than rounding") {
    for_each_fitted([](const Problem&, const Outcome& outcome) {
      for (std::size_t i = 1; i < outcome.trace.size(); ++i) {
        const double before = outcome.trace[i - 1].objective;
        CHECK(outcome.trace[i].objective >= before - tolerance::rounding * std::abs(before));
      }
    });
  }

  TEST_CASE("known optima: the rate of the objective is the square of that of the parameters") {
    for (const Problem& problem : problems()) {
      if (!problem.isolated) continue;
      CAPTURE(problem.name);
      const Outcome& outcome = thorough(problem, latent::Acceleration::none);
      const std::size_t late = iteration_below(1e-8, outcome.trace), earlier = iteration_below(1e-5, outcome.trace);
      const double rate = parameter_rate(outcome.trace, late);
      if (problem.rate) CHECK(std::abs(rate - *problem.rate) < 1e-6);
      // Nearer to the end the changes of the objective are rounding.
      CHECK(std::sqrt(outcome.trace[earlier].rate) == near(parameter_rate(outcome.trace, earlier), 2e-2));
      CHECK(std::sqrt(problem.fit({.acceleration = latent::Acceleration::none}).summary.rate) == near(rate, 2e-2));
    }
  }

  TEST_CASE("known optima: the default tolerance ends within its promise") {
    for (const Problem& problem : problems()) {
      CAPTURE(problem.name);
      const Outcome outcome = problem.fit({});
      const double most_left =
          2 * latent::FitOptions{}.tolerance * outcome.summary.total_weight;  // an estimate, so twice
      CHECK(outcome.summary.verdict == latent::Verdict::converged);
      CHECK(problem.log_likelihood - outcome.summary.log_likelihood < most_left + problem.tolerance);
    }
  }
}

}  // namespace
}  // namespace golden
