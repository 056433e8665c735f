#include <latent/error.hpp>

#include "support/gaussian_data.hpp"
#include "support/gaussian_families.hpp"
#include "support/tolerances.hpp"

// Data at the edge of what numbers can hold, or of what a mixture can be fitted to: each ends in a finite fit, flagged
// where it says little about the data, or in a clear error.

namespace {

using gaussian_data::Rows;

bool finite(const oracle::Mixture& at) {
  for (std::size_t k = 0; k < at.components(); ++k) {
    if (!std::isfinite(at.weights[k])) return false;
    for (const oracle::Long mean : at.means[k]) {
      if (!std::isfinite(mean)) return false;
    }
    for (const oracle::Vector& row : at.covariances[k]) {
      for (const oracle::Long value : row) {
        if (!std::isfinite(value)) return false;
      }
    }
  }
  return true;
}

// The parameters must be finite and the verdict no accusation of the model; or there is an error with a sentence.
template <class Family>
void check_end(const Rows& rows, std::size_t components, latent::MixtureStart start, double floor) {
  auto model = families::model<Family>(components);
  model.start = start;
  model.bank.regularization.floor = floor;
  try {
    const auto fitted = latent::fit(model, rows.sample(), {.max_iterations = 200, .starts = 3, .variation_rounds = 1});
    CHECK(finite(families::to_oracle<Family>(fitted.parameters)));
    CHECK(std::isfinite(fitted.summary.objective));
    CHECK(fitted.summary.verdict != latent::Verdict::objective_decreased);
    CHECK(fitted.summary.verdict != latent::Verdict::not_finite);
  } catch (const latent::Error& error) {
    CHECK(std::string(error.what()).size() > 20);
  }
}

// The same for every start, with the regularisation and without.
template <class Family>
void check_ends(const std::string& name, const Rows& rows, std::size_t components) {
  CAPTURE(name);
  for (const latent::MixtureStart start :
       {latent::MixtureStart::kmeans_plus_plus, latent::MixtureStart::random_points, latent::MixtureStart::random}) {
    for (const double floor : {1e-10, 0.0}) {
      check_end<Family>(rows, components, start, floor);
    }
  }
}

Rows of(std::initializer_list<std::array<double, 2>> points) {
  Rows rows{latent::RowMajorMatrix(static_cast<Eigen::Index>(points.size()), 2), {}, {}, {}};
  Eigen::Index n = 0;
  for (const auto& [x, y] : points) rows.values.row(n++) << x, y;
  return rows;
}

}  // namespace

