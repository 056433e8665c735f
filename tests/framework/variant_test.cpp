#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <random>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>
#include <latent/error.hpp>
#include <latent/fit.hpp>
#include <latent/variant.hpp>
#include <latent/warm_up.hpp>

#include "golden/poisson_mixture.hpp"
#include "support/hooked_mixture.hpp"
#include "support/tolerances.hpp"

namespace {

using golden::PoissonMixture;
using latent::Acceleration;
using latent::FitOptions;
using latent::Iteration;
using latent::StepKind;
using latent::Variant;
using latent::Verdict;
using Parameters = PoissonMixture::Parameters;
using Counts = latent::Sample<std::span<const int>>;

constexpr double optimum = -1989.945859883;
const std::array<Parameters, 3> starts{{{0.5, {1, 3}}, {0.1, {0.2, 3}}, {0.3, {1, 2.5}}}};
constexpr std::pair<Variant, StepKind> in_parts[] = {{Variant::incremental, StepKind::incremental},
                                                     {Variant::online, StepKind::online}};

// The days in a random order. std::shuffle is free to differ between libraries, this is not.
const std::vector<int>& shuffled_days() {
  static const std::vector<int> all = [] {
    std::vector<int> days = golden::every_day();
    std::mt19937_64 engine(7);
    for (std::size_t i = days.size(); i > 1; --i) std::swap(days[i - 1], days[engine() % i]);
    return days;
  }();
  return all;
}

const Counts& sample() {
  static const Counts counts{shuffled_days()};
  return counts;
}

// One step of EM, in the smallest number of lines.
Parameters em_step(const Parameters& at) {
  PoissonMixture::Statistics sums;
  PoissonMixture{}.expectation(at, shuffled_days(), sums);
  return PoissonMixture{}.maximization(sums, at);
}

double largest_difference(const Parameters& a, const Parameters& b) {
  return std::max(
      {std::abs(a.weight - b.weight), std::abs(a.means[0] - b.means[0]), std::abs(a.means[1] - b.means[1])});
}

// Whose sums do not add up.
struct OneBlock {
  using Parameters = PoissonMixture::Parameters;
  struct Statistics {
    PoissonMixture::Statistics sums;
  };
  using Observation = int;
  double expectation(const Parameters& at, std::span<const int> counts, Statistics& statistics) const {
    return PoissonMixture{}.expectation(at, counts, statistics.sums);
  }
  Parameters maximization(const Statistics& statistics, const Parameters& at) const {
    return PoissonMixture{}.maximization(statistics.sums, at);
  }
};

// Posteriors to a power.
struct Tempered : PoissonMixture {
  double power = 1;
  Tempered tempered(double to_the_power) const {
    Tempered result = *this;
    result.power = to_the_power;
    return result;
  }
  double expectation(const Parameters& at, std::span<const int> counts, Statistics& sums) const {
    double log_likelihood = 0;
    for (const int x : counts) {
      const std::array joint{std::pow(at.weight * density(x, at.means[0]), power),
                             std::pow((1 - at.weight) * density(x, at.means[1]), power)};
      for (std::size_t k = 0; k < 2; ++k) {
        sums.days[k] += joint[k] / (joint[0] + joint[1]);
        sums.deaths[k] += joint[k] / (joint[0] + joint[1]) * x;
      }
      log_likelihood += std::log(joint[0] + joint[1]) / power;
    }
    return log_likelihood;
  }
};

}  // namespace

