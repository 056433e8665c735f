// A bundled model: two kinds of points in the plane, 150 about (0, 0) and 50 about (5, 3).
#include <cmath>
#include <cstdio>

#include <boost/random/normal_distribution.hpp>
#include <latent/fit.hpp>
#include <latent/gmm/gaussian_mixture.hpp>
#include <latent/random.hpp>

int main() {
  latent::Random random = latent::random_stream(1);
  boost::random::normal_distribution<double> normal;
  latent::RowMajorMatrix rows(200, 2);
  for (Eigen::Index i = 0; i < rows.rows(); ++i) {
    const bool rare = i % 4 == 0;
    rows(i, 0) = normal(random) + (rare ? 5 : 0);
    rows(i, 1) = normal(random) + (rare ? 3 : 0);
  }
  const auto fitted = latent::fit(latent::GaussianMixture<>{.components = 2}, rows, {.seed = 1});
  const auto& at = fitted.parameters;
  std::printf("%s\n", fitted.summary.brief_report().c_str());
  const Eigen::Index rare = at.weights[0] < at.weights[1] ? 0 : 1;
  const bool near = std::abs(at.weights[rare] - 0.25) < 0.05 && std::abs(at.components.means(rare, 0) - 5) < 0.5 &&
                    std::abs(at.components.means(rare, 1) - 3) < 0.5;
  return near && fitted.summary.verdict == latent::Verdict::converged ? 0 : 1;
}
