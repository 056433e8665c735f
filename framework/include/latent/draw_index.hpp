#pragma once

#include <cstddef>

#include <Eigen/Core>
#include <boost/random/uniform_real_distribution.hpp>
#include <latent/random.hpp>

namespace latent {

// An index drawn with those probabilities, which sum to 1 but for rounding: never one whose probability is zero.
inline std::size_t draw_index(const Eigen::Ref<const Eigen::VectorXd>& probabilities, Random& random) {
  double left = boost::random::uniform_real_distribution<double>(0, 1)(random);
  Eigen::Index drawn = 0;
  for (Eigen::Index k = 0; k < probabilities.size(); ++k) {
    if (probabilities[k] == 0) continue;
    drawn = k;  // the last possible one, should rounding lead beyond it
    if (left < probabilities[k]) break;
    left -= probabilities[k];
  }
  return static_cast<std::size_t>(drawn);
}

}  // namespace latent
