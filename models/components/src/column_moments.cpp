#include <latent/components/column_moments.hpp>

namespace latent {

namespace {

// visit(row, weight) for the rows that count: a row of weight 0 may hold numbers whose squares overflow.
template <class Visit>
void for_each_row(const Observations& rows, Weights weights, const Visit& visit) {
  for_each_piece(rows, [&](std::size_t first, const Observations& piece) {
    for (std::size_t i = 0; i < piece.size(); ++i) {
      const double weight = weights.empty() ? 1 : weights[first + i];
      if (weight > 0) visit(piece.row(i), weight);
    }
  });
}

}  // namespace

ColumnMoments column_moments(const Observations& rows, Weights weights) {
  const auto dimensions = static_cast<Eigen::Index>(rows.columns());
  ColumnMoments moments{Eigen::VectorXd::Zero(dimensions), Eigen::VectorXd::Zero(dimensions)};
  Eigen::VectorXd origin;  // a row; sums about it do not overflow or lose digits to a large common offset
  Eigen::VectorXd sum = Eigen::VectorXd::Zero(dimensions);
  double total = 0;
  for_each_row(rows, weights, [&](const Eigen::VectorXd& row, double weight) {
    if (total == 0) origin = row;
    sum += weight * (row - origin);
    total += weight;
  });
  if (total == 0) return moments;
  moments.means = origin + sum / total;
  for_each_row(rows, weights, [&](const Eigen::VectorXd& row, double weight) {
    moments.variances += weight * (row - moments.means).cwiseAbs2();
  });
  moments.variances /= total;
  return moments;
}

MeanAndCovariance mean_and_covariance(const Observations& rows, Weights weights) {
  const auto dimensions = static_cast<Eigen::Index>(rows.columns());
  MeanAndCovariance result{column_moments(rows, weights).means, Eigen::MatrixXd::Zero(dimensions, dimensions)};
  double total = 0;
  for_each_row(rows, weights, [&](const Eigen::VectorXd& row, double weight) {
    result.covariance.selfadjointView<Eigen::Lower>().rankUpdate(row - result.mean, weight);
    total += weight;
  });
  result.covariance = Eigen::MatrixXd(result.covariance.selfadjointView<Eigen::Lower>());
  result.covariance /= total;
  return result;
}

}  // namespace latent
