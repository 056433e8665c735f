#pragma once

#include <cstddef>
#include <vector>

#include "standing.hpp"

// Performance profiles over starts. Dolan & Moré (2002), Math. Program. 91, 201.
namespace latent::page {

// From a start, a run has solved it when its objective is within this times (|L| + n) of the best proper L that any
// contender ended in from there.
inline constexpr double solved_within = 1e-6;

enum class ProfileCost { passes, seconds };

struct Profile {
  std::size_t starts = 0;  // that any contender had
  // Of each contender: its cost over that of the cheapest, for each start that it solved, ascending; [DM] r_{p,s}.
  std::vector<std::vector<double>> ratios;

  // The share of all starts that a contender solved at no more than `factor` times the cheapest; [DM] rho_s(tau).
  double share(std::size_t contender, double factor) const;
};

Profile profile_of(const ModelStanding& model, double observations, ProfileCost cost);

}  // namespace latent::page
