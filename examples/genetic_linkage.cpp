// The smallest whole model: genetic linkage (Dempster, Laird & Rubin 1977, section 1).
// 197 animals fall into four classes with probabilities (1/2 + t/4, (1-t)/4, (1-t)/4, t/4). Hidden: how the first
// class divides between its 1/2 and its t/4.
#include <array>
#include <cmath>
#include <cstdio>
#include <span>

#include <latent/fit.hpp>

struct Linkage {
  struct Parameters {
    double theta = 0.5;
    static constexpr auto fields() {
      return latent::fields(latent::field("theta", &Parameters::theta, latent::unit_interval));
    }
  };
  struct Statistics {
    double recombinant = 0, parental = 0;  // expected animals whose class has probability in proportion to t, and to 1 - t
    static constexpr auto fields() {
      return latent::fields(latent::field("recombinant", &Statistics::recombinant),
                            latent::field("parental", &Statistics::parental));
    }
  };
  using Observation = std::array<double, 4>;

  double expectation(const Parameters& at, std::span<const Observation> families, Statistics& sums) const {
    double log_likelihood = 0;
    for (const auto& [a, b, c, d] : families) {
      sums.recombinant += a * (at.theta / 4) / (0.5 + at.theta / 4) + d;
      sums.parental += b + c;
      log_likelihood += a * std::log(0.5 + at.theta / 4) + (b + c) * std::log((1 - at.theta) / 4) + d * std::log(at.theta / 4);
    }
    return log_likelihood;
  }
  Parameters maximization(const Statistics& sums, const Parameters&) const {
    return {sums.recombinant / (sums.recombinant + sums.parental)};
  }
};
static_assert(latent::LatentModel<Linkage>);

int main() {
  const std::array<Linkage::Observation, 1> families{{{125, 18, 20, 34}}};
  const auto fitted = latent::fit(Linkage{}, families);
  std::printf("theta %.12f\n%s", fitted.parameters.theta, fitted.summary.full_report().c_str());
  const double published = (15 + std::sqrt(15 * 15 + 4 * 197 * 68.0)) / 394;
  return std::abs(fitted.parameters.theta - published) < 1e-9 ? 0 : 1;
}
