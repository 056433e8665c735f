#include <latent/components/column_moments.hpp>

#include "support/gaussian_data.hpp"
#include "support/gaussian_families.hpp"
#include "support/tolerances.hpp"

// The conjugate prior where its mode has a closed form. That M-steps maximise with it, and that log_prior is its
// density, is tested in tests/models/gmm/properties_test.cpp.

TEST_SUITE("models/components/gaussian_prior") {
  TEST_CASE("GaussianPrior: the default is that of Fraley and Raftery") {
    const Eigen::Vector3d mean(1, 2, 3);
    Eigen::Matrix3d covariance = Eigen::Vector3d(4, 9, 16).asDiagonal();
    covariance(0, 1) = covariance(1, 0) = 1;
    const latent::GaussianPrior prior = latent::GaussianPrior::for_data(mean, covariance, 8);
    CHECK(prior.mean == mean);
    CHECK(prior.shrinkage == 0.01);
    CHECK(prior.degrees == 5);
    CHECK(prior.scale.isApprox(covariance / 4, tolerance::rounding));  // 8^(2/3)
  }

  TEST_CASE_TEMPLATE("GaussianPrior: one component is the mean and covariance shrunk towards it", Family,
                     LATENT_GAUSSIANS) {
    const auto rows = gaussian_data::clusters(50, 3, 2);
    auto model = families::model<Family>(1);
    Eigen::Matrix3d scale = Eigen::Vector3d(1, 2, 6).asDiagonal();
    scale(0, 2) = scale(2, 0) = 0.5;
    model.bank.prior =
        latent::GaussianPrior{.mean = Eigen::Vector3d(5, -5, 0), .shrinkage = 10, .degrees = 7, .scale = scale};
    const auto fitted = latent::fit(model, rows.sample(), {.starts = 1});
    CHECK(fitted.summary.verdict == latent::Verdict::converged);
    CHECK(fitted.summary.objective != fitted.summary.log_likelihood);

    const auto [mean, covariance] = latent::mean_and_covariance(rows.observations());
    const Eigen::Vector3d expected = (50 * mean + 10 * model.bank.prior->mean) / 60;
    CHECK(fitted.parameters.components.means.row(0).transpose().isApprox(expected, tolerance::round_trip));
    const Eigen::Vector3d pull = mean - model.bank.prior->mean;
    const Eigen::Matrix3d sum = scale + 50 * covariance + 50 * 10.0 / 60 * pull * pull.transpose();
    const Eigen::MatrixXd found = Family::covariance(fitted.parameters.components, 0);
    switch (Family::shape) {  // the divisors of Fraley & Raftery 2007, table 1, for one component
      case oracle::Shape::full:
      case oracle::Shape::tied: CHECK(found.isApprox(sum / (7 + 50 + 3 + 2), tolerance::round_trip)); break;
      case oracle::Shape::diagonal:
        CHECK(found.diagonal().isApprox(sum.diagonal() / (7 + 50 + 3), tolerance::round_trip));
        break;
      case oracle::Shape::spherical: {
        const double scale_mean = 3;  // of 1, 2, 6
        const double expected_variance = (scale_mean + sum.trace() - scale.trace()) / (7 + 50 * 3 + 3 + 2);
        CHECK(found(0, 0) == near(expected_variance, tolerance::round_trip));
        break;
      }
    }
  }

  TEST_CASE_TEMPLATE("GaussianPrior: a component without observations goes to the mode of the prior", Family,
                     families::Full, families::Diagonal, families::Spherical) {
    const auto rows = gaussian_data::clusters(200, 2, 2);
    oracle::Mixture start = gaussian_data::start(rows, 3, Family::shape);
    start.means[1] = {1e6, 1e6};
    auto model = families::model<Family>(3);
    model.bank.prior = latent::GaussianPrior{Eigen::Vector2d(1, 2), 0.5, 4, 3 * Eigen::Matrix2d::Identity()};
    const auto fitted = latent::fit(model, rows.sample(), families::from_oracle<Family>(start), {.max_iterations = 1});
    CHECK(fitted.parameters.components.means.row(1) == Eigen::RowVector2d(1, 2));
    const double divisor = Family::shape == oracle::Shape::diagonal ? 4 + 3 : 4 + 2 + 2;
    CHECK(Family::covariance(fitted.parameters.components, 1)
              .isApprox(3 / divisor * Eigen::Matrix2d::Identity(), tolerance::rounding));
  }
}
