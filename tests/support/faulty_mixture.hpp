#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <span>
#include <vector>

#include <boost/random/normal_distribution.hpp>
#include <boost/random/uniform_01.hpp>
#include <boost/random/uniform_int_distribution.hpp>
#include <latent/latent_model.hpp>
#include <oneapi/tbb/task_arena.h>

// What an author may get wrong in a model; one at a time.
enum class Fault {
  none,
  statistics_not_reset,  // kept in the model between calls
  assigns,               // to the sums
  divides_by_block,      // a statistic
  mean_log_likelihood,   // of the block instead of the sum
  depends_on_order,      // on whether an observation comes early or late in the block
  count_forgets_weight,  // one statistic does
  likelihood_forgets_weight,
  depends_on_threads,
  shares_scratch_space,      // of the joint densities of the first component, up to 256 observations
  unlisted_statistic,        // that the M-step uses
  unlisted_parameter,        // that the E-step uses
  posterior_not_normalised,  // joint densities taken for probabilities
  posterior_of_half,         // normalised by twice what it should in one component
  variance_for_deviation,    // the M-step's result
  precision_for_deviation,
  complete_data_likelihood,
  half_way,          // the M-step goes half the way: it raises Q
  wrong_q,           // forgets the weights of the components
  wrong_constraint,  // may leave the range
  throws_in_expectation,
  draws_variance,               // the simulator takes variances for deviations
  likelihood_without_constant,  // log-likelihood lacks the deviations' factor, and the posterior too
};

// A mixture of two normal distributions on a line, by weight, means and standard deviations, with weights.
struct FaultyMixture {
  struct Parameters {
    double share = 0.5;  // of the first component
    std::array<double, 2> means{-1, 1}, deviations{1, 1};
    double unlisted = 1;  // not in fields()
    static constexpr auto fields() {
      return latent::fields(latent::field("share", &Parameters::share, latent::unit_interval),
                            latent::field("means", &Parameters::means),
                            latent::field("deviations", &Parameters::deviations, latent::positive));
    }
  };
  struct Statistics {
    std::array<double, 2> counts{}, sums{}, squares{};  // squares: about the means
    std::array<double, 2> unlisted{};                   // as sums, but not in fields()
    static constexpr auto fields() {
      return latent::fields(latent::field("counts", &Statistics::counts), latent::field("sums", &Statistics::sums),
                            latent::field("squares", &Statistics::squares));
    }
  };
  using Observation = double;

  Fault fault = Fault::none;
  double unit = 1;            // of the data: a start's standard deviation
  mutable Statistics kept{};  // as a careless author would
  mutable std::array<double, 256> scratch{};

  std::size_t grain() const { return 64; }
  Parameters initialize(std::span<const double> data, latent::Random& random) const {
    boost::random::uniform_int_distribution<std::size_t> any(0, data.size() - 1);
    const double a = data[any(random)];
    double b = data[any(random)];
    while (a == b) b = data[any(random)];
    return {0.4, {a, b}, {unit, 1.5 * unit}};
  }
  static double density(const Parameters& at, std::size_t k, double x, bool constant = true) {
    const double z = (x - at.means[k]) / at.deviations[k];
    return (k == 0 ? at.share : 1 - at.share) * at.unlisted * std::exp(-z * z / 2) /
           (constant ? std::sqrt(2 * std::numbers::pi) * at.deviations[k] : 1);
  }
  double expectation(const Parameters& at, std::span<const double> data, Statistics& into,
                     latent::Weights weights = {}) const {
    if (fault == Fault::throws_in_expectation) throw latent::ModelError("the model is out of order");
    Statistics sums = fault == Fault::statistics_not_reset ? kept : Statistics{};
    double log_likelihood = 0;
    for (std::size_t i = 0; fault == Fault::shares_scratch_space && i < data.size(); ++i) {
      scratch[i % scratch.size()] = density(at, 0, data[i]);
    }
    for (std::size_t i = 0; i < data.size(); ++i) {
      const double x = data[i], weight = weights.empty() ? 1 : weights[i];
      std::array<double, 2> joint{};
      for (std::size_t k = 0; k < 2; ++k) joint[k] = density(at, k, x, fault != Fault::likelihood_without_constant);
      if (fault == Fault::shares_scratch_space) joint[0] = scratch[i % scratch.size()];
      const double marginal = joint[0] + joint[1];
      double complete = 0;
      for (std::size_t k = 0; k < 2; ++k) {
        double responsibility = joint[k] / marginal;
        complete += responsibility * std::log(joint[k]);
        if (fault == Fault::posterior_not_normalised) responsibility = joint[k] * unit;
        if (fault == Fault::posterior_of_half && k == 1) responsibility /= 2;
        if (fault == Fault::depends_on_order) responsibility *= 1 + 0.1 * static_cast<double>(i % 2);
        sums.counts[k] += (fault == Fault::count_forgets_weight ? 1 : weight) * responsibility;
        sums.sums[k] += weight * responsibility * x;
        sums.unlisted[k] += weight * responsibility * x;
        sums.squares[k] += weight * responsibility * (x - at.means[k]) * (x - at.means[k]);
      }
      log_likelihood += (fault == Fault::likelihood_forgets_weight ? 1 : weight) *
                        (fault == Fault::complete_data_likelihood ? complete : std::log(marginal));
    }
    if (fault == Fault::statistics_not_reset) kept = sums;
    if (fault == Fault::depends_on_threads && tbb::this_task_arena::max_concurrency() == 1) sums.counts[0] += 1e-6;
    if (fault == Fault::assigns) into.squares = {0, 0};
    for (std::size_t k = 0; k < 2; ++k) {
      into.counts[k] += sums.counts[k];
      into.sums[k] += sums.sums[k];
      into.unlisted[k] += sums.unlisted[k];
      into.squares[k] += sums.squares[k] / (fault == Fault::divides_by_block ? static_cast<double>(data.size()) : 1);
    }
    return fault == Fault::mean_log_likelihood ? log_likelihood / static_cast<double>(data.size()) : log_likelihood;
  }
  Parameters maximization(const Statistics& sums, const Parameters& current) const {
    Parameters next = current;
    next.share = sums.counts[0] / (sums.counts[0] + sums.counts[1]);
    if (fault == Fault::unlisted_parameter) next.unlisted = 1 + next.share;
    for (std::size_t k = 0; k < 2; ++k) {
      next.means[k] = (fault == Fault::unlisted_statistic ? sums.unlisted : sums.sums)[k] / sums.counts[k];
      const double moved = next.means[k] - current.means[k];
      const double variance = sums.squares[k] / sums.counts[k] - moved * moved;
      if (!(variance > 1e-6 * unit * unit)) throw latent::ModelError("a component has collapsed");
      next.deviations[k] = std::sqrt(variance);
      if (fault == Fault::variance_for_deviation) next.deviations[k] = variance;
      if (fault == Fault::precision_for_deviation) next.deviations[k] = 1 / next.deviations[k];
      if (fault == Fault::half_way) {
        next.means[k] = current.means[k] + moved / 2;
        next.deviations[k] = std::sqrt(sums.squares[k] / sums.counts[k] - moved * moved + moved * moved / 4);
      }
    }
    if (fault == Fault::wrong_constraint) next.share = 1 + next.share;
    return next;
  }
};
static_assert(latent::LatentModel<FaultyMixture>);

