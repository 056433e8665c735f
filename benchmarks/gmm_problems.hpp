#pragma once

#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <Eigen/Core>
#include <latent/gmm/gaussian_mixture.hpp>
#include <latent/observations.hpp>

// The mixtures that are timed, here and against other software: rows drawn from Gaussians that overlap, and a place in
// the middle of a fit to start from, where responsibilities are neither all 0 and 1 nor all alike.

namespace latent::benchmarks {

// The matrix product of the machine that the targets below were set on. On another one a case has reached its target if
// its share of that machine's product is as large.
inline constexpr double target_product_rate = 38e9;  // floating-point operations a second, one thread

// One EM iteration of a shape, and the seconds it should take on one thread.
struct IterationCase {
  std::string_view covariance;  // full, tied, diagonal or spherical
  std::size_t rows, dimensions, components;
  double target_seconds;
  std::size_t iterations;  // in a comparison with slower software

  std::string name() const;  // "full/N:1000000/D:2/K:3"

  // The arithmetic that cannot be avoided, in floating-point operations, a multiply-add being two. In multiply-adds a
  // row:
  //   full       K D (D+1)/2 whitening or quadratic form, as many for the scatters             ~ K D^2
  //   tied       D (D+1)/2 whitening and as many for one scatter, K D distances, K D sums       ~ D^2 + 2 K D
  //   diagonal   2 K D for x and x^2 in the log-densities, 2 K D in the sums                    = 4 K D
  //   spherical  K D distances, K D sums                                                        = 2 K D
  // Exponentials and logarithms are not in it.
  double useful_flops() const;
  double target_share() const { return useful_flops() / target_seconds / target_product_rate; }
  double exponentials() const { return static_cast<double>(rows * components); }
  double logarithms() const { return static_cast<double>(rows); }
};

inline constexpr IterationCase iteration_cases[] = {
    {"full", 1000000, 2, 3, 0.02, 5},      {"full", 100000, 8, 8, 0.008, 5},      {"full", 200000, 16, 16, 0.07, 2},
    {"full", 100000, 32, 32, 0.22, 1},     {"full", 50000, 64, 32, 0.42, 1},      {"full", 20000, 128, 16, 0.33, 1},
    {"diagonal", 1000000, 16, 64, 0.4, 1}, {"spherical", 1000000, 8, 16, 0.1, 2}, {"tied", 200000, 16, 16, 0.06, 2},
};

// What rows are drawn from.
struct Truth {
  Eigen::VectorXd weights;                   // K
  Eigen::MatrixXd means;                     // K x D
  std::vector<Eigen::MatrixXd> covariances;  // K of D x D, as the structure allows
};

struct Drawn {
  RowMajorMatrix rows;
  Truth truth;
};

// Rows of a case; pairs of means are 3 standard deviations apart whatever the dimension.
Drawn draw(const IterationCase& shape);
// The truth as EM might have it half-way: means and covariances off by some, equal weights.
Truth mid_fit(const Truth& truth);

// 1e5 rows of 8 overlapping Gaussians in 8 dimensions, with full covariances and unequal weights: what default options
// are for. `separation` is the standard deviation of the means in each direction, where the components' own is about 1.
inline constexpr std::size_t default_fit_components = 8;
Drawn draw_default_fit(double separation, std::uint64_t seed);

template <class Gaussians>
typename GaussianMixture<Gaussians>::Parameters parameters_of(const Truth& truth) {
  typename Gaussians::Parameters components;
  components.means = truth.means;
  const Eigen::Index count = truth.means.rows();
  if constexpr (requires { components.covariances; }) {
    components.covariances = truth.covariances;
  } else if constexpr (requires { components.covariance; }) {
    components.covariance = truth.covariances.front();
  } else {
    components.variances.resize(count, std::is_same_v<Gaussians, DiagonalGaussians> ? truth.means.cols() : 1);
    for (Eigen::Index k = 0; k < count; ++k) {
      const Eigen::MatrixXd& covariance = truth.covariances[static_cast<std::size_t>(k)];
      components.variances.row(k) = covariance.diagonal().head(components.variances.cols());
    }
  }
  return {truth.weights, std::move(components)};
}

// use(GaussianMixture<...>) for the covariance structure of that name.
template <class Use>
auto with_mixture(std::string_view covariance, std::size_t components, const Use& use) {
  if (covariance == "full") return use(GaussianMixture<FullGaussians>{.components = components});
  if (covariance == "tied") return use(GaussianMixture<TiedGaussians>{.components = components});
  if (covariance == "diagonal") return use(GaussianMixture<DiagonalGaussians>{.components = components});
  if (covariance == "spherical") return use(GaussianMixture<SphericalGaussians>{.components = components});
  throw std::invalid_argument("no covariance structure " + std::string(covariance));
}

}  // namespace latent::benchmarks
