// Maximum a posteriori: the linkage model of genetic_linkage.cpp for 20 animals, where what was known before matters.
//   classes  1/2 + t/4, (1 - t)/4, (1 - t)/4, t/4;   t ~ Beta(a, b)  adds (a - 1) ln t + (b - 1) ln(1 - t)
// A prior changes the M-step, and log_prior says so: the objective is then log-likelihood + log-prior. The E-step is
// the same.
// (Dempster, Laird & Rubin 1977, section 1; the counts of Tanner & Wong 1987, section 4.)
#include <array>
#include <cmath>
#include <cstdio>
#include <span>

#include <latent/conformance.hpp>
#include <latent/fit.hpp>

struct LinkageWithPrior {
  struct Parameters {
    double theta = 0.5;
    static constexpr auto fields() {
      return latent::fields(latent::field("theta", &Parameters::theta, latent::unit_interval));
    }
  };
  struct Statistics {
    double for_theta = 0, against = 0;  // expected animals in classes of probability theta/4, and of (1 - theta)/4
    static constexpr auto fields() {
      return latent::fields(latent::field("for_theta", &Statistics::for_theta),
                            latent::field("against", &Statistics::against));
    }
  };
  using Observation = std::array<double, 4>;  // animals in each class

  double a = 5, b = 5;  // of the prior: as if 4 more animals of each of the last kinds had been seen

  double expectation(const Parameters& at, std::span<const Observation> families, Statistics& sums) const {
    const double first = 0.5 + at.theta / 4, other = (1 - at.theta) / 4, last = at.theta / 4;
    double log_likelihood = 0;
    for (const auto& [n1, n2, n3, n4] : families) {
      sums.for_theta += n1 * last / first + n4;
      sums.against += n2 + n3;
      log_likelihood += n1 * std::log(first) + (n2 + n3) * std::log(other) + n4 * std::log(last);
    }
    return log_likelihood;
  }
  Parameters maximization(const Statistics& sums, const Parameters&) const {
    const double with = sums.for_theta + a - 1, without = sums.against + b - 1;
    return {with / (with + without)};
  }
  double log_prior(const Parameters& at) const {
    return (a - 1) * std::log(at.theta) + (b - 1) * std::log(1 - at.theta) + std::lgamma(a + b) - std::lgamma(a) -
           std::lgamma(b);
  }
  // Without the prior, of which the framework knows.
  double expected_log_likelihood(const Statistics& sums, const Parameters& at) const {
    return sums.for_theta * std::log(at.theta) + sums.against * std::log(1 - at.theta);
  }
};
static_assert(latent::LatentModel<LinkageWithPrior>);

// Where the slope of the objective is zero, n1/(2 + t) - against/(1 - t) + with/t = 0: a quadratic equation.
double mode(double n1, double against, double with) {
  const double linear = 2 * against + with - n1;
  return (-linear + std::sqrt(linear * linear + 8 * with * (n1 + against + with))) / (2 * (n1 + against + with));
}

int main() {
  const std::array<LinkageWithPrior::Observation, 1> families{{{14, 0, 1, 5}}};
  bool all_agree = true;
  for (const LinkageWithPrior model : {LinkageWithPrior{1, 1}, LinkageWithPrior{5, 5}}) {
    const auto fitted = latent::fit(model, families, {.tolerance = 1e-12, .stop = latent::StopRule::parameters});
    std::printf("Beta(%g, %g): theta = %.9f\n%s", model.a, model.b, fitted.parameters.theta,
                fitted.summary.full_report().c_str());
    const double published = mode(14, 1 + model.b - 1, 5 + model.a - 1);
    all_agree = all_agree && std::abs(fitted.parameters.theta - published) < 1e-10 &&
                latent::check_conformance(model, families).passed();
  }
  return all_agree ? 0 : 1;
}
