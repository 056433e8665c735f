#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

// Hidden Markov models the plain way, as an oracle: nothing here is shared with what it tests. Vectors of vectors; log b
// of each row is given.

namespace plain {

using Row = std::vector<double>;
using Table = std::vector<Row>;

struct Chain {
  Row initial;
  Table transitions;
};

// Everything that the E-step is to find, for one sequence.
struct Expected {
  double log_likelihood = 0;
  Table gamma;        // T x S
  Table transitions;  // S x S
};

inline double log_add(double a, double b) {
  const double top = std::max(a, b);
  if (top == -std::numeric_limits<double>::infinity()) return top;
  return top + std::log1p(std::exp(std::min(a, b) - top));
}

// The sum over all S^T paths.
inline Expected by_all_paths(const Chain& chain, const Table& log_b) {
  const std::size_t length = log_b.size(), states = chain.initial.size();
  Expected expected{0, Table(length, Row(states, 0.0)), Table(states, Row(states, 0.0))};
  double total = 0;
  std::vector<std::size_t> path(length, 0);
  for (bool more = true; more;) {
    double p = chain.initial[path[0]] * std::exp(log_b[0][path[0]]);
    for (std::size_t t = 1; t < length; ++t) p *= chain.transitions[path[t - 1]][path[t]] * std::exp(log_b[t][path[t]]);
    total += p;
    for (std::size_t t = 0; t < length; ++t) expected.gamma[t][path[t]] += p;
    for (std::size_t t = 1; t < length; ++t) expected.transitions[path[t - 1]][path[t]] += p;
    more = false;
    for (std::size_t t = 0; t < length && !more; ++t) {
      more = ++path[t] < states;
      if (!more) path[t] = 0;
    }
  }
  for (Row& row : expected.gamma) {
    for (double& value : row) value /= total;
  }
  for (Row& row : expected.transitions) {
    for (double& value : row) value /= total;
  }
  expected.log_likelihood = std::log(total);
  return expected;
}

// The most probable of all S^T paths, and its log-probability.
inline std::vector<std::size_t> best_of_all_paths(const Chain& chain, const Table& log_b, double& best) {
  const std::size_t length = log_b.size(), states = chain.initial.size();
  std::vector<std::size_t> path(length, 0), winner;
  best = -std::numeric_limits<double>::infinity();
  for (bool more = true; more;) {
    double p = std::log(chain.initial[path[0]]) + log_b[0][path[0]];
    for (std::size_t t = 1; t < length; ++t) p += std::log(chain.transitions[path[t - 1]][path[t]]) + log_b[t][path[t]];
    if (p > best) {
      best = p;
      winner = path;
    }
    more = false;
    for (std::size_t t = 0; t < length && !more; ++t) {
      more = ++path[t] < states;
      if (!more) path[t] = 0;
    }
  }
  return winner;
}

// Forward and backward in logarithms, term by term.
inline Expected by_log_recursion(const Chain& chain, const Table& log_b) {
  constexpr double nothing = -std::numeric_limits<double>::infinity();
  const std::size_t length = log_b.size(), states = chain.initial.size();
  Table alpha(length, Row(states, nothing)), beta(length, Row(states, 0.0));
  for (std::size_t i = 0; i < states; ++i) alpha[0][i] = std::log(chain.initial[i]) + log_b[0][i];
  for (std::size_t t = 1; t < length; ++t) {
    for (std::size_t j = 0; j < states; ++j) {
      for (std::size_t i = 0; i < states; ++i) {
        alpha[t][j] = log_add(alpha[t][j], alpha[t - 1][i] + std::log(chain.transitions[i][j]));
      }
      alpha[t][j] += log_b[t][j];
    }
  }
  for (std::size_t t = length - 1; t-- > 0;) {
    for (std::size_t i = 0; i < states; ++i) {
      beta[t][i] = nothing;
      for (std::size_t j = 0; j < states; ++j) {
        beta[t][i] = log_add(beta[t][i], std::log(chain.transitions[i][j]) + log_b[t + 1][j] + beta[t + 1][j]);
      }
    }
  }
  Expected expected{nothing, Table(length, Row(states, 0.0)), Table(states, Row(states, 0.0))};
  for (std::size_t i = 0; i < states; ++i) {
    expected.log_likelihood = log_add(expected.log_likelihood, alpha[length - 1][i]);
  }
  for (std::size_t t = 0; t < length; ++t) {
    for (std::size_t i = 0; i < states; ++i) {
      expected.gamma[t][i] = std::exp(alpha[t][i] + beta[t][i] - expected.log_likelihood);
      if (t + 1 == length) continue;
      for (std::size_t j = 0; j < states; ++j) {
        expected.transitions[i][j] += std::exp(alpha[t][i] + std::log(chain.transitions[i][j]) + log_b[t + 1][j] +
                                               beta[t + 1][j] - expected.log_likelihood);
      }
    }
  }
  return expected;
}

}  // namespace plain
