#include "support/gaussian_families.hpp"
#include "support/tolerances.hpp"

LATENT_TEST_FIT(, Diagonal);
LATENT_TEST_FIT(, Spherical);

TEST_SUITE("models/gmm/fit") {
  TEST_CASE("GaussianMixture: its free parameters with diagonal and spherical covariances are counted right") {
    const latent::RowMajorMatrix rows = latent::RowMajorMatrix::Random(40, 3);
    const latent::FitOptions once{.max_iterations = 1, .starts = 1};
    // K - 1 weights, K D means, and K D or K variances
    CHECK(latent::fit(families::model<families::Diagonal>(4), rows, once).summary.free_parameters == 3 + 12 + 12);
    CHECK(latent::fit(families::model<families::Spherical>(4), rows, once).summary.free_parameters == 3 + 12 + 4);
  }
}
