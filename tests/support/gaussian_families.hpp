#pragma once

#include <cstddef>
#include <vector>

#include <Eigen/Core>
#include <latent/fit.hpp>
#include <latent/gmm/gaussian_mixture.hpp>

#include "support/long_mixture.hpp"

// The four banks of Gaussians under one roof, so that a test can be written once: how each states its covariances.
namespace families {

using Index = Eigen::Index;

template <class Matrix>
Matrix to_matrix(const oracle::Matrix& from) {
  Matrix matrix(static_cast<Index>(from.size()), static_cast<Index>(from.front().size()));
  for (Index i = 0; i < matrix.rows(); ++i) {
    for (Index j = 0; j < matrix.cols(); ++j) {
      matrix(i, j) = static_cast<double>(from[static_cast<std::size_t>(i)][static_cast<std::size_t>(j)]);
    }
  }
  return matrix;
}

inline oracle::Matrix to_long(const Eigen::MatrixXd& from) {
  oracle::Matrix matrix = oracle::zeros(static_cast<std::size_t>(from.rows()), static_cast<std::size_t>(from.cols()));
  for (Index i = 0; i < from.rows(); ++i) {
    for (Index j = 0; j < from.cols(); ++j) {
      matrix[static_cast<std::size_t>(i)][static_cast<std::size_t>(j)] = from(i, j);
    }
  }
  return matrix;
}

struct Full {
  using Bank = latent::FullGaussians;
  static constexpr oracle::Shape shape = oracle::Shape::full;
  static Bank::Parameters parameters(const Eigen::MatrixXd& means, const std::vector<Eigen::MatrixXd>& covariances) {
    return {means, covariances};
  }
  static Eigen::MatrixXd covariance(const Bank::Parameters& at, Index k) {
    return at.covariances[static_cast<std::size_t>(k)];
  }
};

struct Tied {
  using Bank = latent::TiedGaussians;
  static constexpr oracle::Shape shape = oracle::Shape::tied;
  static Bank::Parameters parameters(const Eigen::MatrixXd& means, const std::vector<Eigen::MatrixXd>& covariances) {
    return {means, covariances.front()};
  }
  static Eigen::MatrixXd covariance(const Bank::Parameters& at, Index) { return at.covariance; }
};

struct Diagonal {
  using Bank = latent::DiagonalGaussians;
  static constexpr oracle::Shape shape = oracle::Shape::diagonal;
  static Bank::Parameters parameters(const Eigen::MatrixXd& means, const std::vector<Eigen::MatrixXd>& covariances) {
    Eigen::MatrixXd variances(means.rows(), means.cols());
    for (Index k = 0; k < means.rows(); ++k) variances.row(k) = covariances[static_cast<std::size_t>(k)].diagonal();
    return {means, variances};
  }
  static Eigen::MatrixXd covariance(const Bank::Parameters& at, Index k) { return at.variances.row(k).asDiagonal(); }
};

struct Spherical {
  using Bank = latent::SphericalGaussians;
  static constexpr oracle::Shape shape = oracle::Shape::spherical;
  static Bank::Parameters parameters(const Eigen::MatrixXd& means, const std::vector<Eigen::MatrixXd>& covariances) {
    Eigen::VectorXd variances(means.rows());
    for (Index k = 0; k < means.rows(); ++k) variances[k] = covariances[static_cast<std::size_t>(k)](0, 0);
    return {means, variances};
  }
  static Eigen::MatrixXd covariance(const Bank::Parameters& at, Index k) {
    return at.variances[k] * Eigen::MatrixXd::Identity(at.means.cols(), at.means.cols());
  }
};

template <class Family>
using Model = latent::GaussianMixture<typename Family::Bank>;
template <class Family>
using Parameters = typename Model<Family>::Parameters;

template <class Family>
Model<Family> model(std::size_t components) {
  Model<Family> result;
  result.components = components;
  return result;
}

template <class Family>
Parameters<Family> from_oracle(const oracle::Mixture& at) {
  std::vector<Eigen::MatrixXd> covariances;
  for (const oracle::Matrix& covariance : at.covariances) covariances.push_back(to_matrix<Eigen::MatrixXd>(covariance));
  Parameters<Family> result;
  result.weights = to_matrix<Eigen::MatrixXd>({at.weights}).row(0);
  result.components = Family::parameters(to_matrix<Eigen::MatrixXd>(at.means), covariances);
  return result;
}

template <class Family>
oracle::Mixture to_oracle(const Parameters<Family>& at) {
  oracle::Mixture result{Family::shape, {}, to_long(at.components.means), {}};
  for (Index k = 0; k < at.weights.size(); ++k) {
    result.weights.push_back(at.weights[k]);
    result.covariances.push_back(to_long(Family::covariance(at.components, k)));
  }
  return result;
}

}  // namespace families

#define LATENT_GAUSSIANS families::Full, families::Tied, families::Diagonal, families::Spherical

// The driver of each is compiled in one test file alone, tests/models/gmm/fit_{full_tied,diagonal_spherical}_test.cpp.
#define LATENT_TEST_FIT(KEYWORD, FAMILY)                                                     \
  KEYWORD template latent::Fitted<families::Model<families::FAMILY>> latent::fit(            \
      const families::Model<families::FAMILY>&, const latent::Sample<latent::Observations>&, \
      const families::Parameters<families::FAMILY>&, const latent::FitOptions&);             \
  KEYWORD template latent::Fitted<families::Model<families::FAMILY>> latent::fit(            \
      const families::Model<families::FAMILY>&, const latent::Sample<latent::Observations>&, \
      const latent::FitOptions&)
LATENT_TEST_FIT(extern, Full);
LATENT_TEST_FIT(extern, Tied);
LATENT_TEST_FIT(extern, Diagonal);
LATENT_TEST_FIT(extern, Spherical);
