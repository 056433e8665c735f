#include "support/gaussian_data.hpp"
#include "support/gaussian_families.hpp"
#include "support/long_mixture.hpp"
#include "support/tolerances.hpp"

// Fits from given starts against EM in long double (tests/support/long_mixture.hpp), iteration by iteration.

namespace {

using gaussian_data::Setting;

constexpr double same_likelihood = 1e-12;  // relative to |log-likelihood| + n
constexpr double same_parameters = 1e-9;   // relative to the spread of the data
// Means of about `shift` standard deviations are rounded to shift * 1e-16 of them, and 50 iterations make more of it.
constexpr double rounding_of_shift = 1e-14;
constexpr double rounding_of_shift_in_likelihood = 1e-17;

// The largest difference of two mixtures: of weights, of means in standard deviations of the data, of covariances in
// units of its variances.
double distance(const oracle::Mixture& a, const oracle::Mixture& b, const oracle::Vector& variances) {
  oracle::Long worst = 0;
  const auto compare = [&](oracle::Long x, oracle::Long y, oracle::Long unit) {
    const oracle::Long error = std::abs(x - y) / unit;
    if (!(error <= worst)) worst = error;  // NaN too
  };
  for (std::size_t k = 0; k < a.components(); ++k) {
    compare(a.weights[k], b.weights[k], 1);
    for (std::size_t i = 0; i < variances.size(); ++i) {
      const oracle::Long unit = std::sqrt(variances[i]);
      compare(a.means[k][i], b.means[k][i], unit);
      for (std::size_t j = 0; j < variances.size(); ++j) {
        compare(a.covariances[k][i][j], b.covariances[k][i][j], unit * std::sqrt(variances[j]));
      }
    }
  }
  return static_cast<double>(worst);
}

struct Errors {
  double likelihood = 0, parameters = 0;
};

// The worst errors after 1, 5 and 50 iterations.
template <class Family>
Errors errors(const Setting& setting, std::size_t dimensions, std::size_t components) {
  const auto rows = gaussian_data::clusters(40 * components + 20 * dimensions, dimensions, components, setting);
  const oracle::Sample sample = rows.exact();
  oracle::Vector variances = rows.variances();
  if (Family::shape == oracle::Shape::spherical) {  // which knows one unit for all columns
    oracle::Long mean = 0;
    for (const oracle::Long variance : variances) mean += variance / static_cast<oracle::Long>(variances.size());
    variances.assign(variances.size(), mean);
  }
  oracle::Mixture exact = gaussian_data::start(rows, components, Family::shape);
  const auto start = families::from_oracle<Family>(exact);
  exact = families::to_oracle<Family>(start);  // rounded to double
  oracle::Expectation expectation = oracle::expect(exact, sample);
  Errors worst;
  std::size_t iteration = 0;
  for (std::size_t until : {1, 5, 50}) {
    for (; iteration < until; ++iteration) {
      exact = oracle::maximize(exact, sample, expectation.responsibilities);
      expectation = oracle::expect(exact, sample);
    }
    const auto fitted = latent::fit(families::model<Family>(components), rows.sample(), start,
                                    {.tolerance = 0, .max_iterations = until});
    CHECK(fitted.summary.verdict == latent::Verdict::iteration_limit);
    CHECK(fitted.summary.iterations == until);
    CHECK(std::ranges::all_of(fitted.summary.warnings, [](const latent::Warning& warning) {
      return warning.note.kind == "few";  // nothing was held or lost: the oracle knows no regularisation
    }));
    const oracle::Long size = std::abs(expectation.log_likelihood) + sample.total_weight();
    const double error =
        static_cast<double>(std::abs(fitted.summary.log_likelihood - expectation.log_likelihood) / size);
    worst.likelihood = error <= worst.likelihood ? worst.likelihood : error;  // NaN too
    const double away = distance(families::to_oracle<Family>(fitted.parameters), exact, variances);
    worst.parameters = away <= worst.parameters ? worst.parameters : away;
  }
  return worst;
}

template <class Family>
void check(const Setting& setting, std::size_t dimensions, std::size_t components) {
  CAPTURE(setting.name);
  CAPTURE(dimensions);
  CAPTURE(components);
  const Errors found = errors<Family>(setting, dimensions, components);
  CHECK(found.likelihood < same_likelihood + rounding_of_shift_in_likelihood * setting.shift);
  CHECK(found.parameters < same_parameters + rounding_of_shift * setting.shift);
}

}  // namespace

TEST_SUITE("models/gmm/oracle") {
  TEST_CASE_TEMPLATE("GaussianMixture: every iteration agrees with long double", Family, LATENT_GAUSSIANS) {
    for (std::size_t dimensions : {1, 2, 3, 8}) {
      for (std::size_t components : {1, 2, 3, 5}) {
        check<Family>({}, dimensions, components);
        if (dimensions < 8) check<Family>({.name = "weighted", .weighted = true}, dimensions, components);
      }
    }
  }

  TEST_CASE_TEMPLATE("GaussianMixture: every iteration agrees on shifted or scaled data or columns of many units",
                     Family, LATENT_GAUSSIANS) {
    for (const Setting& setting :
         {Setting{.name = "shifted by 1e6", .shift = 1e6}, Setting{.name = "scaled by 1e-100", .scale = 1e-100},
          Setting{.name = "scaled by 1e100", .scale = 1e100}, Setting{.name = "units", .unit = 1e8},
          Setting{.name = "float32", .float32 = true},
          Setting{.name = "all at once", .scale = 1e100, .shift = 1e6, .unit = 1e-6, .weighted = true}}) {
      check<Family>(setting, 1, 2);
      check<Family>(setting, 2, 3);
      check<Family>(setting, 3, 5);
      check<Family>(setting, 8, 2);
    }
  }

  TEST_CASE_TEMPLATE("GaussianMixture: one component is the mean and covariance after one iteration", Family,
                     LATENT_GAUSSIANS) {
    const auto rows = gaussian_data::clusters(1500, 4, 3);
    const auto fitted = latent::fit(families::model<Family>(1), rows.sample(), {.starts = 1});
    CHECK(fitted.summary.verdict == latent::Verdict::converged);
    const Eigen::RowVectorXd mean = rows.values.colwise().mean();
    const Eigen::MatrixXd away = rows.values.rowwise() - mean;
    Eigen::MatrixXd covariance = away.transpose() * away / 1500;
    if (Family::shape == oracle::Shape::diagonal) covariance = Eigen::MatrixXd(covariance.diagonal().asDiagonal());
    if (Family::shape == oracle::Shape::spherical)
      covariance = covariance.trace() / 4 * Eigen::MatrixXd::Identity(4, 4);
    CHECK(fitted.parameters.weights[0] == 1);
    CHECK(fitted.parameters.components.means.isApprox(mean, tolerance::rounding));
    CHECK(Family::covariance(fitted.parameters.components, 0).isApprox(covariance, tolerance::rounding));
    // -n/2 (D ln 2 pi + ln |S| + D), of a diagonal or spherical S too
    const double expected = -0.5 * 1500 * (4 * std::log(2 * std::numbers::pi) + std::log(covariance.determinant()) + 4);
    CHECK(fitted.summary.log_likelihood == near(expected, tolerance::rounding));
  }
}
