#include <cmath>
#include <numbers>
#include <sstream>

#include <latent/components/gaussian_spherical.hpp>
#include <latent/components/moments.hpp>
#include <latent/error.hpp>

namespace latent {

SphericalGaussians::Prepared SphericalGaussians::prepare(const Parameters& parameters) const {
  const Eigen::Index components = parameters.means.rows(), dimensions = parameters.means.cols();
  for (Eigen::Index k = 0; k < components; ++k) {
    const double variance = parameters.variances[k];
    if (variance > 0 && std::isfinite(variance)) continue;
    std::ostringstream message;
    message << "the variance of component " << k + 1 << " is " << variance << "; it must be positive and finite";
    throw ModelError(message.str());
  }
  Prepared prepared;
  prepared.means = parameters.means;
  prepared.variances = parameters.variances;
  prepared.distances = ScaledDistances(parameters.means);
  prepared.log_constants =
      -0.5 * static_cast<double>(dimensions) * (parameters.variances.array().log() + std::log(2 * std::numbers::pi));
  prepared.factors = -0.5 * parameters.variances.cwiseInverse();
  return prepared;
}

SphericalGaussians::Statistics SphericalGaussians::statistics(const Prepared& prepared) const {
  const Eigen::Index components = prepared.means.rows(), dimensions = prepared.means.cols();
  return {Eigen::VectorXd::Zero(components), prepared.means, Eigen::MatrixXd::Zero(components, dimensions),
          Eigen::VectorXd::Zero(components)};
}

void SphericalGaussians::log_densities(const Prepared& prepared, const ColumnBlock& block, Columns out) const {
  prepared.distances.apply(block.array(), block.rows(), prepared.log_constants, prepared.factors, out);
}

void SphericalGaussians::accumulate(const Prepared& prepared, const ColumnBlock& block, ConstColumns responsibilities,
                                    Statistics& statistics) const {
  add_counts(responsibilities, block.rows(), statistics.counts);
  add_two_moments(block.array(), block.rows(), responsibilities, prepared.means, statistics.sums, statistics.squares);
}

}  // namespace latent
