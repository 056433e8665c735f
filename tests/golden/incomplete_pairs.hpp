#pragma once

#include <array>
#include <cmath>
#include <limits>
#include <numbers>
#include <span>

#include <Eigen/Core>
#include <Eigen/LU>
#include <latent/latent_model.hpp>

namespace golden {

// The covariance of pairs of which one member may be missing (NaN), normal with means known to be zero. Murray (1977),
// J. R. Statist. Soc. B 39, 27, in the discussion of Dempster, Laird & Rubin: the likelihood has two equal maxima, at
// variances 8/3 and correlations 1/2 and -1/2, and a saddle at 5/2 and 0, from which EM does not move.
struct IncompletePairs {
  struct Parameters {
    Eigen::Matrix2d covariance = Eigen::Matrix2d::Identity();
    static constexpr auto fields() {
      return latent::fields(latent::field("covariance", &Parameters::covariance, latent::positive_definite));
    }
  };
  struct Statistics {
    double pairs = 0;
    Eigen::Matrix2d scatter = Eigen::Matrix2d::Zero();
    static constexpr auto fields() {
      return latent::fields(latent::field("pairs", &Statistics::pairs), latent::field("scatter", &Statistics::scatter));
    }
  };
  using Observation = std::array<double, 2>;

  double expectation(const Parameters& at, std::span<const Observation> pairs, Statistics& sums) const {
    double log_likelihood = 0;
    for (const Observation& pair : pairs) {
      sums.pairs += 1;
      if (!std::isnan(pair[0]) && !std::isnan(pair[1])) {
        const Eigen::Vector2d x(pair[0], pair[1]);
        sums.scatter += x * x.transpose();
        log_likelihood -= std::log(2 * std::numbers::pi) + 0.5 * std::log(at.covariance.determinant()) +
                          0.5 * x.dot(at.covariance.inverse() * x);
        continue;
      }
      const Eigen::Index seen = std::isnan(pair[0]) ? 1 : 0, missing = 1 - seen;
      const double variance = at.covariance(seen, seen), slope = at.covariance(missing, seen) / variance;
      Eigen::Vector2d x;
      x[seen] = pair[static_cast<std::size_t>(seen)];
      x[missing] = slope * x[seen];
      sums.scatter += x * x.transpose();
      sums.scatter(missing, missing) += at.covariance(missing, missing) - slope * at.covariance(missing, seen);
      log_likelihood -= 0.5 * (std::log(2 * std::numbers::pi * variance) + x[seen] * x[seen] / variance);
    }
    return log_likelihood;
  }
  Parameters maximization(const Statistics& sums, const Parameters&) const { return {sums.scatter / sums.pairs}; }
};
static_assert(latent::LatentModel<IncompletePairs>);

inline constexpr double missing = std::numeric_limits<double>::quiet_NaN();
inline constexpr std::array<IncompletePairs::Observation, 12> incomplete_pairs{{{1, 1},
                                                                                {1, -1},
                                                                                {-1, 1},
                                                                                {-1, -1},
                                                                                {2, missing},
                                                                                {2, missing},
                                                                                {-2, missing},
                                                                                {-2, missing},
                                                                                {missing, 2},
                                                                                {missing, 2},
                                                                                {missing, -2},
                                                                                {missing, -2}}};

}  // namespace golden
