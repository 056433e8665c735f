#pragma once

#include <cstddef>

#include <Eigen/Core>
#include <latent/column_block.hpp>

namespace latent {

// Symmetric matrices of sums are kept as their lower triangle, row by row: (0,0), (1,0), (1,1), (2,0), ...
constexpr Eigen::Index packed_size(Eigen::Index dimensions) { return dimensions * (dimensions + 1) / 2; }

// The whole symmetric matrix of a packed triangle.
Eigen::MatrixXd unpacked(const Eigen::Ref<const Eigen::VectorXd>& triangle, Eigen::Index dimensions);

// scatter (packed) += sum_n r_n (x_n - c)(x_n - c)^T and, unless it is null, sums->row(k) += sum_n r_n (x_n - c), with
// c = centers.row(k). `r` is zero beyond the last row. D^2 / 2 multiply-adds a row.
void add_scatter(ConstColumns x, std::size_t rows, const double* r, const Eigen::MatrixXd& centers, Eigen::Index k,
                 Eigen::MatrixXd* sums, double* scatter);

}  // namespace latent
