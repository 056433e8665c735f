#include <latent/components/gaussian_regularization.hpp>

#include <cmath>
#include <string>

#include <Eigen/Cholesky>
#include <Eigen/Eigenvalues>

#include <latent/error.hpp>
#include <latent/text.hpp>

namespace latent {

void GaussianRegularization::validate() const {
  if (floor >= 0 && floor < 1) return;
  throw OptionError("regularization is " + number(floor) + ", it must be auto, none, or a number from 0 to below 1");
}

GaussianPrior GaussianPrior::for_data(const Eigen::VectorXd& mean, const Eigen::MatrixXd& covariance,
                                      std::size_t components) {
  const auto dimensions = static_cast<double>(mean.size());
  return {mean, 0.01, dimensions + 2, covariance / std::pow(static_cast<double>(components), 2 / dimensions)};
}

Floored lift_eigenvalues(const Eigen::MatrixXd& covariance, const Eigen::VectorXd& variances, double floor) {
  // In units of the data's spread the floor is a multiple of the identity, and lifting the eigenvalues below it maximises
  // -log|S| - tr(C S^-1) over all S above it.
  const Eigen::VectorXd units = variances.cwiseSqrt();
  const Eigen::MatrixXd scaled =
      units.cwiseInverse().asDiagonal() * covariance * units.cwiseInverse().asDiagonal();
  const Eigen::Index n = covariance.rows();
  const Eigen::LLT<Eigen::MatrixXd> above(scaled - floor * Eigen::MatrixXd::Identity(n, n));
  if (above.info() == Eigen::Success) return {covariance, false};
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> eigen(scaled);
  const Eigen::MatrixXd axes = units.asDiagonal() * eigen.eigenvectors();
  const Eigen::MatrixXd lifted = axes * eigen.eigenvalues().cwiseMax(floor).asDiagonal() * axes.transpose();
  return {(lifted + lifted.transpose()) / 2, true};
}

void note_lifted(const Notes& notes, std::optional<std::size_t> component, double observations, Eigen::Index dimensions,
                 double floor) {
  const bool collapsed = component && observations < static_cast<double>(dimensions) + 1;
  notes.add({collapsed ? "collapsed" : "regularized", component,
             (collapsed ? "collapsed onto " : "has no spread in some direction, on ") + rounded(observations, 4) +
                 " observations; its variance was held at " + rounded(floor, 3) + " times that of the data",
             true});
}

}  // namespace latent
