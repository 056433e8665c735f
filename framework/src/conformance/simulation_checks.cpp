#include <algorithm>
#include <cmath>

#include <latent/error.hpp>
#include <latent/random.hpp>
#include <latent/text.hpp>

#include "context.hpp"

namespace latent::conformance {
namespace {

// Log-likelihoods of data sets simulated at a point, as functions of the parameters.
struct Simulations {
  const Context& context;
  Held truth;
  std::vector<Held> data;

  Eigen::VectorXd each(const Eigen::VectorXd& point) const {
    const Held at = context.subject.from(point, Coordinates::stabilized, truth);
    Eigen::VectorXd found(static_cast<Eigen::Index>(data.size()));
    for (std::size_t i = 0; i < data.size(); ++i)
      found[static_cast<Eigen::Index>(i)] = context.subject.log_likelihood_of(data[i], at);
    return found;
  }
};

}  // namespace

// At the parameters that data were drawn with, their score has mean zero (Cox & Hinkley 1974, section 4.8): a test of
// the log-likelihood's normalisation and of the simulator against each other, which no order of components upsets.
ConformanceCheck check_simulation(const Context& context) {
  if (!context.can.simulates) return skipped("the model has neither draw(parameters, random) nor sample");
  if (!context.can.fields) return skipped("Parameters have no fields(), so there are no coordinates to look along");
  Random random = random_stream(context.options.seed, ~std::uint64_t{6});
  // A point a few steps from a start: near the data, and hardly ever at an edge.
  const Point& point = context.points.size() > 1 ? context.points[1] : context.points.front();
  Simulations simulated{context, point.at, {}};
  for (std::size_t i = 0; i < context.options.simulations; ++i)
    simulated.data.push_back(context.subject.simulate(point.at, context.options.simulated_observations, random));
  const Eigen::VectorXd here = context.subject.vector(point.at, Coordinates::stabilized);
  const std::vector<CoordinateInfo> names = context.subject.coordinates(point.at);
  const double middle = simulated.each(here).sum();
  const auto count = static_cast<double>(simulated.data.size());
  const double observations = count * static_cast<double>(context.options.simulated_observations);
  if (!std::isfinite(middle)) {
    return failed("at " + point.name + " the log-likelihood of data that the model simulates itself is " +
                  number(middle) + ": draw or sample makes what the E-step holds to be impossible");
  }
  const Function sum = guarded([&](const Eigen::VectorXd& at) { return simulated.each(at).sum(); });
  double largest = 0;
  std::size_t looked_at = 0;
  for (const Eigen::Index i : coordinates_to_try(context, point.at, false)) {
    const Slope slope = slope_along(sum, here, i, middle, observations);
    if (!slope.known) continue;
    Eigen::VectorXd ahead = here, behind = here;
    ahead[i] += slope.step;
    behind[i] -= slope.step;
    const Eigen::VectorXd scores = (simulated.each(ahead) - simulated.each(behind)) / (2 * slope.step);
    const double mean = scores.mean();
    const double variance = (scores.array() - mean).square().sum() / (count - 1);
    // By their own spread, and by the curvature, which is the variance of the score (the information); both, because
    // where an event is rare, one of them may be far too small by chance.
    const double by_spread = std::abs(mean) / std::sqrt(std::max(variance / count, 1e-300));
    const double deviations = std::min(by_spread, std::abs(slope.score));
    ++looked_at;
    largest = std::max(largest, deviations);
    // P(|t| > 6) with 63 degrees of freedom is 1e-7.
    if (deviations <= 6) continue;
    return failed("at " + point.name + " data drawn by the model have a score along `" +
                  names[static_cast<std::size_t>(i)].name + "` that is " + rounded(deviations, 3) +
                  " standard deviations from 0, its mean at the true parameters (" +
                  count_of(simulated.data.size(), "data set") +
                  "). Either the simulator draws from something else (a "
                  "variance for a standard deviation, a rate for a mean), or what the E-step returns is not the "
                  "logarithm of a normalised density: a factor with parameters is missing, or it is the complete-data "
                  "log-likelihood");
  }
  if (looked_at == 0) return skipped("the log-likelihood of simulated data has no derivative at the point tried");
  return passed("largest mean score of simulated data " + rounded(largest, 2) + " standard deviations from 0 along " +
                count_of(looked_at, "coordinate"));
}

}  // namespace latent::conformance
