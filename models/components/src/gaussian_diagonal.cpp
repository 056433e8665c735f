#include <cmath>
#include <numbers>
#include <sstream>

#include <latent/components/gaussian_diagonal.hpp>
#include <latent/components/moments.hpp>
#include <latent/error.hpp>

namespace latent {

DiagonalGaussians::Prepared DiagonalGaussians::prepare(const Parameters& parameters) const {
  const Eigen::Index components = parameters.means.rows(), dimensions = parameters.means.cols();
  for (Eigen::Index k = 0; k < components; ++k) {
    for (Eigen::Index j = 0; j < dimensions; ++j) {
      const double variance = parameters.variances(k, j);
      if (variance > 0 && std::isfinite(variance)) continue;
      std::ostringstream message;
      message << "the variance of component " << k + 1 << " in column " << j + 1 << " is " << variance
              << "; it must be positive and finite";
      throw ModelError(message.str());
    }
  }
  Prepared prepared;
  prepared.means = parameters.means;
  prepared.variances = parameters.variances;
  prepared.distances = ScaledDistances(parameters.means, parameters.variances.cwiseSqrt().cwiseInverse());
  prepared.log_constants = -0.5 * (parameters.variances.array().log().rowwise().sum() +
                                   static_cast<double>(dimensions) * std::log(2 * std::numbers::pi));
  return prepared;
}

DiagonalGaussians::Statistics DiagonalGaussians::statistics(const Prepared& prepared) const {
  const Eigen::Index components = prepared.means.rows(), dimensions = prepared.means.cols();
  return {Eigen::VectorXd::Zero(components), prepared.means, Eigen::MatrixXd::Zero(components, dimensions),
          Eigen::MatrixXd::Zero(components, dimensions)};
}

void DiagonalGaussians::log_densities(const Prepared& prepared, const ColumnBlock& block, Columns out) const {
  prepared.distances.apply(block.array(), block.rows(), prepared.log_constants, -0.5, out);
}

void DiagonalGaussians::accumulate(const Prepared& prepared, const ColumnBlock& block, ConstColumns responsibilities,
                                   Statistics& statistics) const {
  add_counts(responsibilities, block.rows(), statistics.counts);
  add_two_moments(block.array(), block.rows(), responsibilities, prepared.means, statistics.sums, statistics.squares);
}

}  // namespace latent
