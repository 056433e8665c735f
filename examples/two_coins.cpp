// A start and a number of steps of one's own: the two coins of Do & Batzoglou (2008), figure 1. Five times one of two
// coins is taken at random and tossed ten times. Seen: how often it showed heads. Hidden: which coin it was.
#include <array>
#include <cmath>
#include <cstdio>
#include <span>

#include <latent/conformance.hpp>
#include <latent/fit.hpp>

struct TwoCoins {
  struct Parameters {
    std::array<double, 2> heads{0.6, 0.5};  // the probability of heads of each coin
    static constexpr auto fields() {
      return latent::fields(latent::field("heads", &Parameters::heads, latent::unit_interval));
    }
  };
  struct Statistics {
    std::array<double, 2> heads{}, tails{};  // expected tosses of each coin
    static constexpr auto fields() {
      return latent::fields(latent::field("heads", &Statistics::heads), latent::field("tails", &Statistics::tails));
    }
  };
  struct Observation {
    double heads, tails;
  };

  double expectation(const Parameters& at, std::span<const Observation> series, Statistics& sums) const {
    double log_likelihood = 0;
    for (const auto& [heads, tails] : series) {
      std::array<double, 2> joint{};  // of the coin, taken with probability 1/2, and this order of heads and tails
      for (int coin = 0; coin < 2; ++coin) {
        joint[coin] = 0.5 * std::pow(at.heads[coin], heads) * std::pow(1 - at.heads[coin], tails);
      }
      const double marginal = joint[0] + joint[1];
      for (int coin = 0; coin < 2; ++coin) {
        sums.heads[coin] += joint[coin] / marginal * heads;
        sums.tails[coin] += joint[coin] / marginal * tails;
      }
      log_likelihood += std::log(marginal);
    }
    return log_likelihood;
  }

  Parameters maximization(const Statistics& sums, const Parameters&) const {
    return {{sums.heads[0] / (sums.heads[0] + sums.tails[0]), sums.heads[1] / (sums.heads[1] + sums.tails[1])}};
  }
};
static_assert(latent::LatentModel<TwoCoins>);

int main() {
  const std::array<TwoCoins::Observation, 5> series{{{5, 5}, {9, 1}, {8, 2}, {4, 6}, {7, 3}}};
  const TwoCoins::Parameters start{{0.60, 0.50}};

  struct Published {
    std::size_t iterations;
    std::array<double, 2> heads;
  };
  bool all_agree = latent::check_conformance(TwoCoins{}, series).passed();
  for (const Published& published : {Published{1, {0.71, 0.58}}, Published{10, {0.80, 0.52}}}) {
    const auto fitted = latent::fit(TwoCoins{}, series, start, {.max_iterations = published.iterations});
    const auto& [a, b] = fitted.parameters.heads;
    std::printf("after %2zu: A %.2f, B %.2f; %s\n", fitted.summary.iterations, a, b, name_of(fitted.summary.verdict));
    all_agree = all_agree && std::abs(a - published.heads[0]) < 0.005 && std::abs(b - published.heads[1]) < 0.005;
  }
  return all_agree ? 0 : 1;
}
