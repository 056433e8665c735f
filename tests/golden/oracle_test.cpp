#include <algorithm>
#include <cmath>
#include <numbers>

#include <boost/math/tools/minima.hpp>
#include <boost/random/normal_distribution.hpp>
#include <doctest/doctest.h>

#include "golden/cosmesis.hpp"
#include "golden/incomplete_pairs.hpp"
#include "golden/problem.hpp"
#include "golden/simplex_search.hpp"
#include "support/tolerances.hpp"

// What is found without EM, from the formulas alone.

namespace golden {
namespace {

Outcome at_maximum(const Problem& problem) {
  return problem.fit({.tolerance = 1e-13,
                      .stop = latent::StopRule::parameters,
                      .acceleration = latent::Acceleration::none,
                      .max_iterations = 100000});
}

TEST_SUITE("golden/oracle") {
  TEST_CASE("oracle: nothing beside the maximum is higher, near or far, along any coordinate or across") {
    latent::Random random = latent::random_stream(7);
    boost::random::normal_distribution<double> normal;
    for (const Problem& problem : problems()) {
      CAPTURE(problem.name);
      const Vector here = at_maximum(problem).parameters;
      const double height = problem.formula(here);
      const Vector unit = here.cwiseAbs().cwiseMax(0.01);
      std::size_t inside = 0;
      const auto probe = [&](const Vector& direction) {
        for (double step = 0.1; step > 1e-6; step /= 10) {
          for (const double sign : {-1., 1.}) {
            const double there = problem.formula(here + sign * step * direction.cwiseProduct(unit));
            if (!std::isfinite(there)) continue;  // outside the parameter space
            ++inside;
            CHECK(there <= height + tolerance::optimum);
          }
        }
      };
      for (Eigen::Index i = 0; i < here.size(); ++i) probe(Vector::Unit(here.size(), i));
      for (int many = 0; many < 200; ++many) probe(Vector::NullaryExpr(here.size(), [&] { return normal(random); }));
      CHECK(inside > 0);
    }
  }

  TEST_CASE("oracle: of a few parameters a search without derivatives finds the same maximum") {
    for (const Problem& problem : problems()) {
      if (problem.fit({.max_iterations = 0}).parameters.size() > 3) continue;
      CAPTURE(problem.name);
      const Outcome outcome = at_maximum(problem);
      const Highest found = simplex_search(problem.formula, 0.9 * outcome.parameters);
      CHECK(found.value == near(outcome.summary.log_likelihood, tolerance::round_trip));
      if (problem.name == "blood groups") continue;  // the last frequency is not looked at
      CHECK((found.at - outcome.parameters).norm() < 1e-4 * outcome.parameters.norm());
    }
  }

  // Its means satisfy w m1 + (1 - w) m2 = the mean number of deaths at the maximum, which leaves two numbers to search.
  TEST_CASE("Poisson mixture: a numeric search over the whole region ends where EM does") {
    const Problem& mixture = problem("Poisson mixture");
    const double mean = 2364. / 1096;
    const auto profile = [&](double first, double second) {
      return -mixture.formula(vector({(second - mean) / (second - first), first, second}));
    };
    const auto best_second = [&](double first) {
      return boost::math::tools::brent_find_minima([&](double second) { return profile(first, second); }, mean + 0.05,
                                                   6., 40);
    };
    const auto [first, lowest] =
        boost::math::tools::brent_find_minima([&](double x) { return best_second(x).second; }, 0.3, mean - 0.05, 40);
    const Outcome em = mixture.fit({.tolerance = 1e-16});
    CHECK(-lowest == near(em.summary.log_likelihood, tolerance::round_trip));
    CHECK(first == near(em.parameters[1], 1e-4));
    CHECK(best_second(first).first == near(em.parameters[2], 1e-4));
  }

  // The log-likelihood is concave: these conditions of Karush, Kuhn and Tucker hold at its only maximum.
  TEST_CASE("cosmesis: the gradient is 46 where there is mass, and less where there is none") {
    const Vector masses = at_maximum(problem("cosmesis")).parameters;
    Cosmesis::Masses gradient = Cosmesis::Masses::Zero();
    for (const Cosmesis::Interval& woman : radiotherapy) {
      const Cosmesis::Masses covered = Cosmesis::covered(woman);
      gradient += covered / covered.dot(masses);
    }
    for (Eigen::Index j = 0; j < masses.size(); ++j) {
      CAPTURE(j);
      if (masses[j] > 1e-6) {
        CHECK(gradient[j] == near(46, tolerance::conditioned));
      } else {
        CHECK(gradient[j] < 45);
        CHECK(masses[j] < 1e-12);
      }
    }
  }

  TEST_CASE("incomplete pairs: EM stays on the saddle where it is started and leaves for either maximum beside it") {
    const auto correlation_from = [](double covariance) {
      const IncompletePairs::Parameters start{Eigen::Matrix2d{{2.5, covariance}, {covariance, 2.5}}};
      const Vector end = outcome_of(IncompletePairs{}, incomplete_pairs, {.tolerance = 1e-16}, start).parameters;
      return end[1] / std::sqrt(end[0] * end[2]);
    };
    CHECK(correlation_from(0) == near(0, tolerance::rounding));
    CHECK(correlation_from(0.01) == near(0.5, tolerance::numeric));
    CHECK(correlation_from(-0.01) == near(-0.5, tolerance::numeric));
  }

  TEST_CASE("heavy tails: EM ends at one of the four maxima published, and finds each") {
    const Problem& tails = problem("heavy tails");
    const std::vector<double> maxima{-19.993, 1.086, 1.997, 2.906};
    std::vector<std::size_t> found(maxima.size(), 0);
    for (std::uint64_t seed = 0; seed < tails.starts; ++seed) {
      CAPTURE(seed);
      const Vector end =
          tails.fit_from(seed, {.tolerance = 1e-14, .acceleration = latent::Acceleration::none}).parameters;
      const auto here = std::ranges::find_if(maxima, [&](double x) { return std::abs(end[0] - x) < 6e-4; });
      REQUIRE(here != maxima.end());
      ++found[static_cast<std::size_t>(here - maxima.begin())];
    }
    CHECK(std::ranges::count(found, 0) == 0);
  }
}

}  // namespace
}  // namespace golden
