#pragma once

#include <cmath>
#include <cstddef>
#include <numbers>
#include <span>
#include <vector>

#include <boost/random/uniform_int_distribution.hpp>
#include <latent/latent_model.hpp>

// A mixture of normal distributions on a line, held above a smallest variance, with random observations as start.
struct NormalMixture {
  struct Parameters {
    std::vector<double> weights, means, variances;
    static constexpr auto fields() {
      return latent::fields(latent::field("weights", &Parameters::weights, latent::simplex),
                            latent::field("means", &Parameters::means),
                            latent::field("variances", &Parameters::variances, latent::positive));
    }
  };
  struct Statistics {
    std::vector<double> counts, sums, squares;
    static constexpr auto fields() {
      return latent::fields(latent::field("counts", &Statistics::counts), latent::field("sums", &Statistics::sums),
                            latent::field("squares", &Statistics::squares));
    }
  };
  using Observation = double;

  std::size_t components = 2;
  double start_variance = 1;
  double smallest_variance = 1e-12;
  std::size_t observations_a_task = 512;

  std::size_t grain() const { return observations_a_task; }
  Statistics statistics(const Parameters&) const {
    const std::vector<double> zeros(components, 0);
    return {zeros, zeros, zeros};
  }
  Parameters initialize(std::span<const double> data, latent::Random& random, latent::Weights weights = {}) const {
    const std::vector<double> same(components, 1 / static_cast<double>(components));
    Parameters start{same, {}, std::vector<double>(components, start_variance)};
    boost::random::uniform_int_distribution<std::size_t> any(0, data.size() - 1);
    while (start.means.size() < components) {
      const std::size_t i = any(random);
      if (weights.empty() || weights[i] > 0) start.means.push_back(data[i]);
    }
    return start;
  }
  double expectation(const Parameters& at, std::span<const double> data, Statistics& sums) const {
    double log_likelihood = 0;
    std::vector<double> joint(components);
    for (const double x : data) {
      double marginal = 0;
      for (std::size_t k = 0; k < components; ++k) {
        const double z = (x - at.means[k]) * (x - at.means[k]) / at.variances[k];
        marginal += joint[k] = at.weights[k] * std::exp(-z / 2) / std::sqrt(2 * std::numbers::pi * at.variances[k]);
      }
      for (std::size_t k = 0; k < components; ++k) {
        const double responsibility = joint[k] / marginal;
        sums.counts[k] += responsibility;
        sums.sums[k] += responsibility * x;
        sums.squares[k] += responsibility * (x - at.means[k]) * (x - at.means[k]);
      }
      log_likelihood += std::log(marginal);
    }
    return log_likelihood;
  }
  Parameters maximization(const Statistics& sums, const Parameters& current, latent::Notes notes = {}) const {
    Parameters next = current;
    double total = 0;
    for (const double count : sums.counts) total += count;
    for (std::size_t k = 0; k < components; ++k) {
      next.weights[k] = sums.counts[k] / total;
      next.means[k] = sums.sums[k] / sums.counts[k];
      const double moved = next.means[k] - current.means[k];
      next.variances[k] = sums.squares[k] / sums.counts[k] - moved * moved;
      if (next.variances[k] > smallest_variance) continue;
      next.variances[k] = smallest_variance;
      notes.add({.kind = "collapsed",
                 .component = k,
                 .message = "its variance is at the smallest allowed",
                 .degenerate = true});
    }
    return next;
  }
};
static_assert(latent::LatentModel<NormalMixture>);
