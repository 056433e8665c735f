#pragma once

#include <cstddef>
#include <vector>

#include <latent/blocked_sum.hpp>
#include <latent/notes.hpp>

namespace latent {

// The sums of one node of the tree (<latent/blocked_sum.hpp>): the log-likelihood, then the numbers of the statistics in
// the order of their fields.
struct NodeSum {
  SumNode node = {};
  std::vector<double> numbers = {};
};

// The largest nodes that have observations of [first, first + count) alone, in order.
std::vector<SumNode> nodes_within(const SumTree& tree, std::size_t first, std::size_t count);

// What came of an M-step. Log-likelihood and objective are those of the parameters before it.
struct MStep {
  double log_likelihood = 0;
  double objective = 0;
  std::vector<Note> notes = {};
};

}  // namespace latent
