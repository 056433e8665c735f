#pragma once

#include <array>
#include <cmath>
#include <numbers>
#include <span>

#include <latent/latent_model.hpp>

namespace golden {

// Variance components: yields of dyestuff, a normal effect of the batch (hidden) and a normal error. Davies & Goldsmith
// (1972), Statistical Methods in Research and Production, section 6.4: six batches of five. EM by Laird & Ware (1982),
// Biometrics 38, 963.
struct Dyestuff {
  struct Parameters {
    double mean = 1500, between = 1000, within = 1000;  // grams; variances
    static constexpr auto fields() {
      return latent::fields(latent::field("mean", &Parameters::mean),
                            latent::field("between", &Parameters::between, latent::positive),
                            latent::field("within", &Parameters::within, latent::positive));
    }
  };
  struct Statistics {
    double batches = 0, effects = 0, yields = 0;  // effects: squared
    double errors = 0, squared_errors = 0;        // about the current mean
    static constexpr auto fields() {
      return latent::fields(latent::field("batches", &Statistics::batches),
                            latent::field("effects", &Statistics::effects),
                            latent::field("yields", &Statistics::yields), latent::field("errors", &Statistics::errors),
                            latent::field("squared_errors", &Statistics::squared_errors));
    }
  };
  using Observation = std::array<double, 5>;  // a batch

  double expectation(const Parameters& at, std::span<const Observation> batches, Statistics& sums) const {
    double log_likelihood = 0;
    for (const Observation& batch : batches) {
      const double n = static_cast<double>(batch.size()), total = at.within + n * at.between;
      double sum = 0, squares = 0;
      for (const double yield : batch) {
        sum += yield - at.mean;
        squares += (yield - at.mean) * (yield - at.mean);
      }
      const double effect = at.between * sum / total, variance = at.between * at.within / total;
      sums.batches += 1;
      sums.effects += effect * effect + variance;
      sums.yields += n;
      sums.errors += sum - n * effect;
      sums.squared_errors += squares - 2 * effect * sum + n * (effect * effect + variance);
      log_likelihood -= (n * std::log(2 * std::numbers::pi) + (n - 1) * std::log(at.within) + std::log(total) +
                         (squares - at.between / total * sum * sum) / at.within) /
                        2;
    }
    return log_likelihood;
  }
  Parameters maximization(const Statistics& sums, const Parameters& current) const {
    const double shift = sums.errors / sums.yields;
    return {current.mean + shift, sums.effects / sums.batches, sums.squared_errors / sums.yields - shift * shift};
  }
};
static_assert(latent::LatentModel<Dyestuff>);

inline constexpr std::array<Dyestuff::Observation, 6> dyestuff{{{1545, 1440, 1440, 1520, 1580},
                                                                {1540, 1555, 1490, 1560, 1495},
                                                                {1595, 1550, 1605, 1510, 1560},
                                                                {1445, 1440, 1595, 1465, 1545},
                                                                {1595, 1630, 1515, 1635, 1625},
                                                                {1520, 1455, 1450, 1480, 1445}}};

}  // namespace golden