TEST_SUITE("framework/variant") {
  TEST_CASE("variant: names are read back and another is refused with all there are") {
    for (const Variant each : {Variant::batch, Variant::incremental, Variant::online, Variant::annealing}) {
      CHECK(latent::variant(latent::name_of(each)) == each);
    }
    CHECK_THROWS_WITH_AS(latent::variant("stochastic"),
                         "variant is 'stochastic', it must be batch, incremental, online or annealing",
                         latent::OptionError);
  }

  TEST_CASE("variant: incremental with one part makes the steps of EM") {
    constexpr std::size_t passes = 5;
    for (const Parameters& start : starts) {
      const auto em = latent::fit(PoissonMixture{}, sample(), start, {.tolerance = 0, .max_iterations = passes});
      const auto incremental = latent::fit(PoissonMixture{}, sample(), start,
                                           {.tolerance = 0,
                                            .variant = Variant::incremental,
                                            .variant_parts = 1,
                                            .variant_passes = passes,
                                            .max_iterations = passes});
      REQUIRE(incremental.trace.size() == em.trace.size());
      for (std::size_t i = 0; i < em.trace.size(); ++i) {
        CHECK(incremental.trace[i].objective == near(em.trace[i].objective, tolerance::round_trip));
      }
      CHECK(largest_difference(incremental.parameters, em.parameters) < tolerance::round_trip);
    }
  }

  TEST_CASE("variant: after passes in parts EM takes over and ends in its own optimum") {
    for (const auto& each : in_parts) {
      const latent::Variant variant = each.first;
      for (const Parameters& start : starts) {
        for (const std::size_t parts : {2, 20, 100}) {
          const auto fitted =
              latent::fit(PoissonMixture{}, sample(), start, {.variant = variant, .variant_parts = parts});
          CAPTURE(std::string(latent::name_of(variant)));
          CAPTURE(start.weight);
          CAPTURE(parts);
          CAPTURE(fitted.summary.brief_report());
          CHECK(fitted.summary.verdict == Verdict::converged);
          CHECK(fitted.summary.log_likelihood == near(optimum, tolerance::optimum));
          CHECK(fitted.summary.log_likelihood ==
                near(latent::log_likelihood(PoissonMixture{}, fitted.parameters, sample()), tolerance::rounding));
        }
      }
    }
  }

  TEST_CASE("variant: the trace has the passes and then a start and then EM") {
    for (const auto& each : in_parts) {
      const latent::Variant variant = each.first;
      const latent::StepKind kind = each.second;
      const auto fitted = latent::fit(PoissonMixture{}, sample(), starts[0], {.variant = variant, .variant_passes = 4});
      CAPTURE(std::string(latent::name_of(variant)));
      std::size_t passes = 0;
      while (passes < fitted.trace.size() && fitted.trace[passes].kind == kind) ++passes;
      CHECK(passes >= 1);
      CHECK(passes <= 4);
      REQUIRE(passes < fitted.trace.size());
      CHECK(fitted.trace[passes].kind == StepKind::start);
      CHECK(std::isnan(fitted.trace[passes].change));
      for (std::size_t i = 0; i < fitted.trace.size(); ++i) {
        const Iteration& now = fitted.trace[i];
        CHECK(now.iteration == i);
        CHECK(now.passes == i + 1);
        if (i > 0) CHECK(now.seconds >= fitted.trace[i - 1].seconds);
        if (i > passes) {
          CHECK((now.kind == StepKind::em || now.kind == StepKind::accelerated || now.kind == StepKind::rejected));
          CHECK(now.objective >= fitted.trace[i - 1].objective - 1e-12 * (std::abs(now.objective) + 1096));
        }
      }
      CHECK(fitted.summary.e_steps == fitted.trace.size());
      CHECK(fitted.summary.iterations == fitted.trace.back().iteration);
    }
  }

  TEST_CASE("variant: two passes in parts gain and no more than there is to gain") {
    for (const auto& each : in_parts) {
      const latent::Variant variant = each.first;
      for (const Parameters& start : starts) {
        const auto fitted = latent::fit(PoissonMixture{}, sample(), start,
                                        {.tolerance = 0, .variant = variant, .variant_passes = 2, .max_iterations = 2});
        CAPTURE(std::string(latent::name_of(variant)));
        CAPTURE(start.weight);
        CHECK(fitted.summary.objective > latent::log_likelihood(PoissonMixture{}, start, sample()));
        CHECK(fitted.summary.objective < optimum);
      }
    }
  }

  TEST_CASE("variant: incremental stands still where EM does") {
    const PoissonMixture model;
    for (const std::size_t parts : {1, 7, 20}) {
      latent::IncrementalPasses<PoissonMixture> passes(model, sample(), parts, nullptr);
      Parameters at = starts[0];
      for (int i = 0; i < 8000; ++i) passes.pass(at);
      CAPTURE(parts);
      CHECK(largest_difference(em_step(at), at) < 1e-11);
      CHECK(latent::log_likelihood(model, at, sample()) == near(optimum, tolerance::optimum));
      // And one who comes there anew stays.
      latent::IncrementalPasses<PoissonMixture> others(model, sample(), parts + 1, nullptr);
      Parameters stays = at;
      for (int i = 0; i < 3; ++i) others.pass(stays);
      CHECK(largest_difference(stays, at) < 1e-9);
    }
  }

  TEST_CASE("variant: what incremental keeps of the parts adds up to the whole") {
    // The M-step of a model that hands out the sums it is given: at a fixed point they are those of an E-step of all.
    HookedMixture model;
    PoissonMixture::Statistics last;
    model.maximized = [&last](const PoissonMixture::Statistics& sums, const auto&, const Parameters& maximum, auto) {
      CHECK(sums.days[0] + sums.days[1] == near(1096, tolerance::round_trip));
      last = sums;
      return maximum;
    };
    latent::IncrementalPasses<HookedMixture> passes(model, sample(), 20, nullptr);
    Parameters at = starts[0];
    for (int i = 0; i < 3000; ++i) passes.pass(at);
    PoissonMixture::Statistics all;
    PoissonMixture{}.expectation(at, shuffled_days(), all);
    for (std::size_t k = 0; k < 2; ++k) {
      CHECK(last.days[k] == near(all.days[k], tolerance::numeric));
      CHECK(last.deaths[k] == near(all.deaths[k], tolerance::numeric));
    }
  }

  TEST_CASE("variant: weights are repetitions and one of zero is no observation") {
    const Counts deaths{golden::deaths_a_day, golden::days};
    std::vector<int> counts{9, 9, 9};
    std::vector<double> weights{0, 0, 0};
    counts.insert(counts.end(), golden::deaths_a_day.begin(), golden::deaths_a_day.end());
    weights.insert(weights.end(), golden::days.begin(), golden::days.end());
    for (const auto& each : in_parts) {
      const latent::Variant variant = each.first;
      CAPTURE(std::string(latent::name_of(variant)));
      for (const Counts& weighted : {deaths, Counts{counts, weights}}) {
        for (const std::size_t parts : {2, 20}) {
          CAPTURE(parts);
          const auto fitted =
              latent::fit(PoissonMixture{}, weighted, starts[0], {.variant = variant, .variant_parts = parts});
          CHECK(fitted.summary.verdict == Verdict::converged);
          CHECK(fitted.summary.log_likelihood == near(optimum, tolerance::optimum));
        }
      }
    }
  }

  TEST_CASE("variant: without passes it is batch") {
    const auto batch = latent::fit(PoissonMixture{}, sample(), starts[0]);
    for (const auto& each : in_parts) {
      const latent::Variant variant = each.first;
      const auto fitted = latent::fit(PoissonMixture{}, sample(), starts[0], {.variant = variant, .variant_passes = 0});
      REQUIRE(fitted.trace.size() == batch.trace.size());
      for (std::size_t i = 0; i < batch.trace.size(); ++i) {
        CHECK(fitted.trace[i].objective == batch.trace[i].objective);
      }
    }
  }

  TEST_CASE("variant: the objectives of the passes are with the prior") {
    HookedMixture model;
    model.prior = [](const Parameters&) { return 1000.0; };
    for (const auto& each : in_parts) {
      const latent::Variant variant = each.first;
      const auto fitted = latent::fit(model, sample(), starts[0], {.variant = variant});
      CHECK(fitted.summary.verdict == Verdict::converged);
      for (const Iteration& at : fitted.trace) {
        CHECK(at.objective == near(at.log_likelihood + 1000, tolerance::rounding));
      }
    }
  }

  TEST_CASE("variant: zero iterations return the start") {
    for (const auto& each : in_parts) {
      const latent::Variant variant = each.first;
      const auto fitted = latent::fit(PoissonMixture{}, sample(), starts[1], {.variant = variant, .max_iterations = 0});
      CHECK(largest_difference(fitted.parameters, starts[1]) == 0);
      CHECK(fitted.summary.e_steps == 1);
    }
  }

  TEST_CASE("variant: a model whose step cannot be done ends the fit with that verdict") {
    HookedMixture model;
    model.maximized = [&model](const auto&, const auto&, const Parameters& maximum, auto) {
      if (model.calls->maximization > 3) throw latent::ModelError("no days are left");
      return maximum;
    };
    for (const auto& each : in_parts) {
      const latent::Variant variant = each.first;
      model.calls->maximization = 0;
      const auto fitted = latent::fit(model, sample(), starts[0], {.variant = variant});
      CHECK(fitted.summary.verdict == Verdict::degenerate);
      CHECK(fitted.summary.message.find("no days are left") != std::string::npos);
      CHECK(fitted.trace.size() <= 2);
    }
  }

  TEST_CASE("variant: annealing ends where EM does") {
    for (const Parameters& start : starts) {
      const auto fitted = latent::fit(Tempered{}, sample(), start, {.variant = Variant::annealing});
      CAPTURE(start.weight);
      CHECK(fitted.summary.verdict == Verdict::converged);
      CHECK(fitted.summary.log_likelihood == near(optimum, tolerance::optimum));
      REQUIRE(fitted.trace.size() > 11);
      for (std::size_t i = 0; i < 10; ++i) CHECK(fitted.trace[i].kind == StepKind::annealing);
      CHECK(fitted.trace[10].kind == StepKind::start);
    }
  }

  TEST_CASE("variant: the last pass of annealing is a step of EM") {
    const Tempered model;
    latent::AnnealingPasses<Tempered> passes(model, sample(), 4, nullptr);
    Parameters at = starts[0];
    for (int i = 0; i < 3; ++i) passes.pass(at);
    const Parameters expected = em_step(at);
    passes.pass(at);
    CHECK(largest_difference(at, expected) < tolerance::round_trip);
  }

  TEST_CASE("variant: one that a model cannot do is refused with the reason") {
    CHECK_THROWS_WITH_AS(latent::fit(PoissonMixture{}, sample(), {.variant = Variant::annealing}),
                         "variant is 'annealing', it must be another one for a model that cannot temper its posterior",
                         latent::OptionError);
    CHECK_THROWS_WITH_AS(
        latent::fit(OneBlock{}, sample(), {.variant = Variant::incremental}),
        "variant is 'incremental', it must be another one for a model whose Statistics have no fields()",
        latent::OptionError);
    CHECK_THROWS_WITH_AS(latent::fit(OneBlock{}, sample(), {.variant = Variant::online}),
                         "variant is 'online', it must be another one for a model whose Statistics have no fields()",
                         latent::OptionError);
    CHECK_THROWS_WITH_AS(latent::fit(PoissonMixture{}, sample(), {.variant_parts = 0}),
                         "variant_parts is 0, it must be at least 1", latent::OptionError);
  }

  TEST_CASE("variant: passes are iterations and no more are made than allowed") {
    for (const auto& each : in_parts) {
      const latent::Variant variant = each.first;
      for (const std::size_t most : {1, 3, 5}) {
        const auto fitted =
            latent::fit(PoissonMixture{}, sample(), starts[1], {.variant = variant, .max_iterations = most});
        CHECK(fitted.summary.iterations <= most);
        CHECK(fitted.summary.e_steps <= most + 1);
      }
    }
  }

  TEST_CASE("variant: a fit that ends in a pass reports the log-likelihood of the parameters it returns") {
    for (const auto& each : in_parts) {
      const latent::Variant variant = each.first;
      for (const std::size_t last : {0, 1, 2}) {
        const auto fitted = latent::fit(PoissonMixture{}, sample(), starts[1],
                                        {.variant = variant, .observer = [&](const Iteration& at) {
                                           return at.iteration == last ? latent::Continue::no : latent::Continue::yes;
                                         }});
        CHECK(fitted.summary.verdict == Verdict::observer_request);
        CHECK(fitted.summary.log_likelihood ==
              near(latent::log_likelihood(PoissonMixture{}, fitted.parameters, sample()), tolerance::rounding));
      }
      const auto late =
          latent::fit(PoissonMixture{}, sample(), starts[1], {.variant = variant, .time_limit_seconds = 0});
      CHECK(late.summary.log_likelihood ==
            near(latent::log_likelihood(PoissonMixture{}, late.parameters, sample()), tolerance::rounding));
    }
  }

  TEST_CASE("variant: the M-steps of the passes are counted") {
    for (const auto& each : in_parts) {
      const latent::Variant variant = each.first;
      const HookedMixture model;
      const auto fitted = latent::fit(model, sample(), starts[1], {.variant = variant});
      CHECK(fitted.summary.m_steps == model.calls->maximization);
    }
  }

}  // TEST_SUITE
