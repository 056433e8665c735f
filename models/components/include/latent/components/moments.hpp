#pragma once

#include <cstddef>

#include <Eigen/Core>
#include <latent/column_block.hpp>

namespace latent {

// Sums over the rows of a block, weighted by `responsibilities` r (padded_rows x K, zero beyond the last row), added to
// what the arguments hold. counts: K; centers, sums, squares: K x D.

// counts_k += sum_n r_nk.
void add_counts(ConstColumns responsibilities, std::size_t rows, Eigen::VectorXd& counts);

// sums_k += sum_n r_nk (x_n - center_k), by way of the sum about 0: its rounding error is that of r x, so x should have
// a common origin near the data. One multiply-add per row, component and coordinate.
void add_first_moments(ConstColumns x, std::size_t rows, ConstColumns responsibilities, const Eigen::MatrixXd& centers,
                       Eigen::Ref<Eigen::MatrixXd> sums);

// sums_kj += sum_n r_nk (x_nj - center_kj) and squares_kj += sum_n r_nk (x_nj - center_kj)^2; if `squares` has but one
// column, it gets the sum over j. Nothing cancels.
void add_two_moments(ConstColumns x, std::size_t rows, ConstColumns responsibilities, const Eigen::MatrixXd& centers,
                     Eigen::Ref<Eigen::MatrixXd> sums, Eigen::Ref<Eigen::MatrixXd> squares);

}  // namespace latent
