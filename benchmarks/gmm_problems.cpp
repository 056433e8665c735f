#include "gmm_problems.hpp"

#include <cmath>

#include <Eigen/Cholesky>
#include <Eigen/QR>
#include <boost/random/normal_distribution.hpp>
#include <boost/random/uniform_01.hpp>
#include <latent/random.hpp>

namespace latent::benchmarks {
namespace {

using Index = Eigen::Index;

Eigen::MatrixXd normal_matrix(Index rows, Index columns, Random& random) {
  boost::random::normal_distribution<double> normal;
  return Eigen::MatrixXd::NullaryExpr(rows, columns, [&] { return normal(random); });
}

// Variances exp(spread * normal) along the axes.
Eigen::MatrixXd diagonal_covariance(Index dimensions, double spread, Random& random) {
  return (spread * normal_matrix(dimensions, 1, random)).array().exp().matrix().asDiagonal();
}

// ... or along random directions.
Eigen::MatrixXd turned_covariance(Index dimensions, double spread, Random& random) {
  const Eigen::MatrixXd turn =
      Eigen::HouseholderQR<Eigen::MatrixXd>(normal_matrix(dimensions, dimensions, random)).householderQ();
  const Eigen::MatrixXd covariance = turn * diagonal_covariance(dimensions, spread, random) * turn.transpose();
  return 0.5 * (covariance + covariance.transpose());
}

RowMajorMatrix draw_rows(const Truth& truth, std::size_t count, Random& random) {
  const Index dimensions = truth.means.cols();
  std::vector<Eigen::MatrixXd> factors;
  for (const Eigen::MatrixXd& covariance : truth.covariances) factors.push_back(covariance.llt().matrixL());
  boost::random::normal_distribution<double> normal;
  boost::random::uniform_01<double> uniform;
  RowMajorMatrix rows(static_cast<Index>(count), dimensions);
  Eigen::VectorXd noise(dimensions);
  for (Index n = 0; n < rows.rows(); ++n) {
    double left = uniform(random);
    Index k = 0;
    while (k + 1 < truth.weights.size() && left >= truth.weights[k]) left -= truth.weights[k++];
    for (double& number : noise) number = normal(random);
    rows.row(n) = truth.means.row(k);
    rows.row(n).transpose().noalias() += factors[static_cast<std::size_t>(k)].triangularView<Eigen::Lower>() * noise;
  }
  return rows;
}

}  // namespace

std::string IterationCase::name() const {
  return std::string(covariance) + "/N:" + std::to_string(rows) + "/D:" + std::to_string(dimensions) +
         "/K:" + std::to_string(components);
}

double IterationCase::useful_flops() const {
  const auto n = static_cast<double>(rows), d = static_cast<double>(dimensions), k = static_cast<double>(components);
  if (covariance == "full") return 2 * n * k * d * d;
  if (covariance == "tied") return 2 * n * (d * d + 2 * k * d);
  if (covariance == "diagonal") return 8 * n * k * d;
  return 4 * n * k * d;
}

Drawn draw(const IterationCase& shape) {
  Random random = random_stream(shape.dimensions, shape.components);
  const auto d = static_cast<Index>(shape.dimensions), k = static_cast<Index>(shape.components);
  // Less spread in more dimensions, or the covariances alone would tell the components apart.
  const double spread = 1.2 / std::sqrt(static_cast<double>(d));
  Truth truth;
  truth.weights = Eigen::VectorXd::Constant(k, 1.0 / static_cast<double>(k));
  truth.means = 3 / std::sqrt(2.0 * static_cast<double>(d)) * normal_matrix(k, d, random);
  for (Index i = 0; i < k; ++i) {
    if (shape.covariance == "tied" && i > 0) {
      truth.covariances.push_back(truth.covariances.front());
    } else if (shape.covariance == "full" || shape.covariance == "tied") {
      truth.covariances.push_back(turned_covariance(d, spread, random));
    } else if (shape.covariance == "diagonal") {
      truth.covariances.push_back(diagonal_covariance(d, spread, random));
    } else {
      const double variance = diagonal_covariance(1, spread, random).value();
      truth.covariances.push_back(variance * Eigen::MatrixXd::Identity(d, d));
    }
  }
  RowMajorMatrix rows = draw_rows(truth, shape.rows, random);
  return {std::move(rows), std::move(truth)};
}

Truth mid_fit(const Truth& truth) {
  Random random = random_stream(0);
  Truth start = truth;
  start.weights.setConstant(1.0 / static_cast<double>(start.weights.size()));
  start.means += 0.5 / std::sqrt(static_cast<double>(start.means.cols())) *
                 normal_matrix(start.means.rows(), start.means.cols(), random);
  for (Eigen::MatrixXd& covariance : start.covariances) covariance *= 1.1;
  return start;
}

Drawn draw_default_fit(double separation, std::uint64_t seed) {
  constexpr std::size_t count = 100000;
  constexpr Index dimensions = 8, components = default_fit_components;
  Random random = random_stream(seed);
  Truth truth;
  truth.weights = normal_matrix(components, 1, random).array().abs() + 0.5;
  truth.weights /= truth.weights.sum();
  truth.means = separation * normal_matrix(components, dimensions, random);
  for (Index k = 0; k < components; ++k) truth.covariances.push_back(turned_covariance(dimensions, 0.5, random));
  RowMajorMatrix rows = draw_rows(truth, count, random);
  return {std::move(rows), std::move(truth)};
}

}  // namespace latent::benchmarks
