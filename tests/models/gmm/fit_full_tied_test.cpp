#include "support/gaussian_families.hpp"
#include "support/tolerances.hpp"

LATENT_TEST_FIT(, Full);
LATENT_TEST_FIT(, Tied);

TEST_SUITE("models/gmm/fit") {
  TEST_CASE("GaussianMixture: its free parameters with full and tied covariances are counted right") {
    const latent::RowMajorMatrix rows = latent::RowMajorMatrix::Random(40, 3);
    const latent::FitOptions once{.max_iterations = 1, .starts = 1};
    // K - 1 weights, K D means, and K D (D + 1) / 2 or D (D + 1) / 2 covariances
    CHECK(latent::fit(families::model<families::Full>(4), rows, once).summary.free_parameters == 3 + 12 + 24);
    CHECK(latent::fit(families::model<families::Tied>(4), rows, once).summary.free_parameters == 3 + 12 + 6);
  }
}
