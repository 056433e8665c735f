#include <cmath>
#include <numbers>
#include <string>

#include <latent/components/gaussian_full.hpp>
#include <latent/components/moments.hpp>
#include <latent/error.hpp>

namespace latent {

FullGaussians::Prepared FullGaussians::prepare(const Parameters& parameters) const {
  const Eigen::Index components = parameters.means.rows(), dimensions = parameters.means.cols();
  Prepared prepared;
  prepared.means = parameters.means;
  prepared.covariances = parameters.covariances;
  prepared.log_constants.resize(components);
  prepared.whitenings.reserve(static_cast<std::size_t>(components));
  for (Eigen::Index k = 0; k < components; ++k) {
    const InverseFactor factor = inverse_factor(parameters.covariances[static_cast<std::size_t>(k)],
                                                "the covariance of component " + std::to_string(k + 1));
    prepared.log_constants[k] =
        -0.5 * (static_cast<double>(dimensions) * std::log(2 * std::numbers::pi) + factor.log_determinant);
    prepared.whitenings.emplace_back(factor.inverse, parameters.means.row(k));
  }
  return prepared;
}

FullGaussians::Statistics FullGaussians::statistics(const Prepared& prepared) const {
  const Eigen::Index components = prepared.means.rows(), dimensions = prepared.means.cols();
  return {Eigen::VectorXd::Zero(components), prepared.means, Eigen::MatrixXd::Zero(components, dimensions),
          Eigen::MatrixXd::Zero(packed_size(dimensions), components)};
}

void FullGaussians::log_densities(const Prepared& prepared, const ColumnBlock& block, Columns out) const {
  for (Eigen::Index k = 0; k < out.cols(); ++k) {
    prepared.whitenings[static_cast<std::size_t>(k)].log_densities(block.array(), block.rows(),
                                                                   prepared.log_constants[k], out.col(k).data());
  }
}

void FullGaussians::accumulate(const Prepared& prepared, const ColumnBlock& block, ConstColumns responsibilities,
                               Statistics& statistics) const {
  add_counts(responsibilities, block.rows(), statistics.counts);
  for (Eigen::Index k = 0; k < prepared.means.rows(); ++k) {
    add_scatter(block.array(), block.rows(), responsibilities.col(k).data(), prepared.means, k, &statistics.sums,
                statistics.scatters.col(k).data());
  }
}

}  // namespace latent
