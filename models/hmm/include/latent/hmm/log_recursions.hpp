#pragma once

#include <cstddef>
#include <vector>

#include <Eigen/Core>
#include <latent/hmm/chain.hpp>
#include <latent/observations.hpp>

// The recursions in logarithms: several times slower than the scaled ones, and right for any densities whatever, be all
// of a row's but one below the smallest double. `log_densities` is T x S.

namespace latent {

struct LogForwardBackward {
  double log_likelihood = 0;        // -infinity if no path of states allows the sequence
  std::size_t impossible_step = 0;  // then: the first row at which none is left
  RowMajorMatrix posterior;         // T x S: gamma
  Eigen::MatrixXd transitions;      // S x S: expected numbers, xi
};
LogForwardBackward forward_backward_in_logs(const Chain& chain, const RowMajorMatrix& log_densities);

// ln p(state t = j | rows 0 to t), T x S.
RowMajorMatrix log_filtered(const Chain& chain, const RowMajorMatrix& log_densities);

// The most probable path (Viterbi 1967). Of equal ones the one whose last states have the smallest numbers.
struct ViterbiPath {
  std::vector<std::size_t> states;  // T
  double log_probability = 0;       // ln p(path, rows)
};
ViterbiPath viterbi(const Chain& chain, const RowMajorMatrix& log_densities);

}  // namespace latent
