#include <cmath>
#include <functional>
#include <limits>
#include <optional>
#include <string>

#include <doctest/doctest.h>
#include <latent/error.hpp>
#include <latent/stopping.hpp>

#include "support/tolerances.hpp"

using latent::StopRule;

namespace {

struct Stop {
  std::size_t iteration = 0;
  std::string reason;
};

// Feeds the objectives L(0), L(1), ... to a rule as a fit does, until it stops or has seen `most` iterations.
std::optional<Stop> stop_of(const latent::FitOptions& options, double total_weight, std::size_t most,
                            const std::function<double(std::size_t)>& objective,
                            double parameter_change = std::numeric_limits<double>::quiet_NaN()) {
  latent::Stopping stopping(options, total_weight);
  latent::Iteration before;
  before.objective = objective(0);
  for (std::size_t t = 1; t <= most; ++t) {
    latent::Iteration now;
    now.iteration = t;
    now.kind = latent::StepKind::em;
    now.objective = objective(t);
    now.change = now.objective - before.objective;
    now.parameter_change = parameter_change;
    if (t > 1) {
      now.rate = now.change / before.change;
      now.estimated_gain = latent::aitken_gain(now.change, now.rate);
    }
    if (const auto reason = stopping.converged(now)) return Stop{t, *reason};
    before = now;
  }
  return std::nullopt;
}

// L(t) = -2 - gap * rate^t.
std::function<double(std::size_t)> geometric(double rate, double gap = 1) {
  return [=](std::size_t t) { return -2 - gap * std::pow(rate, static_cast<double>(t)); };
}

}  // namespace

