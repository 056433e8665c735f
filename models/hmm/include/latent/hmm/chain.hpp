#pragma once

#include <cstddef>
#include <memory>

#include <Eigen/Core>
#include <latent/column_block.hpp>

namespace latent {

// A Markov chain of S states as the recursions want it: states lie in the lanes of SIMD registers, so rows are padded
// with zeros to P numbers, and each direction has the matrix whose rows it adds up.
class Chain {
 public:
  Chain() = default;
  // `initial`: S; `transitions`: S x S, row i the probabilities of the next state after i.
  Chain(const Eigen::VectorXd& initial, const Eigen::MatrixXd& transitions);

  std::size_t states() const { return states_; }                          // S
  std::size_t padded() const { return padded_; }                          // P
  std::size_t lanes() const { return lanes_; }                            // of a register: P is a multiple
  const double* initial() const { return at(0); }                         // P
  const double* onward() const { return at(padded_); }                    // P x P, row i: from state i to each state
  const double* backward() const { return at(padded_ * (padded_ + 1)); }  // P x P, row j: to state j from each state

  const Eigen::VectorXd& log_initial() const { return log_initial_; }          // S
  const Eigen::MatrixXd& log_transitions() const { return log_transitions_; }  // S x S

 private:
  const double* at(std::size_t offset) const { return numbers_->data() + offset; }

  std::size_t states_ = 0, padded_ = 0, lanes_ = 1;
  std::shared_ptr<const AlignedBuffer> numbers_;  // never changed once made, so that copies may share it
  Eigen::VectorXd log_initial_;
  Eigen::MatrixXd log_transitions_;
};

// How many numbers a row of S states takes, and of how many lanes the registers are that it fills: the widest ones,
// narrower ones for few states.
std::size_t lanes_of_states(std::size_t states);
std::size_t padded_states(std::size_t states);

}  // namespace latent
