#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>
#include <cstddef>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <latent/error.hpp>
#include <latent/fit.hpp>

#include "golden/linkage.hpp"
#include "golden/poisson_mixture.hpp"
#include "support/hooked_mixture.hpp"
#include "support/tolerances.hpp"

// What acceleration does to a fit. What it gains: tests/golden/acceleration_test.cpp.

namespace {

using golden::PoissonMixture;
using latent::Acceleration;
using latent::FitOptions;
using latent::Iteration;
using latent::StepKind;
using latent::Verdict;
using Parameters = PoissonMixture::Parameters;

constexpr Acceleration accelerators[] = {Acceleration::squarem, Acceleration::anderson, Acceleration::acx,
                                         Acceleration::automatic};
const latent::Sample<std::span<const int>> deaths{golden::deaths_a_day, golden::days};
const std::array<Parameters, 4> starts{{{0.5, {1, 3}}, {0.1, {0.2, 3}}, {0.9, {2, 6}}, {0.3, {2, 2.2}}}};
constexpr double optimum = -1989.945859883;

std::size_t count(const latent::Trace& trace, StepKind kind) {
  return static_cast<std::size_t>(std::ranges::count(trace, kind, &Iteration::kind));
}

bool same_bits(const Parameters& a, const Parameters& b) { return a.weight == b.weight && a.means == b.means; }

bool nearly(double a, double b) { return std::abs(a - b) <= 1e-9 * std::abs(b); }

// Without fields(): a model that has no coordinates.
struct NoCoordinates {
  struct Parameters {
    double weight = 0.5;
    std::array<double, 2> means{1, 3};
  };
  using Statistics = PoissonMixture::Statistics;
  using Observation = int;
  static PoissonMixture::Parameters with_fields(const Parameters& at) { return {at.weight, at.means}; }
  double expectation(const Parameters& at, std::span<const int> counts, Statistics& sums) const {
    return PoissonMixture{}.expectation(with_fields(at), counts, sums);
  }
  Parameters maximization(const Statistics& sums, const Parameters&) const {
    const PoissonMixture::Parameters next = PoissonMixture{}.maximization(sums, {});
    return {next.weight, next.means};
  }
};

// With numbers that EM leaves as they are: all counts are multiplied by an exposure.
struct Exposed {
  struct Parameters {
    std::array<double, 3> settings{0.1, 1 / 3., -0.0};
    PoissonMixture::Parameters mixture;
    static constexpr auto fields() {
      return latent::fields(latent::field("settings", &Parameters::settings, latent::fixed),
                            latent::field("mixture", &Parameters::mixture));
    }
  };
  using Statistics = PoissonMixture::Statistics;
  using Observation = int;
  double expectation(const Parameters& at, std::span<const int> counts, Statistics& sums) const {
    return PoissonMixture{}.expectation(at.mixture, counts, sums);
  }
  Parameters maximization(const Statistics& sums, const Parameters& at) const {
    return {at.settings, PoissonMixture{}.maximization(sums, at.mixture)};
  }
};

// With a parameter that is a function of the others, which no constraint of a field can say.
struct WithGap {
  struct Parameters {
    PoissonMixture::Parameters mixture;
    double gap = 2;  // between the means
    static constexpr auto fields() {
      return latent::fields(latent::field("mixture", &Parameters::mixture), latent::field("gap", &Parameters::gap));
    }
  };
  using Statistics = PoissonMixture::Statistics;
  using Observation = int;
  struct Seen {
    std::atomic<std::size_t> admitted = 0, wrong = 0;
  };
  std::shared_ptr<Seen> seen = std::make_shared<Seen>();

  static Parameters made_of(const PoissonMixture::Parameters& mixture) {
    return {mixture, mixture.means[1] - mixture.means[0]};
  }
  double expectation(const Parameters& at, std::span<const int> counts, Statistics& sums) const {
    if (at.gap != made_of(at.mixture).gap) ++seen->wrong;
    return PoissonMixture{}.expectation(at.mixture, counts, sums);
  }
  Parameters maximization(const Statistics& sums, const Parameters& at) const {
    return made_of(PoissonMixture{}.maximization(sums, at.mixture));
  }
  Parameters admissible(const Parameters& at) const {
    ++seen->admitted;
    return made_of(at.mixture);
  }
};

// That cannot be anywhere but where its own M-step leads.
HookedMixture refuses_proposals() {
  HookedMixture model;
  const auto image = std::make_shared<Parameters>(starts[0]);
  model.maximized = [image](const auto&, const auto&, const Parameters& maximum, auto) { return *image = maximum; };
  model.expected = [image](const Parameters& at, double log_likelihood) {
    if (!same_bits(at, *image)) throw latent::ModelError("it cannot be there");
    return log_likelihood;
  };
  return model;
}

}  // namespace

