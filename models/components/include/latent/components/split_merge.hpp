#pragma once

#include <cstddef>

#include <Eigen/Core>
#include <latent/column_block.hpp>
#include <latent/random.hpp>

// Split and merge moves for mixtures (Ueda, Nakano, Ghahramani & Hinton 2000, Neural Computation 12, 2109): a local
// optimum typically has too many components in one place and too few in another.

namespace latent {

// One move, as a change of responsibilities: component `freed` gives all it has to `kept`, and takes what `cut` has on
// one side of a plane.
struct SplitMerge {
  Eigen::Index kept = 0, freed = 0, cut = 0;
  Eigen::VectorXd normal;  // D: of the plane, in the units of the rows
  double offset = 0;       // rows with normal . x > offset move to `freed`

  void apply(const ColumnBlock& block, Columns responsibilities) const;
};

// What has to be known of a solution to choose moves: how much components overlap, and their centres and spreads.
class SplitMergeSurvey {
 public:
  SplitMergeSurvey(std::size_t components, std::size_t columns);

  void add(const ColumnBlock& block, Columns responsibilities);

  // The move with that index: the pairs to merge in the order of their overlap, sum_n r_na r_nb / (|r_a| |r_b|) (their
  // merge criterion, made independent of the components' sizes), and with each turn another component to cut; the plane
  // goes through its mean in a random direction.
  SplitMerge change(std::size_t index, Random& random) const;

 private:
  Eigen::MatrixXd overlap_;  // K x K: sums of r_na r_nb
  Eigen::VectorXd counts_;   // K
  Eigen::MatrixXd sums_;     // K x D
  Eigen::MatrixXd squares_;  // K x D
};

}  // namespace latent
