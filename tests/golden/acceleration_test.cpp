#include <algorithm>
#include <cmath>
#include <iomanip>
#include <iostream>
#include <map>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "golden/poisson_mixture.hpp"
#include "golden/problem.hpp"
#include "support/tolerances.hpp"

// What acceleration promises, on every problem from many starts.

namespace golden {
namespace {

using latent::Acceleration;

// What is kept of a fit.
struct End {
  double objective = 0;
  bool converged = false;
  std::size_t passes = 0;
  std::string report;
};

// From every start of the problem, until EM changes no parameter by more than 1e-9.
const std::vector<End>& ends(const Problem& problem, Acceleration acceleration) {
  static std::map<std::pair<std::string, Acceleration>, std::vector<End>> known;
  std::vector<End>& all = known[{problem.name, acceleration}];
  for (std::uint64_t seed = all.size(); seed < problem.starts; ++seed) {
    const latent::Summary summary = problem
                                        .fit_from(seed, {.tolerance = 1e-9,
                                                         .stop = latent::StopRule::parameters,
                                                         .acceleration = acceleration,
                                                         .max_iterations = 30000,
                                                         .threads = 1})
                                        .summary;
    all.push_back(
        {summary.objective, summary.verdict == latent::Verdict::converged, summary.e_steps, summary.brief_report()});
  }
  return all;
}

std::vector<std::size_t> sorted_passes(const std::vector<End>& all) {
  std::vector<std::size_t> passes;
  for (const End& end : all) passes.push_back(end.passes);
  std::ranges::sort(passes);
  return passes;
}

std::size_t median_passes(const std::vector<End>& all) { return sorted_passes(all)[all.size() / 2]; }

// Runs check(em, automatic) for each problem and start.
template <class Check>
void for_each_start(const Check& check) {
  for (const Problem& problem : problems()) {
    CAPTURE(problem.name);
    const std::vector<End>&em = ends(problem, Acceleration::none), &automatic = ends(problem, Acceleration::automatic);
    for (std::size_t seed = 0; seed < problem.starts; ++seed) {
      CAPTURE(seed);
      CAPTURE(em[seed].report);
      CAPTURE(automatic[seed].report);
      check(problem, em[seed], automatic[seed]);
    }
  }
}

constexpr double same_maximum = 1e-8;

// When an accelerator rejects a step, or sees that it has converged, is a matter of last digits, and these are another
// processor's own: its instruction set decides in which order a sum is added up. A medium number of passes of 25 may be
// some more or fewer there; one of 200 hardly notices.
constexpr double few = 5;

TEST_SUITE("golden/acceleration") {
  // One test case, which is one process, so that every fit is made once.
  TEST_CASE("acceleration: on every problem, from every start") {
    SUBCASE("automatic reaches the known optimum from every start from which EM does") {
      for_each_start([](const Problem& problem, const End& em, const End& automatic) {
        if (em.objective < problem.log_likelihood - problem.tolerance) return;
        CHECK(automatic.objective > em.objective - same_maximum);
      });
    }

    // From other starts both may end at other maxima, which EM finds too from some start.
    SUBCASE("automatic converges where EM does, there or at another of its maxima") {
      for_each_start([](const Problem& problem, const End& em, const End& automatic) {
        CHECK(em.converged);
        CHECK(automatic.converged);
        CHECK(std::ranges::any_of(ends(problem, Acceleration::none), [&](const End& maximum) {
          return std::abs(maximum.objective - automatic.objective) < 1e-6;
        }));
      });
    }

    SUBCASE("automatic needs no more passes than EM, but for a few") {
      for_each_start([](const Problem&, const End& em, const End& automatic) {
        if (automatic.objective > em.objective + same_maximum) return;  // to go elsewhere takes its time
        CHECK(automatic.passes <= em.passes + 10);
      });
    }

    // The better of R's SQUAREM and DAAREM from their starts: the worst they needed.
    SUBCASE("automatic needs at most 1.2 times the passes of the best accelerators published, but for a few") {
      const std::map<std::string, double> published{
          {"Poisson mixture", 55}, {"Old Faithful, 2", 30}, {"Old Faithful, 3", 111}, {"cosmesis", 40}};
      for (const auto& entry : published) {
        const std::string& name = entry.first;
        const double passes = entry.second;
        CAPTURE(name);
        CHECK(static_cast<double>(median_passes(ends(problem(name), Acceleration::automatic))) <= 1.2 * passes + few);
      }
    }

    // Where EM needs few passes there is nothing to accelerate: automatic looks at the path of EM first.
    SUBCASE(
        "automatic needs at most 1.25 times the passes of SQUAREM and Anderson from the same starts, but for a few") {
      for (const Problem& problem : problems()) {
        CAPTURE(problem.name);
        if (median_passes(ends(problem, Acceleration::none)) < 20) continue;
        const double automatic = static_cast<double>(median_passes(ends(problem, Acceleration::automatic)));
        const double squarem = static_cast<double>(median_passes(ends(problem, Acceleration::squarem)));
        const double anderson = static_cast<double>(median_passes(ends(problem, Acceleration::anderson)));
        CHECK(automatic <= 1.25 * std::min(squarem, anderson) + few);
      }
    }
  }

  // The residual as R's SQUAREM measures it: the length of a step of EM.
  TEST_CASE("acceleration: Hasselblad's deaths take at most 60 passes to a residual of 1e-7") {
    const PoissonMixture model;
    const latent::Sample<std::span<const int>> sample(deaths_a_day, days);
    for (const auto& start : {PoissonMixture::Parameters{}, {0.3, {1, 2.5}}, {0.5, {1, 2}}}) {
      double residual = 1;
      std::size_t passes = 0;
      const auto step_of_em = [&](const PoissonMixture::Parameters& at) {
        PoissonMixture::Statistics sums;
        for (std::size_t i = 0; i < days.size(); ++i) {
          PoissonMixture::Statistics one;
          model.expectation(at, std::span(deaths_a_day).subspan(i, 1), one);
          for (std::size_t k = 0; k < 2; ++k) {
            sums.days[k] += days[i] * one.days[k];
            sums.deaths[k] += days[i] * one.deaths[k];
          }
        }
        const PoissonMixture::Parameters next = model.maximization(sums, at);
        return (latent::to_vector(next, latent::Coordinates::natural) -
                latent::to_vector(at, latent::Coordinates::natural))
            .norm();
      };
      // The fit is deterministic: one of one iteration more goes one step on.
      for (std::size_t iterations = 1; residual > 1e-7 && iterations < 200; ++iterations) {
        const auto fitted = latent::fit(model, sample, start, {.tolerance = 1e-14, .max_iterations = iterations});
        residual = step_of_em(fitted.parameters);
        passes = fitted.summary.e_steps;
      }
      CAPTURE(start.weight);
      CHECK(residual < 1e-7);
      CHECK(passes <= 60);
    }
  }

  // For a person: golden_tests --no-skip -tc='*table*'. + is how many starts end higher than EM, - lower or not at all.
  TEST_CASE("acceleration: a table of the median and most passes" * doctest::skip()) {
    for (const Problem& problem : problems()) {
      std::cout << problem.name << " (" << problem.starts << " starts):" << std::endl;
      const std::vector<End>& em = ends(problem, Acceleration::none);
      for (const Acceleration acceleration : accelerations) {
        const std::vector<End>& all = ends(problem, acceleration);
        std::size_t lower = 0, higher = 0;
        for (std::size_t seed = 0; seed < problem.starts; ++seed) {
          lower += all[seed].converged && all[seed].objective > em[seed].objective - same_maximum ? 0 : 1;
          higher += all[seed].objective > em[seed].objective + same_maximum ? 1 : 0;
        }
        std::cout << std::setw(10) << latent::name_of(acceleration) << std::setw(7) << median_passes(all)
                  << std::setw(7) << sorted_passes(all).back() << "   +" << higher << " -" << lower << std::endl;
      }
    }
  }
}

}  // namespace
}  // namespace golden
