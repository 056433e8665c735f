#pragma once

#include <cstddef>
#include <string>

#include <Eigen/Core>
#include <latent/random.hpp>

namespace latent {

// Which transitions there are. The others are zero from the start, and stay so.
struct Topology {
  enum class Kind { full, left_right, banded };
  Kind kind = Kind::full;
  std::size_t width = 1;  // left_right: from i to i, ..., i + width; banded: to i - width, ..., i + width

  bool allows(std::size_t from, std::size_t to) const;
  bool begins_in(std::size_t state) const;  // left_right: in the first state alone
};

// "full", "left-right", "left-right:2", "banded:1". Throws OptionError.
Topology topology(const std::string& text);

// Where a fit may start: initial probabilities alike; of each state a random share of staying, the rest divided among
// the states it may go to by a draw from the uniform distribution on the simplex.
Eigen::VectorXd start_initial(const Topology& topology, std::size_t states);
Eigen::MatrixXd start_transitions(const Topology& topology, std::size_t states, Random& random);

}  // namespace latent
