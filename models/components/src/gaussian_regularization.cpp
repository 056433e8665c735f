#include <cmath>
#include <string>

#include <Eigen/Cholesky>
#include <Eigen/Eigenvalues>
#include <latent/components/gaussian_regularization.hpp>
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
  // In units of the data's spread the floor is a multiple of the identity, and lifting the eigenvalues below it
  // maximises -log|S| - tr(C S^-1) over all S above it.
  const Eigen::VectorXd units = variances.cwiseSqrt();
  const Eigen::MatrixXd scaled = units.cwiseInverse().asDiagonal() * covariance * units.cwiseInverse().asDiagonal();
  const Eigen::Index n = covariance.rows();
  const Eigen::LLT<Eigen::MatrixXd> above(scaled - floor * Eigen::MatrixXd::Identity(n, n));
  if (above.info() == Eigen::Success) return {covariance, false};
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> eigen(scaled);
  const Eigen::MatrixXd axes = units.asDiagonal() * eigen.eigenvectors();
  const Eigen::MatrixXd lifted = axes * eigen.eigenvalues().cwiseMax(floor).asDiagonal() * axes.transpose();
  return {(lifted + lifted.transpose()) / 2, true};
}

void note_component(const Notes& notes, std::optional<Eigen::Index> component, double observations,
                    Eigen::Index dimensions, bool lifted, double floor) {
  const double enough = 2 * static_cast<double>(dimensions + 1);
  const bool few = component && observations < enough;
  if (!lifted && !few) return;
  const std::optional<std::size_t> which = component ? std::optional<std::size_t>(*component) : std::nullopt;
  const std::string held = "its variance was held at " + rounded(floor, 3) + " times that of the data";
  const std::string points =
      rounded(observations, 4) + (rounded(observations, 4) == "1" ? " observation" : " observations");
  if (lifted && few) {
    notes.add({"collapsed", which, "collapsed onto " + points + "; " + held, true});
  } else if (lifted) {
    notes.add({"regularized", which, "has no spread in some direction, on " + points + "; " + held, true});
  } else {
    notes.add({"few", which,
               "rests on " + points + ", a covariance needs " + rounded(enough) + " or more to mean something", true});
  }
}

}  // namespace latent
