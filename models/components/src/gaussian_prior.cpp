#include <cmath>
#include <string>

#include <latent/components/gaussian_diagonal.hpp>
#include <latent/components/gaussian_full.hpp>
#include <latent/components/gaussian_spherical.hpp>
#include <latent/components/gaussian_tied.hpp>

// The log-densities of the conjugate priors (Fraley & Raftery 2007), up to constants.

namespace latent {
namespace {

// -exponent/2 ln |S| - tr(scale S^-1)/2: the inverse-Wishart part, where the exponent counts the means' share too.
double log_wishart(const InverseFactor& factor, const GaussianPrior& prior, double exponent) {
  return -0.5 * exponent * factor.log_determinant -
         0.5 * (factor.inverse * prior.scale * factor.inverse.transpose()).trace();
}

double log_mean(const InverseFactor& factor, const GaussianPrior& prior, const Eigen::RowVectorXd& mean) {
  return -0.5 * prior.shrinkage * (factor.inverse * (mean.transpose() - prior.mean)).squaredNorm();
}

}  // namespace

double FullGaussians::log_prior(const Parameters& parameters) const {
  if (!prior) return 0;
  double sum = 0;
  const auto dimensions = static_cast<double>(parameters.means.cols());
  for (Eigen::Index k = 0; k < parameters.means.rows(); ++k) {
    const InverseFactor factor = inverse_factor(parameters.covariances[static_cast<std::size_t>(k)],
                                                "the covariance of component " + std::to_string(k + 1));
    sum += log_wishart(factor, *prior, prior->degrees + dimensions + 2) +
           log_mean(factor, *prior, parameters.means.row(k));
  }
  return sum;
}

double TiedGaussians::log_prior(const Parameters& parameters) const {
  if (!prior) return 0;
  const InverseFactor factor = inverse_factor(parameters.covariance, "the common covariance");
  const Eigen::Index components = parameters.means.rows(), dimensions = parameters.means.cols();
  double sum = log_wishart(factor, *prior, prior->degrees + static_cast<double>(dimensions + 1 + components));
  for (Eigen::Index k = 0; k < components; ++k) sum += log_mean(factor, *prior, parameters.means.row(k));
  return sum;
}

double DiagonalGaussians::log_prior(const Parameters& parameters) const {
  if (!prior) return 0;
  const Eigen::MatrixXd pulls = (parameters.means.rowwise() - prior->mean.transpose()).cwiseAbs2() * prior->shrinkage;
  const Eigen::MatrixXd squares = pulls.rowwise() + prior->scale.diagonal().transpose();
  return -0.5 *
         ((prior->degrees + 3) * parameters.variances.array().log() + squares.array() / parameters.variances.array())
             .sum();
}

double SphericalGaussians::log_prior(const Parameters& parameters) const {
  if (!prior) return 0;
  const Eigen::VectorXd pulls =
      (parameters.means.rowwise() - prior->mean.transpose()).rowwise().squaredNorm() * prior->shrinkage;
  const Eigen::ArrayXd squares = pulls.array() + prior->scale.diagonal().mean();
  const double exponent = prior->degrees + 2 + static_cast<double>(parameters.means.cols());
  return -0.5 * (exponent * parameters.variances.array().log() + squares / parameters.variances.array()).sum();
}

}  // namespace latent
