#pragma once

#include <array>
#include <atomic>
#include <cmath>
#include <cstddef>
#include <functional>
#include <memory>
#include <span>

#include <latent/latent_model.hpp>

#include "golden/poisson_mixture.hpp"

// The mixture of two Poisson distributions, with weights, a prepared form and a prior, in which a test can spoil or
// watch every step.
struct HookedMixture {
  using Parameters = golden::PoissonMixture::Parameters;
  using Statistics = golden::PoissonMixture::Statistics;
  using Observation = int;
  struct Prepared {
    Parameters parameters;
    std::array<double, 2> log_means;
  };
  struct Calls {
    std::atomic<std::size_t> prepare = 0, expectation = 0, maximization = 0;
  };

  // What the E-step returns, what the M-step returns, and the log-prior; the statistics are spoiled by forgets_weights.
  std::function<double(const Parameters&, double log_likelihood)> expected;
  std::function<Parameters(const Statistics&, const Parameters& current, Parameters maximum, latent::Notes)> maximized;
  std::function<double(const Parameters&)> prior;
  bool forgets_weights = false;
  std::shared_ptr<Calls> calls = std::make_shared<Calls>();

  Prepared prepare(const Parameters& at) const {
    ++calls->prepare;
    return {at, {std::log(at.means[0]), std::log(at.means[1])}};
  }
  double expectation(const Prepared& at, std::span<const int> counts, Statistics& sums,
                     latent::Weights weights = {}) const {
    ++calls->expectation;
    double log_likelihood = 0;
    for (std::size_t i = 0; i < counts.size(); ++i) {
      const double weight = weights.empty() ? 1 : weights[i];
      if (weight == 0) continue;
      const int x = counts[i];
      const auto density = [&](std::size_t k) {
        return std::exp(x * at.log_means[k] - at.parameters.means[k] - std::lgamma(x + 1.0));
      };
      const std::array joint{at.parameters.weight * density(0), (1 - at.parameters.weight) * density(1)};
      const double marginal = joint[0] + joint[1];
      for (std::size_t k = 0; k < 2; ++k) {
        const double responsibility = (forgets_weights ? 1 : weight) * joint[k] / marginal;
        sums.days[k] += responsibility;
        sums.deaths[k] += responsibility * x;
      }
      log_likelihood += weight * std::log(marginal);
    }
    return expected ? expected(at.parameters, log_likelihood) : log_likelihood;
  }
  Parameters maximization(const Statistics& sums, const Parameters& current, latent::Notes notes = {}) const {
    ++calls->maximization;
    const Parameters maximum = golden::PoissonMixture{}.maximization(sums, current);
    return maximized ? maximized(sums, current, maximum, notes) : maximum;
  }
  double log_prior(const Parameters& at) const { return prior ? prior(at) : 0; }
};
static_assert(latent::LatentModel<HookedMixture>);
