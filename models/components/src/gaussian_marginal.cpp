#include <cmath>
#include <numbers>

#include <Eigen/Eigenvalues>
#include <latent/components/gaussian_diagonal.hpp>
#include <latent/components/gaussian_full.hpp>
#include <latent/components/gaussian_marginal.hpp>
#include <latent/components/gaussian_spherical.hpp>
#include <latent/components/gaussian_tied.hpp>

namespace latent {
namespace {

Eigen::Vector2d mean_of(const Eigen::MatrixXd& means, std::size_t component, Eigen::Index x, Eigen::Index y) {
  const auto k = static_cast<Eigen::Index>(component);
  return {means(k, x), means(k, y)};
}

Eigen::Matrix2d part_of(const Eigen::MatrixXd& covariance, Eigen::Index x, Eigen::Index y) {
  Eigen::Matrix2d part;
  part << covariance(x, x), covariance(x, y), covariance(y, x), covariance(y, y);
  return part;
}

Eigen::Matrix2d independent(double x_variance, double y_variance) {
  return Eigen::Vector2d(x_variance, y_variance).asDiagonal();
}

// Half axes of the ellipse of one standard deviation, one a column. In units of the standard deviations, so that
// columns of very different units do not spoil the eigenvectors.
Eigen::Matrix2d half_axes(const Eigen::Matrix2d& covariance) {
  const Eigen::Vector2d units = covariance.diagonal().cwiseSqrt();
  const Eigen::Matrix2d scaled = units.cwiseInverse().asDiagonal() * covariance * units.cwiseInverse().asDiagonal();
  const Eigen::SelfAdjointEigenSolver<Eigen::Matrix2d> eigen(scaled);
  return units.asDiagonal() * eigen.eigenvectors() * eigen.eigenvalues().cwiseMax(0).cwiseSqrt().asDiagonal();
}

}  // namespace

GaussianMarginal FullGaussians::marginal(const Parameters& at, std::size_t component, std::size_t x,
                                         std::size_t y) const {
  const auto i = static_cast<Eigen::Index>(x), j = static_cast<Eigen::Index>(y);
  return {mean_of(at.means, component, i, j), part_of(at.covariances[component], i, j)};
}

GaussianMarginal TiedGaussians::marginal(const Parameters& at, std::size_t component, std::size_t x,
                                         std::size_t y) const {
  const auto i = static_cast<Eigen::Index>(x), j = static_cast<Eigen::Index>(y);
  return {mean_of(at.means, component, i, j), part_of(at.covariance, i, j)};
}

GaussianMarginal DiagonalGaussians::marginal(const Parameters& at, std::size_t component, std::size_t x,
                                             std::size_t y) const {
  const auto k = static_cast<Eigen::Index>(component), i = static_cast<Eigen::Index>(x),
             j = static_cast<Eigen::Index>(y);
  return {mean_of(at.means, component, i, j), independent(at.variances(k, i), at.variances(k, j))};
}

GaussianMarginal SphericalGaussians::marginal(const Parameters& at, std::size_t component, std::size_t x,
                                              std::size_t y) const {
  const double variance = at.variances[static_cast<Eigen::Index>(component)];
  return {mean_of(at.means, component, static_cast<Eigen::Index>(x), static_cast<Eigen::Index>(y)),
          independent(variance, variance)};
}

std::vector<Outline> ellipses(std::span<const GaussianMarginal> components) {
  constexpr int steps = 96;
  std::vector<Outline> outlines;
  for (std::size_t k = 0; k < components.size(); ++k) {
    const Eigen::Matrix2d axes = half_axes(components[k].covariance);
    for (double level : {0.5, 0.95}) {
      const double radius = std::sqrt(-2 * std::log1p(-level));  // P(chi-squared with 2 degrees <= radius^2) = level
      Outline outline{{}, k, level};
      for (int step = 0; step < steps; ++step) {
        const double angle = 2 * std::numbers::pi * step / steps;
        const Eigen::Vector2d point =
            components[k].mean + radius * axes * Eigen::Vector2d(std::cos(angle), std::sin(angle));
        outline.points.push_back({point[0], point[1]});
      }
      outlines.push_back(outline);
    }
  }
  return outlines;
}

std::vector<Curve> density_curves(std::span<const GaussianMarginal> components, const Eigen::VectorXd& weights,
                                  std::span<const double> grid) {
  std::vector<Curve> curves;
  Curve sum;
  for (double x : grid) sum.points.push_back({x, 0});
  for (std::size_t k = 0; k < components.size(); ++k) {
    const double deviation = std::sqrt(components[k].covariance(0, 0));
    Curve curve{{}, k};
    for (std::size_t i = 0; i < grid.size(); ++i) {
      const double z = (grid[i] - components[k].mean[0]) / deviation;
      const double density =
          weights[static_cast<Eigen::Index>(k)] * std::exp(-z * z / 2) / (deviation * std::sqrt(2 * std::numbers::pi));
      curve.points.push_back({grid[i], density});
      sum.points[i][1] += density;
    }
    curves.push_back(curve);
  }
  curves.push_back(sum);
  return curves;
}

}  // namespace latent
