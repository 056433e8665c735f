// A mixture of two Poisson distributions (Hasselblad 1969): deaths of women of 80 and more reported in The Times on
// each day of 1910 to 1912. Hidden: which of two kinds of days it was. The ten counts are the observations, the numbers
// of days with that count their weights; the model need not know of weights.
#include <array>
#include <cmath>
#include <cstdio>
#include <span>

#include <latent/conformance.hpp>
#include <latent/fit.hpp>

struct PoissonMixture {
  struct Parameters {
    double weight = 0.5;  // of the first component
    std::array<double, 2> means{1, 3};
    static constexpr auto fields() {
      return latent::fields(latent::field("weight", &Parameters::weight, latent::unit_interval),
                            latent::field("means", &Parameters::means, latent::positive));
    }
  };
  struct Statistics {
    std::array<double, 2> days{}, deaths{};
    static constexpr auto fields() {
      return latent::fields(latent::field("days", &Statistics::days), latent::field("deaths", &Statistics::deaths));
    }
  };
  using Observation = int;

  double expectation(const Parameters& at, std::span<const int> counts, Statistics& sums) const {
    double log_likelihood = 0;
    for (const int x : counts) {
      const std::array joint{at.weight * density(x, at.means[0]), (1 - at.weight) * density(x, at.means[1])};
      const double marginal = joint[0] + joint[1];
      for (std::size_t k = 0; k < 2; ++k) {
        sums.days[k] += joint[k] / marginal;
        sums.deaths[k] += joint[k] / marginal * x;
      }
      log_likelihood += std::log(marginal);
    }
    return log_likelihood;
  }
  Parameters maximization(const Statistics& sums, const Parameters&) const {
    return {sums.days[0] / (sums.days[0] + sums.days[1]),
            {sums.deaths[0] / sums.days[0], sums.deaths[1] / sums.days[1]}};
  }
  static double density(int x, double mean) { return std::exp(x * std::log(mean) - mean - std::lgamma(x + 1.0)); }
};
static_assert(latent::LatentModel<PoissonMixture>);

int main() {
  const std::array<int, 10> deaths{0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
  const std::array<double, 10> days{162, 267, 271, 185, 111, 61, 27, 8, 3, 1};
  const auto fitted = latent::fit(PoissonMixture{}, {deaths, days}, {.tolerance = 1e-14});
  const auto& [weight, means] = fitted.parameters;
  std::printf("%.6f of the days with mean %.5f, the rest with mean %.5f\n%s", weight, means[0], means[1],
              fitted.summary.full_report().c_str());
  const double published = -1989.945859883;
  const bool agrees = std::abs(fitted.summary.log_likelihood - published) < 1e-9;
  return agrees && latent::check_conformance(PoissonMixture{}, {deaths, days}).passed() ? 0 : 1;
}