TEST_SUITE("framework/stopping") {
  TEST_CASE("aitken: the estimated gain of a geometric sequence is what it still gains") {
    for (const double rate : {0.0176, 0.5, 0.99, 0.999}) {
      CAPTURE(rate);
      const auto objective = geometric(rate);
      for (const std::size_t t : {2, 5}) {
        const double change = objective(t) - objective(t - 1);
        const double gain = latent::aitken_gain(change, change / (objective(t - 1) - objective(t - 2)));
        CHECK(gain == near(-2 - objective(t), tolerance::numeric));
      }
    }
  }

  TEST_CASE("aitken: no estimate while the changes do not shrink") {
    CHECK(std::isnan(latent::aitken_gain(2, 2)));
    CHECK(std::isnan(latent::aitken_gain(1, 1)));
    CHECK(std::isnan(latent::aitken_gain(-1, -0.5)));
    CHECK(std::isnan(latent::aitken_gain(1, std::numeric_limits<double>::infinity())));
    CHECK(std::isnan(latent::aitken_gain(0, std::numeric_limits<double>::quiet_NaN())));
    CHECK(latent::aitken_gain(0, 0) == 0);
  }

  TEST_CASE("aitken: stops at the third estimate below the tolerance") {
    for (const double rate : {0.1, 0.5, 0.9}) {
      for (const double n : {1., 1000.}) {
        CAPTURE(rate);
        CAPTURE(n);
        const auto stop = stop_of({.tolerance = 1e-6}, n, 1000, geometric(rate, n));
        REQUIRE(stop);
        // The gap n rate^t is below 1e-6 n from t on, but no estimate is known before the second iteration.
        const double t = std::max(2., std::ceil(std::log(1e-6) / std::log(rate)));
        CHECK(stop->iteration == static_cast<std::size_t>(t) + 2);
        CHECK(stop->reason.starts_with("estimated gain still to come "));
        CHECK(stop->reason.ends_with(" < 1e-06 per observation"));
      }
    }
  }

  TEST_CASE("aitken: a slow sequence does not stop early and an absolute change does") {
    for (const double rate : {0.99, 0.999, 0.9999}) {
      CAPTURE(rate);
      const auto honest = stop_of({.tolerance = 1e-6}, 1, 1000000, geometric(rate));
      const auto hasty = stop_of({.tolerance = 1e-6, .stop = StopRule::absolute}, 1, 1000000, geometric(rate));
      REQUIRE(honest);
      REQUIRE(hasty);
      CHECK(-2 - geometric(rate)(honest->iteration) < 1.1e-6);  // an estimate, from changes near rounding
      CHECK(-2 - geometric(rate)(honest->iteration) > 0.9e-6);
      CHECK(-2 - geometric(rate)(hasty->iteration) > 0.9e-6 / (1 - rate));
    }
  }

  TEST_CASE("aitken: a plateau from which the changes grow again does not stop the fit") {
    // A slow climb to a step at iteration 200, as when a component first finds its cluster.
    const auto plateau = [](std::size_t t) { return std::tanh((static_cast<double>(t) - 200) / 20); };
    const auto stop = stop_of({.tolerance = 1e-6}, 1, 1000, plateau);
    REQUIRE(stop);
    CHECK(stop->iteration > 300);
    CHECK(1 - plateau(stop->iteration) < 1e-6);
  }

  TEST_CASE("aitken: one estimate below the tolerance does not stop the fit") {
    // Every third change is tiny.
    const auto uneven = [](std::size_t t) { return static_cast<double>(t / 3) + static_cast<double>(t % 3) * 1e-9; };
    CHECK_FALSE(stop_of({.tolerance = 1e-6}, 1, 100, uneven));
  }

  TEST_CASE("aitken: an objective that stands still stops at the third iteration") {
    const auto stop = stop_of({.tolerance = 1e-30}, 1, 10, [](std::size_t) { return -5.; });
    REQUIRE(stop);
    CHECK(stop->iteration == 3);
    CHECK(stop->reason == "the objective changes no more than by rounding (0)");
  }

  TEST_CASE("aitken: an objective that moves by rounding stops soon whatever the tolerance") {
    for (const double size : {1e-3, 1., 1e6}) {
      CAPTURE(size);
      const double unit = std::nextafter(size, 2 * size) - size;
      const auto stop = stop_of({.tolerance = 1e-30}, 1, 100, [&](std::size_t t) {
        return size + unit * (t % 2 == 0 ? 0 : 1) * static_cast<double>(t % 3);
      });
      REQUIRE(stop);
      CHECK(stop->iteration < 10);
    }
  }

  TEST_CASE("absolute: stops at the first change below the tolerance per observation") {
    const auto objective = geometric(0.5, 100);
    const auto stop = stop_of({.tolerance = 1e-3, .stop = StopRule::absolute}, 100, 100, objective);
    REQUIRE(stop);
    CHECK(stop->iteration == 10);  // 0.5^10 < 1e-3 < 0.5^9
    CHECK(stop->reason == "change of the objective 0.000977 < 0.001 per observation");
  }

  TEST_CASE("relative: stops at the first change below the tolerance of the objective") {
    const auto stop = stop_of({.tolerance = 1e-3, .stop = StopRule::relative}, 100, 100, geometric(0.5));
    REQUIRE(stop);
    CHECK(stop->iteration == 9);  // 0.5^9 < 2e-3 < 0.5^8
    CHECK(stop->reason == "relative change of the objective 0.000976 < 0.001");
  }

  TEST_CASE("parameters: stops at the first relative change of the parameters below the tolerance") {
    const latent::FitOptions options{.tolerance = 1e-3, .stop = StopRule::parameters};
    CHECK_FALSE(stop_of(options, 1, 100, geometric(0.5), 1e-3));
    CHECK_FALSE(stop_of(options, 1, 100, geometric(0.5)));
    const auto stop = stop_of(options, 1, 100, geometric(0.5), 0.5e-3);
    REQUIRE(stop);
    CHECK(stop->iteration == 1);
    CHECK(stop->reason == "largest relative change of a parameter 0.0005 < 0.001");
  }

  TEST_CASE("stopping: a tolerance of zero never stops") {
    for (const StopRule rule : {StopRule::aitken, StopRule::absolute, StopRule::relative, StopRule::parameters}) {
      CHECK_FALSE(stop_of(
          {.tolerance = 0, .stop = rule}, 1, 1000, [](std::size_t) { return -5.; }, 0));
    }
  }

  TEST_CASE("stopping: the start has no change to judge") {
    for (const StopRule rule : {StopRule::aitken, StopRule::absolute, StopRule::relative, StopRule::parameters}) {
      latent::Stopping stopping({.tolerance = 1, .stop = rule}, 1);
      CHECK_FALSE(stopping.converged(latent::Iteration{}));
    }
  }

  TEST_CASE("stop_rule: each has a name and any other is refused") {
    for (const StopRule rule : {StopRule::aitken, StopRule::absolute, StopRule::relative, StopRule::parameters}) {
      CHECK(latent::stop_rule(latent::name_of(rule)) == rule);
    }
    CHECK_THROWS_WITH_AS(latent::stop_rule("Aitken"),
                         "stop is 'Aitken', it must be aitken, absolute, relative or parameters", latent::OptionError);
  }

  TEST_CASE("rounding_of: in proportion to the objective and to the number of observations") {
    const double epsilon = std::numeric_limits<double>::epsilon();
    CHECK(latent::rounding_of(-3000, 1000) == near(16 * epsilon * 4000, tolerance::rounding));
    CHECK(latent::rounding_of(0, 1) > 0);
  }

}  // TEST_SUITE
