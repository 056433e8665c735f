#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <Eigen/Core>
#include <latent/observations.hpp>

namespace latent {

// What is asked about the hidden states.
enum class Decoding {
  posterior,  // each row's state given all rows of its sequence: "smoothed"; of a mixture: its responsibilities
  viterbi,    // the one most probable path of states given the whole sequence
  filtered,   // each row's state given the rows up to it
};
const char* name_of(Decoding decoding);
Decoding decoding(const std::string& name);  // throws OptionError

// The answer for one sequence of T rows and S states.
struct Decoded {
  std::vector<std::size_t> states;  // T: the most probable of each row, or the path
  RowMajorMatrix probabilities;     // T x S; empty for viterbi
  double log_likelihood = 0;        // of the sequence; for viterbi ln p(path, sequence)
};

// What is to come after a sequence: `steps` rows, the first of which is the next.
struct Forecast {
  RowMajorMatrix probabilities;  // steps x S: of the states
  RowMajorMatrix means;          // steps x D: the expected rows; empty if the densities have no means
};

}  // namespace latent
