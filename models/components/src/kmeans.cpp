#include <algorithm>

#include <latent/components/kmeans.hpp>
#include <latent/components/moments.hpp>

namespace latent {
namespace {

// visit(first, block, out) for cache-sized blocks of rows, out(n, k) being minus half the squared distance.
template <class Visit>
void for_each_distance_block(const KMeans::Prepared& prepared, const Observations& rows, const Visit& visit) {
  static thread_local ColumnBlock block;
  static thread_local AlignedBuffer buffer;
  const Eigen::Index components = prepared.centres.rows();
  const Eigen::VectorXd offsets = Eigen::VectorXd::Zero(components);
  const std::span<const double> origin(prepared.block_origin.data(),
                                       static_cast<std::size_t>(prepared.block_origin.size()));
  const std::size_t step = block_rows(rows.columns(), static_cast<std::size_t>(components));
  for (std::size_t first = 0; first < rows.size(); first += step) {
    block.gather(rows.subspan(first, std::min(step, rows.size() - first)), origin);
    const Columns out(buffer.reserve(block.padded_rows() * static_cast<std::size_t>(components)),
                      static_cast<Eigen::Index>(block.padded_rows()), components);
    prepared.distances.apply(block.array(), block.rows(), offsets, -0.5, out);
    visit(first, block, out);
  }
}

Eigen::Index nearest_of(const Columns& distances, std::size_t row) {
  Eigen::Index best = 0;
  distances.row(static_cast<Eigen::Index>(row)).maxCoeff(&best);
  return best;
}

}  // namespace

KMeans::Prepared KMeans::prepare(const Parameters& parameters) const {
  const Eigen::RowVectorXd origin = parameters.centres.colwise().mean();
  const Eigen::MatrixXd centres = parameters.centres.rowwise() - origin;
  const Eigen::MatrixXd scales = variances.cwiseSqrt().cwiseInverse().transpose().replicate(centres.rows(), 1);
  return {origin.transpose(), centres, ScaledDistances(centres, scales)};
}

KMeans::Statistics KMeans::statistics(const Prepared& prepared) const {
  return {Eigen::VectorXd::Zero(prepared.centres.rows()),
          Eigen::MatrixXd::Zero(prepared.centres.rows(), prepared.centres.cols())};
}

double KMeans::expectation(const Prepared& prepared, const Observations& rows, Statistics& sums,
                           Weights weights) const {
  double objective = 0;
  for_each_distance_block(prepared, rows, [&](std::size_t first, const ColumnBlock& block, Columns out) {
    for (std::size_t i = 0; i < block.rows(); ++i) {
      const auto row = static_cast<Eigen::Index>(i);
      const Eigen::Index best = nearest_of(out, i);
      const double weight = weights.empty() ? 1 : weights[first + i];
      objective += weight * out(row, best);
      out.row(row).setZero();
      out(row, best) = weight;
    }
    out.bottomRows(out.rows() - static_cast<Eigen::Index>(block.rows())).setZero();
    const ConstColumns assignments(out.data(), out.rows(), out.cols());
    add_counts(assignments, block.rows(), sums.counts);
    add_first_moments(block.array(), block.rows(), assignments, prepared.centres, sums.sums);
  });
  return objective;
}

KMeans::Parameters KMeans::maximization(const Statistics& sums, const Parameters& current) const {
  Parameters next = current;  // a centre that no row is near stays where it is
  for (Eigen::Index k = 0; k < next.centres.rows(); ++k) {
    if (sums.counts[k] > 0) next.centres.row(k) += sums.sums.row(k) / sums.counts[k];
  }
  return next;
}

std::vector<std::size_t> KMeans::nearest(const Parameters& parameters, const Observations& rows) const {
  std::vector<std::size_t> labels(rows.size());
  for_each_distance_block(prepare(parameters), rows, [&](std::size_t first, const ColumnBlock& block, Columns out) {
    for (std::size_t i = 0; i < block.rows(); ++i) labels[first + i] = static_cast<std::size_t>(nearest_of(out, i));
  });
  return labels;
}

}  // namespace latent
