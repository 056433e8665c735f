#pragma once

#include <Eigen/Core>
#include <latent/observations.hpp>

namespace latent {

// The weighted mean and variance of every column (D each), in two passes; the variance divides by the sum of weights.
struct ColumnMoments {
  Eigen::VectorXd means;
  Eigen::VectorXd variances;
};
ColumnMoments column_moments(const Observations& rows, Weights weights = {});

// The weighted mean (D) and covariance (D x D) of the rows; the same divisor.
struct MeanAndCovariance {
  Eigen::VectorXd mean;
  Eigen::MatrixXd covariance;
};
MeanAndCovariance mean_and_covariance(const Observations& rows, Weights weights = {});

}  // namespace latent
