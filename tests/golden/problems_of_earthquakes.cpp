#include <cmath>

#include <Eigen/LU>
#include <latent/components/poisson.hpp>
#include <latent/hmm/hidden_markov.hpp>
#include <latent/table.hpp>

#include "golden/problem.hpp"

namespace golden {
namespace {

using Counts = latent::HiddenMarkovModel<latent::PoissonBank>;

// Earthquakes of magnitude 7 or more in each year from 1900 to 2006, the chain of whose states has a free or its
// stationary initial distribution. Zucchini & MacDonald (2009), Hidden Markov Models for Time Series, section 4.3.
const latent::RowMajorMatrix& earthquakes() {
  static const latent::RowMajorMatrix counts = [] {
    const latent::Table table = latent::read_table(LATENT_SOURCE_DIR "/examples/data/earthquakes.csv");
    return latent::RowMajorMatrix(std::get<latent::RowMajorMatrix>(table.values).col(1));
  }();
  return counts;
}

// at: initial probabilities, transitions row by row (the last of each row implied), means. Without scaling: 107 years
// are few enough.
double earthquake_formula(const Vector& at, Eigen::Index states, bool stationary) {
  Vector initial = at.head(states);
  Eigen::MatrixXd transitions(states, states);
  for (Eigen::Index i = 0; i < states; ++i) {
    transitions.row(i) = at.segment(states * (i + 1), states).transpose();
    transitions(i, states - 1) = 1 - transitions.row(i).head(states - 1).sum();
  }
  initial[states - 1] = 1 - initial.head(states - 1).sum();
  const Vector means = at.tail(states);
  if (stationary) {  // pi (I - A + 1) = 1
    const Eigen::MatrixXd system =
        Eigen::MatrixXd::Identity(states, states) - transitions + Eigen::MatrixXd::Ones(states, states);
    initial = system.transpose().partialPivLu().solve(Vector::Ones(states));
  }
  if (!probabilities(initial) || !probabilities(transitions.reshaped()) || !(means.minCoeff() > 0)) {
    return std::nan("");
  }
  Vector forward = initial;
  for (Eigen::Index year = 0; year < earthquakes().rows(); ++year) {
    if (year > 0) forward = (transitions.transpose() * forward).eval();
    const double count = earthquakes()(year, 0);
    forward.array() *= (count * means.array().log() - means.array() - std::lgamma(count + 1)).exp();
  }
  return std::log(forward.sum());
}

Problem earthquake_problem(const std::string& name, std::size_t states, latent::InitialState initial,
                           double log_likelihood) {
  const Counts model{.states = states, .chain = {.initial = initial}};
  const auto size = static_cast<Eigen::Index>(states);
  Counts::Parameters start;
  start.initial = Vector::Constant(size, 1 / static_cast<double>(states));
  start.transitions = Eigen::MatrixXd::Constant(size, size, 0.2 / static_cast<double>(states - 1));
  start.transitions.diagonal().setConstant(0.8);
  start.emissions.rates = Vector::LinSpaced(size, 12, 30);
  const auto admitted = [=](Counts::Parameters parameters) {
    if (initial == latent::InitialState::stationary) {
      parameters.initial = latent::stationary_distribution(parameters.transitions);
    }
    return parameters;
  };
  return with_fits(
      {.name = name,
       .log_likelihood = log_likelihood,
       .tolerance = 1e-6,
       .parameters = {},
       .isolated = false,
       .formula =
           [=](const Vector& at) { return earthquake_formula(at, size, initial == latent::InitialState::stationary); },
       .starts = 30},
      model, latent::Sequences(earthquakes()), admitted(start),
      [=](latent::Random& random) { return admitted(scattered(start, random, 0.7)); });
}

}  // namespace

std::vector<Problem> problems_of_earthquakes() {
  using enum latent::InitialState;
  // Few starts of the stationary chain: from some others its M-step does not end (2 states: seed 38).
  Problem two = earthquake_problem("earthquakes, 2 states", 2, stationary, -342.318267);
  Problem three = earthquake_problem("earthquakes, 3 states", 3, stationary, -329.460277);
  three.starts = 10;
  return {two, earthquake_problem("earthquakes, 2 states, free start", 2, free, -341.878701), three,
          earthquake_problem("earthquakes, 3 states, free start", 3, free, -328.527483)};
}

}  // namespace golden
