#pragma once

#include <cstddef>

#include <Eigen/Core>

// The M-step of a Markov chain.

namespace latent {

enum class InitialState {
  free,        // the probabilities of the first state are parameters
  stationary,  // they are the stationary distribution of the transitions
};

struct ChainOptions {
  InitialState initial = InitialState::free;
  double initial_prior = 1;     // concentration of a Dirichlet prior, >= 1; 1: none
  double transition_prior = 1;  // the same for every row of the transitions
  bool fix_initial = false;     // keep what they are
  bool fix_transitions = false;
};

struct ChainParameters {
  Eigen::VectorXd initial;      // S
  Eigen::MatrixXd transitions;  // S x S
};

// Maximises  sum_i starts_i ln initial_i + sum_ij moves_ij ln transitions_ij + ln prior.  A probability that is zero in
// `current` stays zero. With a stationary start the first term depends on the transitions too: what is returned then is
// better than `current`, and the maximum to rounding where that is near.
ChainParameters maximize_chain(const Eigen::VectorXd& starts, const Eigen::MatrixXd& moves,
                               const ChainParameters& current, const ChainOptions& options);

// sum over the probabilities that are not zero of (concentration - 1) ln p.
double chain_log_prior(const ChainParameters& parameters, const ChainOptions& options);

// pi with pi A = pi, sum pi = 1. Throws ModelError if there is not exactly one.
Eigen::VectorXd stationary_distribution(const Eigen::MatrixXd& transitions);

// Probabilities that are free: not zero, not fixed, and one less than there are in every distribution.
std::size_t free_chain_parameters(const ChainParameters& parameters, const ChainOptions& options);

}  // namespace latent
