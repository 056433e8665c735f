#include <algorithm>

#include <latent/hmm/chain.hpp>
#include <latent/simd.hpp>

namespace latent {

std::size_t lanes_of_states(std::size_t states) {
  if (states <= 2) return 2;
  if (states <= 4) return std::min<std::size_t>(4, simd::pack_size);
  return simd::pack_size;
}

std::size_t padded_states(std::size_t states) {
  const std::size_t lanes = lanes_of_states(states);
  return (states + lanes - 1) / lanes * lanes;
}

Chain::Chain(const Eigen::VectorXd& initial, const Eigen::MatrixXd& transitions)
    : states_(static_cast<std::size_t>(initial.size())),
      padded_(padded_states(states_)),
      lanes_(lanes_of_states(states_)),
      log_initial_(initial.array().log()),
      log_transitions_(transitions.array().log()) {
  const std::size_t size = padded_ * (2 * padded_ + 1);
  auto numbers = std::make_shared<AlignedBuffer>();
  double* const first = numbers->reserve(size);
  std::fill_n(first, size, 0.0);
  double* const onward = first + padded_;
  double* const backward = onward + padded_ * padded_;
  for (std::size_t i = 0; i < states_; ++i) {
    const auto row = static_cast<Eigen::Index>(i);
    first[i] = initial[row];
    for (std::size_t j = 0; j < states_; ++j) {
      const double probability = transitions(row, static_cast<Eigen::Index>(j));
      onward[i * padded_ + j] = probability;
      backward[j * padded_ + i] = probability;
    }
  }
  numbers_ = std::move(numbers);
}

}  // namespace latent
