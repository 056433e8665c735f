#include <functional>
#include <numbers>
#include <optional>
#include <string>
#include <vector>

#include <Eigen/Dense>
#include <boost/math/tools/minima.hpp>
#include <doctest/doctest.h>
#include <latent/coordinates.hpp>
#include <latent/fit.hpp>

#include "golden/blood_groups.hpp"
#include "golden/incomplete_pairs.hpp"
#include "golden/latent_classes.hpp"
#include "golden/linkage.hpp"
#include "golden/poisson_mixture.hpp"
#include "support/tolerances.hpp"

// Problems of the literature whose optimum is published, each a small model against the public interface.

namespace golden {
namespace {

using Vector = Eigen::VectorXd;

struct Outcome {
  latent::Summary summary;
  latent::Trace trace;
  Vector parameters;
};

struct KnownOptimum {
  std::string name;
  double log_likelihood, log_likelihood_tolerance;  // as published, to the digits published
  Vector parameters;                                // natural coordinates, as published
  double parameter_tolerance;                       // absolute
  std::optional<double> rate;                       // of the parameters, as published
  std::function<Outcome(latent::FitOptions)> fit;   // from the model's default parameters
  // The log-likelihood, from the formula of the paper and not from the model.
  std::function<double(const Vector&)> formula;
};

template <class Model>
Outcome outcome_of(const Model& model, const latent::Sample<latent::DataOf<Model>>& sample,
                   const latent::FitOptions& options, const typename Model::Parameters& start = {}) {
  const auto fitted = latent::fit(model, sample, start, options);
  return {fitted.summary, fitted.trace, latent::to_vector(fitted.parameters, latent::Coordinates::natural)};
}

Vector vector(std::initializer_list<double> values) {
  return Eigen::Map<const Vector>(values.begin(), static_cast<Eigen::Index>(values.size()));
}

double linkage_formula(const Vector& at) {
  const double theta = at[0];
  return 125 * std::log((2 + theta) / 4) + 38 * std::log((1 - theta) / 4) + 34 * std::log(theta / 4);
}

double poisson_formula(const Vector& at) {
  double sum = 0, factorial = 1;
  for (std::size_t x = 0; x < days.size(); ++x) {
    if (x > 0) factorial *= static_cast<double>(x);
    const double power = static_cast<double>(x);
    sum += days[x] * std::log((at[0] * std::exp(-at[1]) * std::pow(at[1], power) +
                               (1 - at[0]) * std::exp(-at[2]) * std::pow(at[2], power)) /
                              factorial);
  }
  return sum;
}

// With the frequency of O implied by the others.
double blood_group_formula(const Vector& at) {
  const double a = at[0], b = at[1], o = 1 - a - b;
  return 182 * std::log(a * a + 2 * a * o) + 60 * std::log(b * b + 2 * b * o) + 17 * std::log(2 * a * b) +
         176 * std::log(o * o);
}

// at: variance, covariance, variance.
double incomplete_pairs_formula(const Vector& at) {
  const double tau = 2 * std::numbers::pi, determinant = at[0] * at[2] - at[1] * at[1];
  // Of the four whole pairs the sums of x^2, xy, y^2 are 4, 0, 4; of the four single values of each kind 16.
  return -4 * std::log(tau) - 2 * std::log(determinant) - 0.5 * (4 * at[2] + 4 * at[0]) / determinant -
         2 * std::log(tau * at[0]) - 8 / at[0] - 2 * std::log(tau * at[2]) - 8 / at[2];
}

// at: weight of class one, of class two (implied), yes of class one, yes of class two.
double latent_class_formula(const Vector& at) {
  double sum = 0;
  for (std::size_t pattern = 0; pattern < students.size(); ++pattern) {
    double one = at[0], two = 1 - at[0];
    for (Eigen::Index item = 0; item < 4; ++item) {
      const bool yes = (pattern >> item) % 2 == 1;
      one *= yes ? at[2 + item] : 1 - at[2 + item];
      two *= yes ? at[6 + item] : 1 - at[6 + item];
    }
    sum += students[pattern] * std::log(one + two);
  }
  return sum;
}

const std::vector<KnownOptimum>& known_optima() {
  static const std::vector<KnownOptimum> all{
      {"genetic linkage", linkage_formula(vector({linkage_theta()})), 1e-10, vector({linkage_theta()}), 1e-10,
       linkage_rate, [](const auto& options) { return outcome_of(Linkage{}, linkage_families, options); },
       linkage_formula},
      {"Poisson mixture",
       -1989.945859883,
       1e-9,
       vector({0.359885, 1.25610, 2.66340}),
       6e-6,
       {},
       [](const auto& options) {
         return outcome_of(PoissonMixture{}, {deaths_a_day, days}, options);
       },
       poisson_formula},
      {"blood groups",
       -492.535315529933,
       1e-10,
       vector({0.26444, 0.09317, 0.64239}),
       6e-6,
       {},
       [](const auto& options) {
         return outcome_of(BloodGroups{}, {blood_groups, people}, options);
       },
       blood_group_formula},
      {"incomplete pairs",
       incomplete_pairs_formula(vector({8. / 3, 4. / 3, 8. / 3})),
       1e-10,
       vector({8. / 3, 4. / 3, 8. / 3}),
       1e-6,
       {},
       [](const auto& options) {
         IncompletePairs::Parameters start;
         start.covariance << 1, 0.1, 0.1, 1;  // on the side of the positive correlation
         return outcome_of(IncompletePairs{}, incomplete_pairs, options, start);
       },
       incomplete_pairs_formula},
      {"latent classes",
       -440.027112,
       5e-7,
       vector({0.1606, 0.8394, 0.5769, 0.5891, 0.2160, 0.3764, 0.0166, 0.0292, 0.0371, 0.1819}),
       1e-4,
       {},
       [](const auto& options) {
         return outcome_of(LatentClasses{}, {answers, students}, options);
       },
       latent_class_formula},
  };
  return all;
}

// Runs `check` for each problem, fitted until the parameters stand still: the objective stands still long before.
template <class Check>
void for_each_fitted_by(latent::Acceleration acceleration, const Check& check) {
  for (const KnownOptimum& problem : known_optima()) {
    CAPTURE(problem.name);
    const Outcome outcome =
        problem.fit({.tolerance = 1e-13, .stop = latent::StopRule::parameters, .acceleration = acceleration});
    CAPTURE(outcome.summary.brief_report());
    check(problem, outcome);
  }
}

template <class Check>
void for_each_fitted(const Check& check) {
  for (const auto acceleration :
       {latent::Acceleration::none, latent::Acceleration::squarem, latent::Acceleration::anderson,
        latent::Acceleration::acx, latent::Acceleration::automatic}) {
    CAPTURE(latent::name_of(acceleration));
    for_each_fitted_by(acceleration, check);
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

TEST_SUITE("golden") {
  TEST_CASE("known optima: each is reached from the default start") {
    for_each_fitted([](const KnownOptimum& problem, const Outcome& outcome) {
      CHECK(outcome.summary.verdict == latent::Verdict::converged);
      CHECK(std::abs(outcome.summary.log_likelihood - problem.log_likelihood) < problem.log_likelihood_tolerance);
      REQUIRE(outcome.parameters.size() == problem.parameters.size());
      for (Eigen::Index i = 0; i < outcome.parameters.size(); ++i) {
        CAPTURE(i);
        CHECK(std::abs(outcome.parameters[i] - problem.parameters[i]) < problem.parameter_tolerance);
      }
    });
  }

  TEST_CASE("known optima: the log-likelihood is that of the formula in the paper") {
    for_each_fitted([](const KnownOptimum& problem, const Outcome& outcome) {
      CHECK(outcome.summary.log_likelihood == near(problem.formula(outcome.parameters), tolerance::round_trip));
    });
  }

  // Boost.Math knows nothing of EM.
  TEST_CASE("known optima: a line search along each coordinate finds nothing higher") {
    for_each_fitted([](const KnownOptimum& problem, const Outcome& outcome) {
      for (Eigen::Index i = 0; i < outcome.parameters.size(); ++i) {
        CAPTURE(i);
        const auto minus_log_likelihood = [&](double x) {
          Vector at = outcome.parameters;
          at[i] = x;
          return -problem.formula(at);
        };
        const double here = outcome.parameters[i];
        const auto [where, lowest] =
            boost::math::tools::brent_find_minima(minus_log_likelihood, 0.8 * here, 1.01 * here, 50);
        CHECK(-lowest <= outcome.summary.log_likelihood + tolerance::optimum);
      }
    });
  }

  TEST_CASE("known optima: the objective never falls by more than rounding") {
    for_each_fitted([](const KnownOptimum&, const Outcome& outcome) {
      for (std::size_t i = 1; i < outcome.trace.size(); ++i) {
        CHECK(outcome.trace[i].objective >= outcome.trace[i - 1].objective * (1 + tolerance::rounding));
      }
    });
  }

  TEST_CASE("known optima: the rate of the objective is the square of that of the parameters") {
    for_each_fitted_by(latent::Acceleration::none, [](const KnownOptimum& problem, const Outcome& outcome) {
      const std::size_t late = iteration_below(1e-8, outcome.trace), earlier = iteration_below(1e-5, outcome.trace);
      const double rate = parameter_rate(outcome.trace, late);
      if (problem.rate) CHECK(std::abs(rate - *problem.rate) < 1e-6);
      // Nearer to the end the changes of the objective are rounding.
      CHECK(std::sqrt(outcome.trace[earlier].rate) == near(parameter_rate(outcome.trace, earlier), 2e-2));
      CHECK(std::sqrt(problem.fit({.acceleration = latent::Acceleration::none}).summary.rate) == near(rate, 2e-2));
    });
  }

  TEST_CASE("known optima: the default tolerance ends within its promise") {
    for (const KnownOptimum& problem : known_optima()) {
      CAPTURE(problem.name);
      const Outcome outcome = problem.fit({});
      const double most_left =
          2 * latent::FitOptions{}.tolerance * outcome.summary.total_weight;  // an estimate, so twice
      CHECK(outcome.summary.verdict == latent::Verdict::converged);
      CHECK(problem.log_likelihood - outcome.summary.log_likelihood < most_left + problem.log_likelihood_tolerance);
    }
  }

  TEST_CASE("incomplete pairs: EM stays on the saddle where it is started and leaves for either maximum beside it") {
    const auto correlation_from = [](double covariance) {
      IncompletePairs::Parameters start;
      start.covariance << 2.5, covariance, covariance, 2.5;
      const Vector end = outcome_of(IncompletePairs{}, incomplete_pairs, {.tolerance = 1e-16}, start).parameters;
      return end[1] / std::sqrt(end[0] * end[2]);
    };
    CHECK(correlation_from(0) == near(0, tolerance::rounding));
    CHECK(correlation_from(0.01) == near(0.5, tolerance::numeric));
    CHECK(correlation_from(-0.01) == near(-0.5, tolerance::numeric));
  }

  // Its means satisfy w m1 + (1 - w) m2 = the mean number of deaths at the maximum, which leaves two numbers to search.
  TEST_CASE("Poisson mixture: a numeric search over the whole region ends where EM does") {
    const double mean = 2364. / 1096;
    const auto profile = [&](double first, double second) {
      return -poisson_formula(vector({(second - mean) / (second - first), first, second}));
    };
    const auto best_second = [&](double first) {
      return boost::math::tools::brent_find_minima([&](double second) { return profile(first, second); }, mean + 0.05,
                                                   6., 40);
    };
    const auto [first, lowest] =
        boost::math::tools::brent_find_minima([&](double x) { return best_second(x).second; }, 0.3, mean - 0.05, 40);
    const Outcome em = known_optima()[1].fit({.tolerance = 1e-16});
    CHECK(-lowest == near(em.summary.log_likelihood, tolerance::round_trip));
    CHECK(first == near(em.parameters[1], 1e-4));
    CHECK(best_second(first).first == near(em.parameters[2], 1e-4));
  }

}  // TEST_SUITE

}  // namespace
}  // namespace golden
