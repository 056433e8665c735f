#include <latent/components/column_moments.hpp>

namespace latent {

ColumnMoments column_moments(const Observations& rows, Weights weights) {
  const auto dimensions = static_cast<Eigen::Index>(rows.columns());
  ColumnMoments moments{Eigen::VectorXd::Zero(dimensions), Eigen::VectorXd::Zero(dimensions)};
  if (rows.empty()) return moments;
  const Eigen::VectorXd origin = rows.row(0);  // sums about a row do not overflow or lose digits to a large common offset
  Eigen::VectorXd sum = Eigen::VectorXd::Zero(dimensions);
  double total = 0;
  const auto for_each_row = [&](const auto& visit) {
    for (std::size_t i = 0; i < rows.size(); ++i) visit(rows.row(i), weights.empty() ? 1.0 : weights[i]);
  };
  for_each_row([&](const Eigen::VectorXd& row, double weight) {
    sum += weight * (row - origin);
    total += weight;
  });
  moments.means = origin + sum / total;
  for_each_row([&](const Eigen::VectorXd& row, double weight) {
    moments.variances += weight * (row - moments.means).cwiseAbs2();
  });
  moments.variances /= total;
  return moments;
}

MeanAndCovariance mean_and_covariance(const Observations& rows, Weights weights) {
  const auto dimensions = static_cast<Eigen::Index>(rows.columns());
  MeanAndCovariance result{column_moments(rows, weights).means, Eigen::MatrixXd::Zero(dimensions, dimensions)};
  double total = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const double weight = weights.empty() ? 1 : weights[i];
    const Eigen::VectorXd away = rows.row(i) - result.mean;
    result.covariance.selfadjointView<Eigen::Lower>().rankUpdate(away, weight);
    total += weight;
  }
  result.covariance = Eigen::MatrixXd(result.covariance.selfadjointView<Eigen::Lower>());
  result.covariance /= total;
  return result;
}

}  // namespace latent
