#pragma once

#include <cstddef>
#include <span>

#include <latent/column_block.hpp>
#include <latent/observations.hpp>

namespace latent {

// The row-wise part of a mixture's E-step, from joint(n, k) = log p(x_n, z_n = k):
//   l_n = ln sum_k exp joint(n, k),   joint(n, k) <- w_n exp(joint(n, k) - l_n),   returns sum_n w_n l_n,
// with w_n = 1 if `weights` is empty. Rows beyond `rows` become 0. If `row_log_likelihoods` is not empty, it gets l_n.
//
// A row that is impossible under every component (all joint(n, k) = -inf) has l_n = -inf and responsibilities 0. A row
// of weight 0 contributes nothing, whatever its likelihood. A NaN anywhere else shows in the result.
double log_sum_exp(Columns joint, std::size_t rows, Weights weights = {}, std::span<double> row_log_likelihoods = {});

}  // namespace latent
