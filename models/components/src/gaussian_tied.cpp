#include <cmath>
#include <numbers>

#include <latent/components/gaussian_tied.hpp>
#include <latent/components/moments.hpp>

namespace latent {

TiedGaussians::Prepared TiedGaussians::prepare(const Parameters& parameters) const {
  const Eigen::Index components = parameters.means.rows(), dimensions = parameters.means.cols();
  const InverseFactor factor = inverse_factor(parameters.covariance, "the common covariance");
  const Eigen::VectorXd origin = parameters.means.colwise().mean();
  const Eigen::MatrixXd centers = parameters.means.rowwise() - origin.transpose();
  const Eigen::VectorXd deviations = parameters.covariance.diagonal().cwiseSqrt();
  const double distance = (centers.array().rowwise() / deviations.transpose().array()).abs().maxCoeff();

  Prepared prepared;
  prepared.means = parameters.means;
  prepared.covariance = parameters.covariance;
  prepared.log_constants = Eigen::VectorXd::Constant(
      components, -0.5 * (static_cast<double>(dimensions) * std::log(2 * std::numbers::pi) + factor.log_determinant));
  if (distance * distance <= largest_spread) {
    prepared.block_origin = origin;
    prepared.centers = centers;
    prepared.whitening = Whitening(factor.inverse, Eigen::VectorXd::Zero(dimensions));
    prepared.distances = ScaledDistances(centers * factor.inverse.transpose());
  } else {
    prepared.centers = parameters.means;
    for (Eigen::Index k = 0; k < components; ++k) {
      prepared.apart.emplace_back(factor.inverse, parameters.means.row(k));
    }
  }
  return prepared;
}

TiedGaussians::Statistics TiedGaussians::statistics(const Prepared& prepared) const {
  const Eigen::Index components = prepared.means.rows(), dimensions = prepared.means.cols();
  return {Eigen::VectorXd::Zero(components), prepared.means, Eigen::MatrixXd::Zero(components, dimensions),
          Eigen::VectorXd::Zero(packed_size(dimensions))};
}

void TiedGaussians::log_densities(const Prepared& prepared, const ColumnBlock& block, Columns out) const {
  if (!prepared.apart.empty()) {
    for (Eigen::Index k = 0; k < out.cols(); ++k) {
      prepared.apart[static_cast<std::size_t>(k)].log_densities(block.array(), block.rows(), prepared.log_constants[k],
                                                                out.col(k).data());
    }
    return;
  }
  thread_local AlignedBuffer buffer;
  const ConstColumns x = block.array();
  const Columns y(buffer.reserve(static_cast<std::size_t>(x.size())), x.rows(), x.cols());
  prepared.whitening.apply(x, block.rows(), y);
  prepared.distances.apply(ConstColumns(y.data(), y.rows(), y.cols()), block.rows(), prepared.log_constants, -0.5, out);
}

void TiedGaussians::accumulate(const Prepared& prepared, const ColumnBlock& block, ConstColumns responsibilities,
                               Statistics& statistics) const {
  const ConstColumns x = block.array();
  const Eigen::Index components = prepared.means.rows(), dimensions = prepared.means.cols();
  if (!prepared.apart.empty()) {
    add_counts(responsibilities, block.rows(), statistics.counts);
    for (Eigen::Index k = 0; k < components; ++k) {
      add_scatter(x, block.rows(), responsibilities.col(k).data(), prepared.means, k, &statistics.sums,
                  statistics.scatter.data());
    }
    return;
  }

  thread_local AlignedBuffer buffer;
  thread_local Statistics part;  // of this block, scatter about its origin
  thread_local Eigen::MatrixXd zero;
  zero.setZero(1, dimensions);
  part.counts.setZero(components);
  part.sums.setZero(components, dimensions);
  part.scatter.setZero(packed_size(dimensions));
  Eigen::Map<Eigen::ArrayXd, Eigen::Aligned64> totals(buffer.reserve(block.padded_rows()), x.rows());
  totals = responsibilities.col(0);
  for (Eigen::Index k = 1; k < components; ++k) totals += responsibilities.col(k);

  add_counts(responsibilities, block.rows(), part.counts);
  add_first_moments(x, block.rows(), responsibilities, prepared.centers, part.sums);
  add_scatter(x, block.rows(), totals.data(), zero, 0, nullptr, part.scatter.data());

  statistics.counts += part.counts;
  statistics.sums += part.sums;
  part.sums += 0.5 * part.counts.asDiagonal() * prepared.centers;
  for (Eigen::Index i = 0, at = 0; i < dimensions; ++i) {
    for (Eigen::Index j = 0; j <= i; ++j, ++at) {
      statistics.scatter[at] += part.scatter[at] - prepared.centers.col(i).dot(part.sums.col(j)) -
                                prepared.centers.col(j).dot(part.sums.col(i));
    }
  }
}

}  // namespace latent