TEST_SUITE("framework/acceleration") {
  TEST_CASE("acceleration: every line of the trace is what its kind says") {
    std::size_t accelerated = 0, rejected = 0;
    for (const Acceleration acceleration : accelerators) {
      for (const Parameters& start : starts) {
        const auto fitted = latent::fit(PoissonMixture{}, deaths, start, {.acceleration = acceleration});
        CAPTURE(std::string(latent::name_of(acceleration)));
        CAPTURE(fitted.summary.brief_report());
        CHECK(fitted.trace.front().kind == StepKind::start);
        for (std::size_t i = 1; i < fitted.trace.size(); ++i) {
          const Iteration &now = fitted.trace[i], &before = fitted.trace[i - 1];
          CAPTURE(i);
          CHECK(now.iteration == i);
          CHECK(now.passes == i + 1);
          CHECK(now.seconds >= before.seconds);
          CHECK(now.objective >= before.objective - 1e-12 * (std::abs(before.objective) + 1096));
          if (now.kind == StepKind::rejected) {
            CHECK(now.objective == before.objective);
            CHECK(now.log_likelihood == before.log_likelihood);
            CHECK(now.change < 0);
            CHECK(std::isnan(now.parameter_change));
          } else {
            CHECK((now.kind == StepKind::em || now.kind == StepKind::accelerated));
            CHECK(now.change == now.objective - before.objective);
            CHECK(now.parameter_change >= 0);
          }
        }
        CHECK(fitted.summary.accelerated_steps == count(fitted.trace, StepKind::accelerated));
        CHECK(fitted.summary.rejected_steps == count(fitted.trace, StepKind::rejected));
        CHECK(fitted.summary.iterations == fitted.trace.back().iteration);
        CHECK(fitted.summary.e_steps == fitted.trace.back().passes);
        accelerated += fitted.summary.accelerated_steps;
        rejected += fitted.summary.rejected_steps;
      }
    }
    CHECK(accelerated > 0);
    CHECK(rejected > 0);
  }

  TEST_CASE("acceleration: each ends at the optimum of EM and reports what it returns") {
    for (const Acceleration acceleration : accelerators) {
      for (const Parameters& start : starts) {
        const auto fitted = latent::fit(PoissonMixture{}, deaths, start, {.acceleration = acceleration});
        CAPTURE(std::string(latent::name_of(acceleration)));
        CAPTURE(start.weight);
        CHECK(fitted.summary.verdict == Verdict::converged);
        CHECK(fitted.summary.log_likelihood == near(optimum, tolerance::optimum));
        CHECK(fitted.summary.log_likelihood ==
              near(latent::log_likelihood(PoissonMixture{}, fitted.parameters, deaths), tolerance::rounding));
      }
    }
  }

  TEST_CASE("acceleration: the verdict is given after a step of EM") {
    for (const Acceleration acceleration : accelerators) {
      for (const latent::StopRule rule : {latent::StopRule::aitken, latent::StopRule::absolute,
                                          latent::StopRule::relative, latent::StopRule::parameters}) {
        const auto fitted = latent::fit(PoissonMixture{}, deaths, starts[0],
                                        {.tolerance = 1e-9, .stop = rule, .acceleration = acceleration});
        CAPTURE(std::string(latent::name_of(acceleration)));
        CAPTURE(std::string(latent::name_of(rule)));
        CHECK(fitted.summary.verdict == Verdict::converged);
        CHECK(fitted.trace.back().kind == StepKind::em);
      }
    }
  }

  TEST_CASE("acceleration: no more iterations than allowed, rejected ones too") {
    for (const Acceleration acceleration : accelerators) {
      for (std::size_t most = 0; most <= 40; ++most) {
        const auto fitted =
            latent::fit(PoissonMixture{}, deaths, starts[1], {.acceleration = acceleration, .max_iterations = most});
        CHECK(fitted.summary.iterations <= most);
        CHECK(fitted.summary.e_steps <= most + 1);
        CHECK(fitted.summary.log_likelihood ==
              near(latent::log_likelihood(PoissonMixture{}, fitted.parameters, deaths), tolerance::rounding));
      }
    }
  }

  TEST_CASE("acceleration: for a model without fields automatic is EM and the others are refused") {
    const auto automatic = latent::fit(NoCoordinates{}, deaths, {.max_iterations = 50});
    const auto none = latent::fit(NoCoordinates{}, deaths, {.acceleration = Acceleration::none, .max_iterations = 50});
    CHECK(automatic.summary.accelerated_steps + automatic.summary.rejected_steps == 0);
    CHECK(automatic.parameters.weight == none.parameters.weight);
    CHECK(automatic.parameters.means == none.parameters.means);
    for (const Acceleration acceleration : {Acceleration::squarem, Acceleration::anderson, Acceleration::acx}) {
      const std::string message = std::string("acceleration is '") + latent::name_of(acceleration) +
                                  "', it must be none for a model whose Parameters have no fields()";
      CHECK_THROWS_WITH_AS(latent::fit(NoCoordinates{}, deaths, {.acceleration = acceleration}), message.c_str(),
                           latent::OptionError);
    }
  }

  TEST_CASE("acceleration: with tolerance zero automatic makes the steps of EM to the bit") {
    for (const Parameters& start : starts) {
      const auto automatic = latent::fit(PoissonMixture{}, deaths, start, {.tolerance = 0, .max_iterations = 60});
      const auto none = latent::fit(PoissonMixture{}, deaths, start,
                                    {.tolerance = 0, .acceleration = Acceleration::none, .max_iterations = 60});
      REQUIRE(automatic.trace.size() == none.trace.size());
      for (std::size_t i = 0; i < none.trace.size(); ++i) {
        CHECK(automatic.trace[i].kind == none.trace[i].kind);
        CHECK(automatic.trace[i].objective == none.trace[i].objective);
      }
      CHECK(same_bits(automatic.parameters, none.parameters));
    }
  }

  TEST_CASE("acceleration: with tolerance zero one that is asked for by name accelerates") {
    for (const Acceleration acceleration : {Acceleration::squarem, Acceleration::anderson, Acceleration::acx}) {
      const auto fitted = latent::fit(PoissonMixture{}, deaths, starts[0],
                                      {.tolerance = 0, .acceleration = acceleration, .max_iterations = 60});
      CHECK(fitted.summary.accelerated_steps > 0);
      CHECK(fitted.summary.iterations == 60);
    }
  }

  TEST_CASE("acceleration: fixed parameters keep their bits") {
    for (const Acceleration acceleration : accelerators) {
      const Exposed::Parameters start;
      const auto fitted = latent::fit(Exposed{}, deaths, start, {.acceleration = acceleration});
      CAPTURE(std::string(latent::name_of(acceleration)));
      CHECK(fitted.summary.accelerated_steps > 0);
      CHECK(fitted.parameters.settings == start.settings);
      CHECK(std::signbit(fitted.parameters.settings[2]));
      CHECK(nearly(fitted.summary.log_likelihood, optimum));
    }
  }

  TEST_CASE("acceleration: a proposal goes through what the model says is admissible") {
    for (const Acceleration acceleration : accelerators) {
      const WithGap model;
      const auto fitted = latent::fit(model, deaths, {.acceleration = acceleration});
      CAPTURE(std::string(latent::name_of(acceleration)));
      CHECK(fitted.summary.accelerated_steps > 0);
      CHECK(model.seen->admitted >= fitted.summary.accelerated_steps + fitted.summary.rejected_steps);
      CHECK(model.seen->wrong == 0);
      CHECK(nearly(fitted.summary.log_likelihood, optimum));
    }
  }

  TEST_CASE("acceleration: a proposal where the model cannot be is rejected and EM goes on as if it were not") {
    std::vector<double> objectives;  // of EM
    for (const Iteration& at :
         latent::fit(HookedMixture{}, deaths, starts[0], {.acceleration = Acceleration::none, .max_iterations = 200})
             .trace) {
      objectives.push_back(at.objective);
    }
    for (const Acceleration acceleration : accelerators) {
      const auto fitted =
          latent::fit(refuses_proposals(), deaths, starts[0], {.acceleration = acceleration, .max_iterations = 200});
      CAPTURE(std::string(latent::name_of(acceleration)));
      CAPTURE(fitted.summary.message);
      // ACX may propose the image itself.
      if (acceleration != Acceleration::acx) CHECK(fitted.summary.accelerated_steps == 0);
      CHECK(fitted.summary.rejected_steps > 0);
      CHECK(fitted.summary.verdict == Verdict::iteration_limit);
      CHECK(fitted.summary.e_steps == fitted.summary.iterations + 1);
      std::size_t steps = 0;
      for (const Iteration& at : fitted.trace) {
        if (at.kind == StepKind::rejected) {
          CHECK(at.change == -std::numeric_limits<double>::infinity());
        } else {
          CHECK(at.objective == objectives[steps++]);
        }
      }
    }
  }

  TEST_CASE("acceleration: a proposal whose objective is not a number is rejected") {
    HookedMixture model;
    const auto image = std::make_shared<Parameters>(starts[0]);
    model.maximized = [image](const auto&, const auto&, const Parameters& maximum, auto) { return *image = maximum; };
    model.expected = [image](const Parameters& at, double log_likelihood) {
      return same_bits(at, *image) ? log_likelihood : std::numeric_limits<double>::quiet_NaN();
    };
    for (const Acceleration acceleration : accelerators) {
      *image = starts[0];
      const auto fitted = latent::fit(model, deaths, starts[0], {.acceleration = acceleration, .max_iterations = 200});
      CHECK(fitted.summary.verdict == Verdict::iteration_limit);
      CHECK(fitted.summary.rejected_steps > 0);
      for (const Iteration& at : fitted.trace) CHECK(std::isfinite(at.objective));
    }
  }

  TEST_CASE("acceleration: the objective it holds up is the one with the prior") {
    HookedMixture model;
    model.prior = [](const Parameters& at) { return 50 * (std::log(at.weight) + std::log(1 - at.weight)); };
    model.maximized = [](const PoissonMixture::Statistics& sums, const auto&, const Parameters& maximum, auto) {
      return Parameters{(sums.days[0] + 50) / (sums.days[0] + sums.days[1] + 100), maximum.means};
    };
    const auto em = latent::fit(model, deaths, starts[0], {.acceleration = Acceleration::none});
    for (const Acceleration acceleration : accelerators) {
      const auto fitted = latent::fit(model, deaths, starts[0], {.acceleration = acceleration});
      CAPTURE(std::string(latent::name_of(acceleration)));
      CHECK(fitted.summary.verdict == Verdict::converged);
      CHECK(nearly(fitted.summary.objective, em.summary.objective));
      CHECK(fitted.summary.objective ==
            near(fitted.summary.log_likelihood + model.prior(fitted.parameters), tolerance::rounding));
    }
  }

  TEST_CASE("acceleration: an observer sees rejected steps and may end the fit there") {
    for (const StepKind kind : {StepKind::rejected, StepKind::accelerated}) {
      const FitOptions options{.acceleration = Acceleration::anderson, .observer = [&](const Iteration& at) {
                                 return at.kind == kind ? latent::Continue::no : latent::Continue::yes;
                               }};
      const HookedMixture model = kind == StepKind::rejected ? refuses_proposals() : HookedMixture{};
      const auto fitted = latent::fit(model, deaths, starts[0], options);
      CHECK(fitted.summary.verdict == Verdict::observer_request);
      CHECK(fitted.trace.back().kind == kind);
      CHECK(count(fitted.trace, kind) == 1);
      CHECK(fitted.summary.log_likelihood ==
            near(latent::log_likelihood(PoissonMixture{}, fitted.parameters, deaths), tolerance::rounding));
    }
  }

  TEST_CASE("acceleration: plain EM shows that the optimum is the same") {
    for (const Parameters& start : starts) {
      const auto fitted = latent::fit(PoissonMixture{}, deaths, start, {.check_basin = true});
      const auto em = latent::fit(PoissonMixture{}, deaths, start, {.acceleration = Acceleration::none});
      REQUIRE(fitted.summary.plain_em);
      CHECK(fitted.summary.plain_em->same_optimum);
      CHECK(fitted.summary.plain_em->verdict == Verdict::converged);
      CHECK(fitted.summary.plain_em->objective == em.summary.objective);
      CHECK(fitted.summary.plain_em->iterations == em.summary.iterations);
    }
    CHECK_FALSE(latent::fit(PoissonMixture{}, deaths, starts[0]).summary.plain_em);
  }

  TEST_CASE("acceleration: plain EM that ends elsewhere or not at all is told apart") {
    // Of 40 steps: the accelerated run is at the optimum, EM is not near.
    const auto fitted =
        latent::fit(PoissonMixture{}, deaths, {0.3, {2, 2.2}},
                    {.acceleration = Acceleration::anderson, .check_basin = true, .max_iterations = 40});
    REQUIRE(fitted.summary.plain_em);
    CHECK(fitted.summary.plain_em->verdict == Verdict::iteration_limit);
    CHECK(fitted.summary.plain_em->iterations == 40);
    CHECK(fitted.summary.plain_em->objective < fitted.summary.objective);
    CHECK_FALSE(fitted.summary.plain_em->same_optimum);
  }

  TEST_CASE("acceleration: a proposal of which the model finds nothing admissible is not made") {
    struct NothingAdmissible : PoissonMixture {
      Parameters admissible(const Parameters&) const { throw latent::ModelError("there is no such place"); }
    };
    for (const Acceleration acceleration : accelerators) {
      const auto fitted = latent::fit(NothingAdmissible{}, deaths, starts[0], {.acceleration = acceleration});
      CHECK(fitted.summary.verdict == Verdict::converged);
      CHECK(fitted.summary.accelerated_steps == 0);
    }
  }

}  // TEST_SUITE
