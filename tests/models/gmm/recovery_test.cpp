#include "support/gaussian_data.hpp"
#include "support/gaussian_families.hpp"
#include "support/tolerances.hpp"

// What a fit with default options finds, against where EM goes from the parameters that made the data.

namespace {

constexpr double as_good = 1e-4;  // log-likelihood per row

}  // namespace

TEST_SUITE("models/gmm/recovery") {
  TEST_CASE("GaussianMixture: default options find the optimum of 8 overlapping Gaussians in 8 dimensions") {
    constexpr std::size_t components = 8, dimensions = 8, count = 20000;
    for (const unsigned data_seed : {1U, 2U, 3U}) {
      CAPTURE(data_seed);
      const auto rows = gaussian_data::clusters(count, dimensions, components, {.separation = 2}, data_seed);
      const auto model = families::model<families::Full>(components);
      const auto truth = model.from_labels(rows.observations(), rows.labels);  // as good as the true parameters
      const auto best = latent::fit(model, rows.sample(), truth, {.tolerance = 1e-7});
      const auto found = latent::fit(model, rows.sample(), {.seed = data_seed});
      CHECK(found.summary.verdict == latent::Verdict::converged);
      CHECK(found.summary.log_likelihood > best.summary.log_likelihood - as_good * count);
    }
  }

  TEST_CASE_TEMPLATE("GaussianMixture: what made the data is found again", Family, LATENT_GAUSSIANS) {
    const auto rows = gaussian_data::clusters(3000, 2, 3, {.separation = 10});
    const auto model = families::model<Family>(3);
    const auto truth = model.from_labels(rows.observations(), rows.labels);
    const auto best = latent::fit(model, rows.sample(), truth);
    const auto found = latent::fit(model, rows.sample(), {.starts = 5});
    CHECK(found.summary.log_likelihood > best.summary.log_likelihood - tolerance::conditioned * 3000);
  }
}