TEST_SUITE("models/gmm/extremes") {
  TEST_CASE_TEMPLATE("GaussianMixture: few rows end finite and flagged or in a clear error", Family, LATENT_GAUSSIANS) {
    check_ends<Family>("one row", of({{1, 2}}), 1);
    check_ends<Family>("two rows", of({{1, 2}, {3, 1}}), 1);
    check_ends<Family>("two rows, two components", of({{1, 2}, {3, 1}}), 2);
    check_ends<Family>("one distinct row", of({{1, 2}, {1, 2}, {1, 2}}), 2);
    check_ends<Family>("two distinct rows", of({{1, 2}, {3, 1}, {1, 2}, {3, 1}, {1, 2}, {3, 1}, {1, 2}}), 5);
    check_ends<Family>("as many components as rows", gaussian_data::clusters(20, 2, 3), 20);
    check_ends<Family>("more columns than rows", gaussian_data::clusters(5, 9, 2), 3);
  }

  TEST_CASE_TEMPLATE("GaussianMixture: outliers and denormal numbers end finite and flagged or in a clear error",
                     Family, LATENT_GAUSSIANS) {
    for (const double outlier : {1e20, 1e150, 1e160, 1e308}) {
      Rows rows = gaussian_data::clusters(60, 2, 2);
      rows.values(7, 1) = outlier;
      check_ends<Family>("outlier " + std::to_string(std::log10(outlier)), rows, 2);
      rows.values(8, 1) = -outlier;
      check_ends<Family>("outliers " + std::to_string(std::log10(outlier)), rows, 3);
    }
    for (const double scale : {1e-150, 1e-160, 1e-310, 1e150, 1e155, 1e300}) {
      check_ends<Family>("scale " + std::to_string(std::log10(scale)),
                         gaussian_data::clusters(60, 2, 2, {.scale = scale}), 2);
    }
  }

  TEST_CASE_TEMPLATE("GaussianMixture: numbers whose squares are beyond doubles are refused by name", Family,
                     LATENT_GAUSSIANS) {
    const auto message = [](double scale) -> std::string {
      const Rows rows = gaussian_data::clusters(60, 2, 2, {.scale = scale});
      try {
        const auto fitted = latent::fit(families::model<Family>(2), rows.sample(), {.starts = 2});
        return fitted.summary.message;
      } catch (const latent::Error& error) {
        return error.what();
      }
    };
    const std::string whose = Family::shape == oracle::Shape::spherical ? "of all columns" : "of column 1";
    const std::string small = message(1e-158), large = message(1e155);
    CAPTURE(small);
    CHECK(small.find("the variance " + whose + " is ") == 0);
    CHECK(small.find(", beyond what can be computed with: use another unit") != std::string::npos);
    CAPTURE(large);
    CHECK(large.find("inf") != std::string::npos);
  }

  TEST_CASE_TEMPLATE("GaussianMixture: weights of any unit end finite and flagged or in a clear error", Family,
                     LATENT_GAUSSIANS) {
    for (const double unit : {1e-300, 1e-20, 1e20, 1e300}) {
      Rows rows = gaussian_data::clusters(60, 2, 2, {.weighted = true});
      for (double& weight : rows.weights) weight *= unit;
      check_ends<Family>("weights " + std::to_string(std::log10(unit)), rows, 2);
    }
    Rows one = gaussian_data::clusters(60, 2, 2);
    one.weights.assign(60, 0);
    one.weights[31] = 1;
    check_ends<Family>("one row that counts", one, 2);
    one.weights[3] = 1e-300;
    check_ends<Family>("and one that hardly does", one, 2);
  }

  TEST_CASE_TEMPLATE("GaussianMixture: a start with a component of weight 0 keeps it so", Family, LATENT_GAUSSIANS) {
    const Rows rows = gaussian_data::clusters(200, 2, 2);
    oracle::Mixture start = gaussian_data::start(rows, 3, Family::shape);
    start.weights = {0.5, 0, 0.5};
    const auto fitted = latent::fit(families::model<Family>(3), rows.sample(), families::from_oracle<Family>(start),
                                    {.max_iterations = 50});
    CHECK(finite(families::to_oracle<Family>(fitted.parameters)));
    CHECK(fitted.parameters.weights[1] == 0);
    CHECK(fitted.summary.degenerate());
    // It has no part in anything: without it the fit is the same.
    oracle::Mixture without = start;
    without.weights = {0.5, 0.5};
    without.means.erase(without.means.begin() + 1);
    without.covariances.erase(without.covariances.begin() + 1);
    const auto other = latent::fit(families::model<Family>(2), rows.sample(), families::from_oracle<Family>(without),
                                   {.tolerance = 0, .max_iterations = fitted.summary.iterations});
    CHECK(other.summary.log_likelihood == near(fitted.summary.log_likelihood, tolerance::round_trip));
  }

  TEST_CASE_TEMPLATE("GaussianMixture: weights in other units give the same fit", Family, LATENT_GAUSSIANS) {
    Rows rows = gaussian_data::clusters(300, 2, 3, {.weighted = true});
    const auto start = families::from_oracle<Family>(gaussian_data::start(rows, 3, Family::shape));
    const latent::FitOptions options{.tolerance = 0, .max_iterations = 20};
    const auto plain = latent::fit(families::model<Family>(3), rows.sample(), start, options);
    for (const double unit : {0x1p-60, 0x1p60}) {
      Rows scaled = rows;
      for (double& weight : scaled.weights) weight *= unit;
      const auto other = latent::fit(families::model<Family>(3), scaled.sample(), start, options);
      CHECK(other.parameters.components.means == plain.parameters.components.means);
      CHECK(other.summary.log_likelihood == unit * plain.summary.log_likelihood);
    }
  }
}
