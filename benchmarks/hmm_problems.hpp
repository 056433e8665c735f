#pragma once

#include <cstddef>
#include <string>
#include <string_view>

// The hidden Markov models that are timed: one Baum-Welch iteration over sequences of equal length.

namespace latent::benchmarks {

struct BaumWelchCase {
  std::string_view emission;                    // symbols, or diagonal Gaussians
  std::size_t steps, sequences, states, width;  // width: symbols, or columns
  double target_seconds;

  std::string name() const {
    return std::string(emission) + "/T:" + std::to_string(steps) + "/n:" + std::to_string(sequences) +
           "/S:" + std::to_string(states) + "/width:" + std::to_string(width);
  }
  // Forward, backward and expected transitions, T S^2 multiply-adds each. Densities and their sums are not in it.
  double useful_flops() const { return 6.0 * static_cast<double>(steps) * static_cast<double>(states * states); }
};

inline constexpr BaumWelchCase baum_welch_cases[] = {
    {"symbols", 1000000, 1, 4, 16, 0.04},    {"symbols", 1000000, 1000, 16, 64, 0.1},
    {"symbols", 100000, 100, 64, 256, 0.08}, {"symbols", 1000000, 1, 16, 64, 0},
    {"gaussian", 1000000, 1000, 8, 4, 0.12}, {"gaussian", 5000, 50, 10, 1, 0.003 / 5},
};

}  // namespace latent::benchmarks
