#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include <latent/column_block.hpp>
#include <latent/hmm/recursions.hpp>

namespace latent {

// Memory for the rows of the sequences that a thread goes through in step. It grows and never shrinks.
struct RecursionMemory {
  AlignedBuffer alpha, densities, moves, pending;
  std::vector<const double*> rows;  // the densities of each
  std::vector<double> scales;

  // For `count` rows of `padded` numbers, of whose densities `room` stand here; `moves` becomes zero.
  void reserve(std::size_t count, std::size_t room, std::size_t padded) {
    alpha.reserve(count * padded);
    densities.reserve(room);
    std::fill_n(moves.reserve(most_in_step * padded * padded), most_in_step * padded * padded, 0.0);
    pending.reserve(most_in_step * padded);
    rows.resize(std::max(rows.size(), count));
    scales.resize(std::max(scales.size(), count));
  }

  // The calling thread's own.
  static RecursionMemory& own() {
    static thread_local RecursionMemory memory;
    return memory;
  }
};

}  // namespace latent
