#pragma once

#include <array>
#include <cmath>
#include <span>

#include <latent/latent_model.hpp>

namespace golden {

// A Poisson distribution with too many zeros: some widows have no children whatever the mean. Thisted (1988), Elements
// of Statistical Computing: 4075 widows of a pension fund by their number of children, and the EM for it,
// which is slow.
struct Widows {
  struct Parameters {
    double childless = 0.75, mean = 0.4;
    static constexpr auto fields() {
      return latent::fields(latent::field("childless", &Parameters::childless, latent::unit_interval),
                            latent::field("mean", &Parameters::mean, latent::positive));
    }
  };
  struct Statistics {
    double widows = 0, childless = 0, children = 0;
    static constexpr auto fields() {
      return latent::fields(latent::field("widows", &Statistics::widows),
                            latent::field("childless", &Statistics::childless),
                            latent::field("children", &Statistics::children));
    }
  };
  using Observation = int;

  double expectation(const Parameters& at, std::span<const int> widows, Statistics& sums) const {
    double log_likelihood = 0;
    for (const int children : widows) {
      sums.widows += 1;
      sums.children += children;
      const double others =
          (1 - at.childless) * std::exp(children * std::log(at.mean) - at.mean) / std::tgamma(children + 1.0);
      const double marginal = children == 0 ? at.childless + others : others;
      if (children == 0) sums.childless += at.childless / marginal;
      log_likelihood += std::log(marginal);
    }
    return log_likelihood;
  }
  Parameters maximization(const Statistics& sums, const Parameters&) const {
    return {sums.childless / sums.widows, sums.children / (sums.widows - sums.childless)};
  }
};
static_assert(latent::LatentModel<Widows>);

inline constexpr std::array<int, 7> children{0, 1, 2, 3, 4, 5, 6};
inline constexpr std::array<double, 7> widows{3062, 587, 284, 103, 33, 4, 2};

}  // namespace golden
