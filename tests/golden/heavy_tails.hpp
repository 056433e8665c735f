#pragma once

#include <array>
#include <cmath>
#include <numbers>
#include <span>

#include <latent/latent_model.hpp>

namespace golden {

// The location of a t distribution with 0.05 degrees of freedom and scale one: a normal whose precision is hidden, and
// gamma distributed. Four observations make four maxima. Arslan, Constable & Kent (1993), Statist. Comput. 3, 9;
// McLachlan & Krishnan (2008), The EM Algorithm and Extensions, section 2.6.
struct HeavyTails {
  static constexpr double degrees = 0.05;

  struct Parameters {
    double location = 0;
    static constexpr auto fields() { return latent::fields(latent::field("location", &Parameters::location)); }
  };
  struct Statistics {
    double precision = 0, moment = 0;
    static constexpr auto fields() {
      return latent::fields(latent::field("precision", &Statistics::precision),
                            latent::field("moment", &Statistics::moment));
    }
  };
  using Observation = double;

  double expectation(const Parameters& at, std::span<const double> data, Statistics& sums) const {
    const double norm =
        std::lgamma((degrees + 1) / 2) - std::lgamma(degrees / 2) - std::log(std::numbers::pi * degrees) / 2;
    double log_likelihood = 0;
    for (const double x : data) {
      const double square = (x - at.location) * (x - at.location);
      const double precision = (degrees + 1) / (degrees + square);
      sums.precision += precision;
      sums.moment += precision * x;
      log_likelihood += norm - (degrees + 1) / 2 * std::log1p(square / degrees);
    }
    return log_likelihood;
  }
  Parameters maximization(const Statistics& sums, const Parameters&) const { return {sums.moment / sums.precision}; }
};
static_assert(latent::LatentModel<HeavyTails>);

inline constexpr std::array<double, 4> heavy_tailed{-20, 1, 2, 3};

}  // namespace golden
