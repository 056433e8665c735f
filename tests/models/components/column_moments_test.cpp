#include <latent/components/column_moments.hpp>

#include "support/gaussian_data.hpp"
#include "support/tolerances.hpp"

TEST_SUITE("models/components/column_moments") {
  TEST_CASE("column_moments: agree with long double far from zero and with weights") {
    for (const double shift : {0.0, 1e6}) {
      const auto rows = gaussian_data::clusters(300, 3, 2, {.shift = shift, .unit = 1e5, .weighted = true});
      const latent::ColumnMoments moments = latent::column_moments(rows.observations(), rows.weights);
      const latent::MeanAndCovariance whole = latent::mean_and_covariance(rows.observations(), rows.weights);
      const oracle::Vector variances = rows.variances();
      for (Eigen::Index j = 0; j < 3; ++j) {
        // A mean is rounded to shift * 1e-16 standard deviations, which changes a sum of squares about it by its
        // square.
        CHECK(moments.variances[j] ==
              near(static_cast<double>(variances[static_cast<std::size_t>(j)]), tolerance::rounding));
        CHECK(whole.covariance(j, j) == near(moments.variances[j], tolerance::rounding));
      }
      CHECK(whole.mean == moments.means);
      CHECK(whole.covariance == whole.covariance.transpose());
    }
  }

  TEST_CASE("column_moments: a row of weight 0 does not count whatever it holds") {
    latent::RowMajorMatrix rows(4, 1);
    rows << 1e200, 1, 3, -1e308;
    const std::vector<double> weights{0, 1, 3, 0};
    const latent::ColumnMoments moments = latent::column_moments(rows, weights);
    CHECK(moments.means[0] == 2.5);
    CHECK(moments.variances[0] == 0.75);
    const latent::MeanAndCovariance whole = latent::mean_and_covariance(rows, weights);
    CHECK(whole.mean[0] == 2.5);
    CHECK(whole.covariance(0, 0) == 0.75);
  }
}
