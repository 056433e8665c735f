// A model by the name of one that the program has.
#include <cmath>
#include <span>

#include <latent/plugin.hpp>

struct Coin {
  using Observation = unsigned char;  // 1: heads
  struct Parameters {
    double heads = 0.5;
    static constexpr auto fields() {
      return latent::fields(latent::field("heads", &Parameters::heads, latent::unit_interval));
    }
  };
  struct Statistics {
    double heads = 0, tosses = 0;
    static constexpr auto fields() {
      return latent::fields(latent::field("heads", &Statistics::heads), latent::field("tosses", &Statistics::tosses));
    }
  };
  double expectation(const Parameters& at, std::span<const unsigned char> tosses, Statistics& sums) const {
    double log_likelihood = 0;
    for (const unsigned char head : tosses) {
      sums.tosses += 1;
      sums.heads += head ? 1 : 0;
      log_likelihood += std::log(head ? at.heads : 1 - at.heads);
    }
    return log_likelihood;
  }
  Parameters maximization(const Statistics& sums, const Parameters&) const { return {sums.heads / sums.tosses}; }
};
LATENT_PLUGIN(latent::model_entry<Coin>("gmm", "a coin"))