// The same with Q and a simulator.
struct FaultyMixtureWithQ : FaultyMixture {
  double expected_log_likelihood(const Statistics& sums, const Parameters& at) const {
    double q = 0;
    for (std::size_t k = 0; k < 2; ++k) {
      // sum r (x - m)^2 from moments about zero, which is where this E-step takes them: Q must not need the means that
      // the E-step was made at.
      const double squares =
          sums.squares[k] - 2 * at.means[k] * sums.sums[k] + at.means[k] * at.means[k] * sums.counts[k];
      q -= sums.counts[k] * std::log(at.deviations[k]) + squares / (2 * at.deviations[k] * at.deviations[k]);
      if (fault != Fault::wrong_q) q += sums.counts[k] * std::log(k == 0 ? at.share : 1 - at.share);
    }
    return q;
  }
  double expectation(const Parameters& at, std::span<const double> data, Statistics& into,
                     latent::Weights weights = {}) const {
    Statistics own;
    const double log_likelihood = FaultyMixture::expectation(at, data, own, weights);
    for (std::size_t k = 0; k < 2; ++k) {
      into.counts[k] += own.counts[k];
      into.sums[k] += own.sums[k];
      into.squares[k] += own.squares[k] + 2 * at.means[k] * own.sums[k] - at.means[k] * at.means[k] * own.counts[k];
    }
    return log_likelihood;
  }
  Parameters maximization(const Statistics& sums, const Parameters& current) const {
    Statistics centred = sums;
    for (std::size_t k = 0; k < 2; ++k) {
      centred.squares[k] += -2 * current.means[k] * sums.sums[k] + current.means[k] * current.means[k] * sums.counts[k];
    }
    return FaultyMixture::maximization(centred, current);
  }
  Observation draw(const Parameters& at, latent::Random& random) const {
    const std::size_t k = boost::random::uniform_01<double>()(random) < at.share ? 0 : 1;
    const double deviation = fault == Fault::draws_variance ? at.deviations[k] * at.deviations[k] : at.deviations[k];
    return boost::random::normal_distribution<double>(at.means[k], deviation)(random);
  }
};
static_assert(latent::HasExpectedLogLikelihood<FaultyMixtureWithQ> && latent::Draws<FaultyMixtureWithQ>);

// The same, with an M-step that says that it only raises Q.
struct HalfWayMixture : FaultyMixtureWithQ {
  static constexpr bool generalized_maximization = true;
};

// Without fields() anywhere.
struct BareMixture {
  struct Parameters {
    FaultyMixture::Parameters held;
  };
  struct Statistics {
    FaultyMixture::Statistics held;
  };
  using Observation = double;
  FaultyMixture model;

  Parameters initialize(std::span<const double> data, latent::Random& random) const {
    return {model.initialize(data, random)};
  }
  double expectation(const Parameters& at, std::span<const double> data, Statistics& sums) const {
    return model.expectation(at.held, data, sums.held);
  }
  Parameters maximization(const Statistics& sums, const Parameters& current) const {
    return {model.maximization(sums.held, current.held)};
  }
};
