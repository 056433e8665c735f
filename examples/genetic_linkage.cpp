// The smallest whole model: genetic linkage (Dempster, Laird & Rubin 1977, section 1).
// 197 animals fall into four classes with probabilities 1/2 + t/4, (1 - t)/4, (1 - t)/4, t/4. Hidden: which animals of
// the first class belong to its part t/4.
#include <array>
#include <cmath>
#include <cstdio>
#include <span>

#include <latent/conformance.hpp>
#include <latent/fit.hpp>

using latent::field;

struct Linkage {
  struct Parameters {
    double theta = 0.5;
    static constexpr auto fields() { return latent::fields(field("theta", &Parameters::theta, latent::unit_interval)); }
  };
  struct Statistics {
    double yes = 0, no = 0;  // expected animals in classes of probability theta/4, and of (1 - theta)/4
    static constexpr auto fields() {
      return latent::fields(field("yes", &Statistics::yes), field("no", &Statistics::no));
    }
  };
  using Observation = std::array<double, 4>;  // animals in each class

  double expectation(const Parameters& at, std::span<const Observation> families, Statistics& sums) const {
    const double first = 0.5 + at.theta / 4, other = (1 - at.theta) / 4, last = at.theta / 4;
    double log_likelihood = 0;
    for (const auto& [a, b, c, d] : families) {
      sums.yes += a * last / first + d;
      sums.no += b + c;
      log_likelihood += a * std::log(first) + (b + c) * std::log(other) + d * std::log(last);
    }
    return log_likelihood;
  }
  Parameters maximization(const Statistics& sums, const Parameters&) const { return {sums.yes / (sums.yes + sums.no)}; }
};
static_assert(latent::LatentModel<Linkage>);

int main() {
  const std::array<Linkage::Observation, 1> families{{{125, 18, 20, 34}}};
  const auto fitted = latent::fit(Linkage{}, families, {.tolerance = 1e-12, .stop = latent::StopRule::parameters});
  std::printf("theta = %.12f\n%s\n", fitted.parameters.theta, fitted.summary.brief_report().c_str());
  const double published = (15 + std::sqrt(15 * 15 + 4 * 197 * 68)) / 394;  // where the score is zero
  const bool agrees = std::abs(fitted.parameters.theta - published) < 1e-10;
  return agrees && latent::check_conformance(Linkage{}, families).passed() ? 0 : 1;
}
