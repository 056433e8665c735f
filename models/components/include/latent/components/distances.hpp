#pragma once

#include <cstddef>
#include <vector>

#include <Eigen/Core>
#include <latent/column_block.hpp>

namespace latent {

// Squared distances of rows to K centers, with or without a scale for each center and coordinate:
//   out(n, k) = offset_k + factor_k sum_j ((x_nj - center_kj) scale_kj)^2.
// Differences are taken before anything is squared, so that nothing cancels. Two (three) operations per row, center and
// coordinate. With offset 0 and factor 1 this is the distance of k-means.
class ScaledDistances {
 public:
  ScaledDistances() = default;
  explicit ScaledDistances(const Eigen::MatrixXd& centers);                        // K x D
  ScaledDistances(const Eigen::MatrixXd& centers, const Eigen::MatrixXd& scales);  // both K x D

  // offsets and factors: K numbers each, or one factor for all. out: padded_rows x K.
  void apply(ConstColumns x, std::size_t rows, const Eigen::VectorXd& offsets, const Eigen::VectorXd& factors,
             Columns out) const;
  void apply(ConstColumns x, std::size_t rows, const Eigen::VectorXd& offsets, double factor, Columns out) const;

 private:
  void run(ConstColumns x, std::size_t rows, const Eigen::VectorXd& offsets, const double* factors,
           std::size_t factor_step, Columns out) const;

  std::vector<double> table_;
  std::size_t components_ = 0;
  bool scaled_ = false;
};

}  // namespace latent
