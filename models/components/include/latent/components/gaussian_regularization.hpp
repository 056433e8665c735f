#pragma once

#include <cstddef>
#include <optional>

#include <Eigen/Core>
#include <latent/notes.hpp>

namespace latent {

// What keeps a covariance positive definite. The likelihood of a Gaussian mixture has no bound: a component that closes
// in on one point, or on a line, gains without end. The M-step therefore maximises over covariances whose variance in
// every direction is at least `floor` times that of the data (Hathaway 1985; Ingrassia & Rocci 2007), columns measured
// each in its own unit: relative to the data, so that data in other units give the same fit, and without any effect on
// a covariance that is inside. Because the M-step is exact under this constraint, the objective still never falls.
struct GaussianRegularization {
  // 0: none; a covariance that is not positive definite then ends the fit. The default is the square of the fraction of
  // the data's spread that a component must have, 1e-5.
  double floor = 1e-10;

  void validate() const;  // throws OptionError
};

// The conjugate prior of every component: normal-inverse-Wishart, or its inverse-gamma likeness where variances are
// diagonal or spherical (Fraley & Raftery 2007, J. Classification 24, 155). Up to a constant, its log-density is
//   -e/2 log|S| - tr(scale S^-1)/2 - shrinkage/2 (m - mean)' S^-1 (m - mean)     for each component (m, S)
// with e = degrees + D + 2 for full covariances, degrees + 3 for each variance of a diagonal one, degrees + 2 + D for
// the variance of a spherical one (whose scale is the mean of the diagonal); a tied covariance, which K components
// share, counts once, with e = degrees + D + 1 + K.
struct GaussianPrior {
  Eigen::VectorXd mean;     // D
  double shrinkage = 0.01;  // how many observations the prior mean is worth
  double degrees = 0;       // of freedom, > D - 1
  Eigen::MatrixXd
      scale;  // D x D, symmetric, positive definite; of diagonal and spherical banks the diagonal alone is used

  // The default of Fraley & Raftery for data of this mean and covariance: shrinkage 0.01, D + 2 degrees of freedom, and
  // the data's covariance divided by K^(2/D) as scale (its diagonal's mean on the diagonal, where variances are
  // spherical).
  static GaussianPrior for_data(const Eigen::VectorXd& mean, const Eigen::MatrixXd& covariance, std::size_t components);
};

// A covariance and what happened to it.
struct Floored {
  Eigen::MatrixXd covariance;
  bool acted = false;
};

// The matrix nearest in likelihood to `covariance` whose eigenvalues, relative to `variances` (D, those of the data),
// are at least `floor`: eigenvalues below are lifted, all else stays.
Floored lift_eigenvalues(const Eigen::MatrixXd& covariance, const Eigen::VectorXd& variances, double floor);

// Says what became of a component (unset: of all together) with `dimensions` numbers to its variance in one direction,
// of a total of `observations`: that its covariance was lifted, that it rests on fewer than twice the observations that
// make a covariance possible at all (such optima are accidents of a few points: McLachlan & Peel 2000, section 3.10),
// or nothing.
void note_component(const Notes& notes, std::optional<Eigen::Index> component, double observations,
                    Eigen::Index dimensions, bool lifted, double floor);

}  // namespace latent
