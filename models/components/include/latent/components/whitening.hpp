#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <Eigen/Core>
#include <latent/column_block.hpp>

namespace latent {

// The inverse of the Cholesky factor of a covariance matrix: inverse * covariance * inverse^T = I.
struct InverseFactor {
  Eigen::MatrixXd inverse;     // D x D, lower triangular
  double log_determinant = 0;  // of the covariance
};

// Factors the correlation matrix, so that columns of very different units are no difficulty and nothing over- or
// underflows for standard deviations between 1e-150 and 1e150. Throws ModelError, beginning with `name`, if the matrix
// is not positive definite.
InverseFactor inverse_factor(const Eigen::Ref<const Eigen::MatrixXd>& covariance, const std::string& name);

// The map x -> y = F (x - center) with a lower triangular F, applied to rows in lanes; the numbers lie in the order in
// which the kernel reads them.
class Whitening {
 public:
  Whitening() = default;
  Whitening(const Eigen::MatrixXd& factor, const Eigen::VectorXd& center);

  // out = constant - |y|^2 / 2, one number a row: D^2 / 2 multiply-adds.
  void log_densities(ConstColumns x, std::size_t rows, double constant, double* out) const;
  // out = y, D columns.
  void apply(ConstColumns x, std::size_t rows, Columns out) const;

 private:
  std::vector<double> table_;
};

}  // namespace latent
