#pragma once

#include <array>
#include <cmath>
#include <span>

#include <latent/latent_model.hpp>

namespace golden {

// Genetic linkage: 197 animals in four classes of probability (1/2 + t/4, (1-t)/4, (1-t)/4, t/4); hidden is how the
// first divides between 1/2 and t/4. Dempster, Laird & Rubin (1977), section 1, data of Rao (1965).
struct Linkage {
  struct Parameters {
    double theta = 0.5;
    static constexpr auto fields() {
      return latent::fields(latent::field("theta", &Parameters::theta, latent::unit_interval));
    }
  };
  struct Statistics {
    double recombinant = 0, parental = 0;
    static constexpr auto fields() {
      return latent::fields(latent::field("recombinant", &Statistics::recombinant),
                            latent::field("parental", &Statistics::parental));
    }
  };
  using Observation = std::array<double, 4>;

  double expectation(const Parameters& at, std::span<const Observation> families, Statistics& sums) const {
    double log_likelihood = 0;
    for (const auto& [a, b, c, d] : families) {
      sums.recombinant += a * at.theta / (2 + at.theta) + d;
      sums.parental += b + c;
      log_likelihood +=
          a * std::log(0.5 + at.theta / 4) + (b + c) * std::log((1 - at.theta) / 4) + d * std::log(at.theta / 4);
    }
    return log_likelihood;
  }
  Parameters maximization(const Statistics& sums, const Parameters&) const {
    return {sums.recombinant / (sums.recombinant + sums.parental)};
  }
};
static_assert(latent::LatentModel<Linkage>);

inline constexpr std::array<Linkage::Observation, 1> linkage_families{{{125, 18, 20, 34}}};
inline double linkage_theta() { return (15 + std::sqrt(15 * 15 + 4 * 197 * 68.0)) / 394; }
inline constexpr double linkage_rate = 0.132779;  // the EM map's derivative at the optimum

}  // namespace golden
