#pragma once

#include <cmath>
#include <cstddef>
#include <random>
#include <string>
#include <vector>

#include <Eigen/Core>
#include <latent/observations.hpp>
#include <latent/sample.hpp>

#include "support/long_mixture.hpp"

// Data for tests of mixtures: overlapping clusters, or whatever the settings make of them.
namespace gaussian_data {

struct Setting {
  std::string name = "as drawn";
  double scale = 1;       // of all numbers
  double shift = 0;       // in units of a cluster's spread
  double unit = 1;        // columns are in units 1, unit, 1 / unit, 1, ...
  double separation = 3;  // of the clusters, in units of their spread
  bool weighted = false;
  bool float32 = false;
};

// Rows that own their numbers, in both precisions, with weights or without.
struct Rows {
  latent::RowMajorMatrix values;
  std::vector<float> narrow;  // the values, if they are to be seen as float32
  std::vector<double> weights;
  std::vector<std::size_t> labels;

  latent::Observations observations() const {
    if (narrow.empty()) return values;
    return {narrow.data(), static_cast<std::size_t>(values.rows()), static_cast<std::size_t>(values.cols())};
  }
  latent::Sample<latent::Observations> sample() const { return {observations(), latent::Weights(weights)}; }
  oracle::Sample exact() const {
    oracle::Sample result{
        oracle::zeros(static_cast<std::size_t>(values.rows()), static_cast<std::size_t>(values.cols())), {}};
    for (std::size_t i = 0; i < result.rows.size(); ++i) {
      for (std::size_t j = 0; j < result.rows[i].size(); ++j) result.rows[i][j] = observations()(i, j);
      result.weights.push_back(weights.empty() ? 1 : weights[i]);
    }
    return result;
  }
  // Of each column, by the oracle's arithmetic.
  oracle::Vector variances() const {
    const oracle::Sample sample = exact();
    oracle::Vector result(sample.rows.front().size(), 0);
    for (std::size_t j = 0; j < result.size(); ++j) {
      oracle::Long mean = 0;
      for (std::size_t i = 0; i < sample.rows.size(); ++i)
        mean += sample.weights[i] * sample.rows[i][j] / sample.total_weight();
      for (std::size_t i = 0; i < sample.rows.size(); ++i) {
        result[j] +=
            sample.weights[i] * (sample.rows[i][j] - mean) * (sample.rows[i][j] - mean) / sample.total_weight();
      }
    }
    return result;
  }
};

// `count` rows of `clusters` clusters with correlated columns.
inline Rows clusters(std::size_t count, std::size_t dimensions, std::size_t clusters, const Setting& setting = {},
                     unsigned seed = 17) {
  std::mt19937_64 engine(seed);
  std::normal_distribution<double> normal;
  const auto n = static_cast<Eigen::Index>(count), d = static_cast<Eigen::Index>(dimensions),
             k = static_cast<Eigen::Index>(clusters);
  const auto standard = [&](Eigen::Index rows, Eigen::Index columns) {
    Eigen::MatrixXd matrix(rows, columns);
    for (double& entry : matrix.reshaped()) entry = normal(engine);
    return matrix;
  };
  Eigen::VectorXd units(d);
  for (Eigen::Index j = 0; j < d; ++j)
    units[j] = setting.scale * (j % 3 == 0 ? 1 : j % 3 == 1 ? setting.unit : 1 / setting.unit);
  const Eigen::MatrixXd centres = setting.separation / std::sqrt(2.0) * standard(k, d);
  std::vector<Eigen::MatrixXd> factors;
  for (Eigen::Index c = 0; c < k; ++c) {
    factors.push_back(Eigen::MatrixXd::Identity(d, d) + 0.5 * standard(d, d) / std::sqrt(static_cast<double>(d)));
  }
  Rows rows{latent::RowMajorMatrix(n, d), {}, {}, {}};
  for (Eigen::Index i = 0; i < n; ++i) {
    const Eigen::Index cluster = i % k;
    rows.labels.push_back(static_cast<std::size_t>(cluster));
    const Eigen::VectorXd row =
        centres.row(cluster).transpose() + factors[static_cast<std::size_t>(cluster)] * standard(d, 1);
    rows.values.row(i) = (row.array() + setting.shift) * units.array();
  }
  if (setting.weighted) {
    for (std::size_t i = 0; i < count; ++i)
      rows.weights.push_back(i % 7 == 3 ? 0 : 0.25 * static_cast<double>(1 + engine() % 8));
  }
  if (setting.float32) {
    for (Eigen::Index i = 0; i < rows.values.size(); ++i)
      rows.narrow.push_back(static_cast<float>(rows.values.data()[i]));
    for (Eigen::Index i = 0; i < rows.values.size(); ++i)
      rows.values.data()[i] = rows.narrow[static_cast<std::size_t>(i)];
  }
  return rows;
}

// A start of that shape: means at rows of weight above zero, the data's variances, unequal weights.
inline oracle::Mixture start(const Rows& rows, std::size_t components, oracle::Shape shape, unsigned seed = 5) {
  const oracle::Sample sample = rows.exact();
  const oracle::Vector variances = rows.variances();
  const std::size_t dimensions = variances.size();
  std::mt19937_64 engine(seed);
  oracle::Mixture result{shape, {}, {}, {}};
  oracle::Long total = 0;
  for (std::size_t k = 0; k < components; ++k) total += static_cast<oracle::Long>(k + 2);
  for (std::size_t k = 0; k < components; ++k) {
    result.weights.push_back(static_cast<double>(static_cast<oracle::Long>(k + 2) / total));
    std::size_t row = engine() % sample.rows.size();
    while (!(sample.weights[row] > 0)) row = engine() % sample.rows.size();
    result.means.push_back(sample.rows[row]);
    oracle::Matrix covariance = oracle::zeros(dimensions, dimensions);
    for (std::size_t j = 0; j < dimensions; ++j) {
      covariance[j][j] = static_cast<double>(
          shape == oracle::Shape::tied ? variances[j] : variances[j] / static_cast<oracle::Long>(k + 1));
    }
    result.covariances.push_back(covariance);
  }
  if (shape == oracle::Shape::spherical) oracle::impose(result, result.weights);
  for (oracle::Matrix& covariance : result.covariances) {  // what a double can hold
    for (oracle::Vector& row : covariance) {
      for (oracle::Long& value : row) value = static_cast<double>(value);
    }
  }
  return result;
}

}  // namespace gaussian_data
