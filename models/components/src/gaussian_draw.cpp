#include <cmath>
#include <vector>

#include <Eigen/Cholesky>
#include <boost/random/normal_distribution.hpp>
#include <latent/components/column_moments.hpp>
#include <latent/components/gaussian_diagonal.hpp>
#include <latent/components/gaussian_full.hpp>
#include <latent/components/gaussian_spherical.hpp>
#include <latent/components/gaussian_tied.hpp>

// What Gaussian banks begin with (all components alike) and what they simulate.

namespace latent {
namespace {

struct Alike {
  Eigen::MatrixXd means;      // K x D, equal rows
  Eigen::VectorXd variances;  // D, of the data; 1 for a constant column
};

// The moments of a column's cells that are there: 0 if none is.
void replace_by_moments_of_present(const Observations& rows, Weights weights, Eigen::Index column,
                                   ColumnMoments& moments) {
  std::vector<double> cells, cell_weights;
  for (std::size_t n = 0; n < rows.size(); ++n) {
    const double cell = rows(n, static_cast<std::size_t>(column));
    if (std::isnan(cell)) continue;
    cells.push_back(cell);
    cell_weights.push_back(weights.empty() ? 1 : weights[n]);
  }
  const ColumnMoments own = column_moments(Observations(cells.data(), cells.size(), 1), cell_weights);
  moments.means[column] = own.means[0];
  moments.variances[column] = own.variances[0];
}

Alike alike(const Observations& rows, Weights weights, std::size_t components) {
  ColumnMoments moments = column_moments(rows, weights);
  for (Eigen::Index j = 0; j < moments.means.size(); ++j) {
    if (std::isnan(moments.means[j])) replace_by_moments_of_present(rows, weights, j, moments);
  }
  return {moments.means.transpose().replicate(static_cast<Eigen::Index>(components), 1),
          moments.variances.unaryExpr([](double variance) { return variance > 0 ? variance : 1; })};
}

Eigen::VectorXd standard_normal(Eigen::Index count, Random& random) {
  boost::random::normal_distribution<double> normal;
  return Eigen::VectorXd::NullaryExpr(count, [&](Eigen::Index) { return normal(random); });
}

Eigen::MatrixXd cholesky_factor(const Eigen::MatrixXd& covariance) {
  const Eigen::VectorXd units = covariance.diagonal().cwiseSqrt();
  const Eigen::MatrixXd correlation =
      units.cwiseInverse().asDiagonal() * covariance * units.cwiseInverse().asDiagonal();
  return units.asDiagonal() * Eigen::MatrixXd(Eigen::LLT<Eigen::MatrixXd>(correlation).matrixL());
}

Eigen::Map<Eigen::VectorXd> as_vector(std::span<double> row) {
  return {row.data(), static_cast<Eigen::Index>(row.size())};
}

}  // namespace

FullGaussians::Parameters FullGaussians::pooled(const Observations& rows, Weights weights,
                                                std::size_t components) const {
  const Alike start = alike(rows, weights, components);
  return {start.means, std::vector<Eigen::MatrixXd>(components, start.variances.asDiagonal())};
}

TiedGaussians::Parameters TiedGaussians::pooled(const Observations& rows, Weights weights,
                                                std::size_t components) const {
  const Alike start = alike(rows, weights, components);
  return {start.means, start.variances.asDiagonal()};
}

DiagonalGaussians::Parameters DiagonalGaussians::pooled(const Observations& rows, Weights weights,
                                                        std::size_t components) const {
  const Alike start = alike(rows, weights, components);
  return {start.means, start.variances.transpose().replicate(start.means.rows(), 1)};
}

SphericalGaussians::Parameters SphericalGaussians::pooled(const Observations& rows, Weights weights,
                                                          std::size_t components) const {
  const Alike start = alike(rows, weights, components);
  return {start.means, Eigen::VectorXd::Constant(start.means.rows(), start.variances.mean())};
}

void FullGaussians::draw(const Parameters& parameters, std::size_t component, Random& random,
                         std::span<double> row) const {
  const auto k = static_cast<Eigen::Index>(component);
  as_vector(row) = parameters.means.row(k).transpose() + cholesky_factor(parameters.covariances[component]) *
                                                             standard_normal(parameters.means.cols(), random);
}

void TiedGaussians::draw(const Parameters& parameters, std::size_t component, Random& random,
                         std::span<double> row) const {
  as_vector(row) = parameters.means.row(static_cast<Eigen::Index>(component)).transpose() +
                   cholesky_factor(parameters.covariance) * standard_normal(parameters.means.cols(), random);
}

void DiagonalGaussians::draw(const Parameters& parameters, std::size_t component, Random& random,
                             std::span<double> row) const {
  const auto k = static_cast<Eigen::Index>(component);
  as_vector(row) =
      parameters.means.row(k).transpose() + parameters.variances.row(k).transpose().cwiseSqrt().cwiseProduct(
                                                standard_normal(parameters.means.cols(), random));
}

void SphericalGaussians::draw(const Parameters& parameters, std::size_t component, Random& random,
                              std::span<double> row) const {
  const auto k = static_cast<Eigen::Index>(component);
  as_vector(row) = parameters.means.row(k).transpose() +
                   std::sqrt(parameters.variances[k]) * standard_normal(parameters.means.cols(), random);
}

}  // namespace latent
