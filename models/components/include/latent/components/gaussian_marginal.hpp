#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include <Eigen/Core>
#include <latent/plot.hpp>

namespace latent {

// The marginal distribution of two columns of a Gaussian component (of one, if both are the same).
struct GaussianMarginal {
  Eigen::Vector2d mean;
  Eigen::Matrix2d covariance;
};

// A bank whose components have Gaussian marginals: what pictures of a mixture are made of.
template <class Bank>
concept HasGaussianMarginals = requires(const Bank& bank, const typename Bank::Parameters& parameters, std::size_t n) {
  { bank.marginal(parameters, n, n, n) } -> std::convertible_to<GaussianMarginal>;
};

// The ellipses that hold half and 95 % of each component.
std::vector<Outline> ellipses(std::span<const GaussianMarginal> components);

// The density of each component times its weight at the grid, and their sum.
std::vector<Curve> density_curves(std::span<const GaussianMarginal> components, const Eigen::VectorXd& weights,
                                  std::span<const double> grid);

}  // namespace latent
