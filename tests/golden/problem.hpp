#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <optional>
#include <string>
#include <vector>

#include <Eigen/Core>
#include <boost/random/normal_distribution.hpp>
#include <latent/coordinates.hpp>
#include <latent/fit.hpp>

// Problems of the literature whose optimum is published, each a small model against the public interface.

namespace golden {

using Vector = Eigen::VectorXd;

struct Outcome {
  latent::Summary summary;
  latent::Trace trace;
  Vector parameters;  // natural coordinates
};

struct Problem {
  std::string name;
  double log_likelihood = 0, tolerance = 0;  // of the highest maximum known, to the digits published
  Vector parameters;                         // natural coordinates there, the first of them or none, as published
  double parameter_tolerance = 0;            // absolute
  // Whether the maximum is a point inside the parameter space, to which EM converges at a linear rate, settled by the
  // time that the objective stands still.
  bool isolated = true;
  std::optional<double> rate = {};  // of the parameters, as published
  // The log-likelihood, from the formula of the paper and not from the model; NaN or -infinity outside the parameter
  // space. The last number of a distribution is implied by the others and not read.
  std::function<double(const Vector&)> formula = {};

  // From a start that leads EM there, and from one drawn for a seed, which may lead elsewhere.
  std::function<Outcome(const latent::FitOptions&)> fit = {};
  std::function<Outcome(std::uint64_t, const latent::FitOptions&)> fit_from = {};
  std::size_t starts = 100;  // as many of the latter are worth the time
};

std::vector<Problem> problems_of_counts();
std::vector<Problem> problems_of_measurements();
std::vector<Problem> problems_of_classes();
std::vector<Problem> problems_of_earthquakes();

const std::vector<Problem>& problems();
const Problem& problem(const std::string& name);

inline constexpr latent::Acceleration accelerations[]{latent::Acceleration::none, latent::Acceleration::squarem,
                                                      latent::Acceleration::anderson, latent::Acceleration::acx,
                                                      latent::Acceleration::automatic};

inline Vector vector(std::initializer_list<double> values) {
  return Eigen::Map<const Vector>(values.begin(), static_cast<Eigen::Index>(values.size()));
}

inline bool probabilities(const Vector& all) { return all.minCoeff() >= 0 && all.maxCoeff() <= 1; }

template <class Model>
Outcome outcome_of(const Model& model, const latent::Sample<latent::DataOf<Model>>& sample,
                   const latent::FitOptions& options, const typename Model::Parameters& start) {
  const auto fitted = latent::fit(model, sample, start, options);
  return {fitted.summary, fitted.trace, latent::to_vector(fitted.parameters, latent::Coordinates::natural)};
}

// Parameters about others: each of the coordinates that run over R^m is moved by a normal deviate.
template <latent::HasFields Parameters>
Parameters scattered(const Parameters& about, latent::Random& random, double deviation = 1) {
  Vector at = latent::to_vector(about, latent::Coordinates::unconstrained);
  boost::random::normal_distribution<double> normal(0, deviation);
  for (double& coordinate : at) coordinate += normal(random);
  return latent::from_vector(at, latent::Coordinates::unconstrained, about);
}

// The problem with its fits: `start` leads EM to the maximum, draw(random) is another.
template <class Model, class Draw>
Problem with_fits(Problem problem, const Model& model, const latent::Sample<latent::DataOf<Model>>& sample,
                  const typename Model::Parameters& start, const Draw& draw) {
  problem.fit = [=](const latent::FitOptions& options) { return outcome_of(model, sample, options, start); };
  problem.fit_from = [=](std::uint64_t seed, const latent::FitOptions& options) {
    latent::Random random = latent::random_stream(seed);
    return outcome_of(model, sample, options, draw(random));
  };
  return problem;
}

template <class Model>
Problem with_fits(const Problem& problem, const Model& model, const latent::Sample<latent::DataOf<Model>>& sample,
                  const typename Model::Parameters& start, double deviation = 1) {
  return with_fits(problem, model, sample, start,
                   [=](latent::Random& random) { return scattered(start, random, deviation); });
}

}  // namespace golden
