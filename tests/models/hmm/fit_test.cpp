#include <cmath>
#include <vector>

#include <doctest/doctest.h>
#include <latent/components/categorical.hpp>
#include <latent/components/gaussian_diagonal.hpp>
#include <latent/components/poisson.hpp>
#include <latent/fit.hpp>
#include <latent/hmm/hidden_markov.hpp>
#include <latent/json_form.hpp>

#include "support/tolerances.hpp"

namespace {

using latent::CategoricalBank;
using latent::HiddenMarkovModel;
using latent::PoissonBank;
using latent::RowMajorMatrix;
using latent::Sequences;
using latent::Verdict;
using Counts = HiddenMarkovModel<PoissonBank>;
using Symbols = HiddenMarkovModel<CategoricalBank>;

// Earthquakes of magnitude 7 or more, 1900 to 2006 (Zucchini & MacDonald 2009, table 1.1).
const RowMajorMatrix& earthquakes() {
  static const RowMajorMatrix rows = [] {
    const std::vector<double> counts{
        13, 14, 8,  10, 16, 26, 32, 27, 18, 32, 36, 24, 22, 23, 22, 18, 25, 21, 21, 14, 8,  11, 14, 23, 18, 17, 19,
        20, 22, 19, 13, 26, 13, 14, 22, 24, 21, 22, 26, 21, 23, 24, 27, 41, 31, 27, 35, 26, 28, 36, 39, 21, 17, 22,
        17, 19, 15, 34, 10, 15, 22, 18, 15, 20, 15, 22, 19, 16, 30, 27, 29, 23, 20, 16, 21, 21, 25, 16, 18, 15, 18,
        14, 10, 15, 8,  15, 6,  11, 8,  7,  18, 16, 13, 12, 13, 20, 15, 16, 12, 18, 15, 16, 13, 15, 16, 11, 11};
    return RowMajorMatrix(Eigen::Map<const Eigen::VectorXd>(counts.data(), static_cast<Eigen::Index>(counts.size())));
  }();
  return rows;
}

latent::FitOptions thorough(std::size_t seed = 1) {
  latent::FitOptions options;
  options.starts = 20;
  options.tolerance = 1e-13;
  options.seed = seed;
  return options;
}

}  // namespace

TEST_SUITE("models/hmm/fit") {
  TEST_CASE("hmm: earthquakes reach the published optima, with a free and with a stationary start") {
    // -log L, Zucchini & MacDonald 2009, section 4.3 and table 3.1, to more digits.
    struct Case {
      std::size_t states;
      latent::InitialState initial;
      double optimum;
    };
    for (const Case& each : {Case{2, latent::InitialState::free, -341.878701},
                             {3, latent::InitialState::free, -328.527483},
                             {2, latent::InitialState::stationary, -342.318267},
                             {3, latent::InitialState::stationary, -329.460277}}) {
      CAPTURE(each.states);
      const Counts model{.states = each.states, .chain = {.initial = each.initial}};
      const auto fitted = latent::fit(model, earthquakes(), thorough());
      CHECK(fitted.summary.verdict == Verdict::converged);
      CHECK(std::abs(fitted.summary.log_likelihood - each.optimum) < 1e-6);
      if (each.states == 2 && each.initial == latent::InitialState::free) {
        CHECK(fitted.parameters.emissions.rates.minCoeff() == near(15.4208, 1e-5));
        CHECK(fitted.parameters.emissions.rates.maxCoeff() == near(26.0182, 1e-5));
      }
      if (each.initial == latent::InitialState::stationary) {
        const Eigen::RowVectorXd pi = fitted.parameters.initial.transpose();
        CHECK((pi * fitted.parameters.transitions - pi).norm() < 1e-12);
      }
    }
  }

  TEST_CASE("hmm: what is fixed and what is zero does not change by a bit") {
    Counts model{.states = 3};
    model.topology = latent::topology("left-right");
    latent::Random random = latent::random_stream(4);
    const Counts::Parameters start = model.initialize(earthquakes(), random);
    const auto fitted = latent::fit(model, earthquakes(), start);
    CHECK(fitted.summary.verdict == Verdict::converged);
    CHECK(fitted.parameters.initial == Eigen::Vector3d(1, 0, 0));
    for (const auto& [i, j] : {std::pair{0, 2}, {1, 0}, {2, 0}, {2, 1}})
      CHECK(fitted.parameters.transitions(i, j) == 0);

    model.chain.fix_transitions = true;
    CHECK(latent::fit(model, earthquakes(), start).parameters.transitions == start.transitions);
    model.chain.fix_transitions = false;
    model.fix_emissions = true;
    CHECK(latent::fit(model, earthquakes(), start).parameters.emissions.rates == start.emissions.rates);
    model.fix_emissions = false;
    model.chain.fix_initial = true;
    CHECK(latent::fit(model, earthquakes(), start).parameters.initial == start.initial);
    CHECK(model.free_parameters(start) == 2 + 3);  // the last state stays
  }

  TEST_CASE("hmm: the objective with Dirichlet priors never falls, and the priors are felt") {
    Symbols model{.states = 2, .bank = {.symbols = 2, .concentration = 3}};
    model.chain = {.initial_prior = 2, .transition_prior = 4};
    RowMajorMatrix rows(60, 1);
    for (Eigen::Index t = 0; t < 60; ++t) rows(t, 0) = t % 7 < 3 ? 0 : 1;
    const std::vector<std::size_t> begins{0, 13, 30};
    const auto fitted = latent::fit(model, Sequences(rows, begins), thorough());
    CHECK(fitted.summary.verdict == Verdict::converged);
    for (std::size_t i = 1; i < fitted.trace.size(); ++i) CHECK(fitted.trace[i].change > -1e-9);
    CHECK(fitted.parameters.transitions.minCoeff() > 0.02);
    CHECK(fitted.summary.objective != fitted.summary.log_likelihood);

    // At a maximum a posteriori no free parameter moves the objective to first order.
    const auto objective = [&](const Symbols::Parameters& at) {
      return latent::log_likelihood(model, at, latent::Sample<Sequences>(Sequences(rows, begins))) +
             model.log_prior(at);
    };
    Symbols::Parameters moved = fitted.parameters;
    constexpr double step = 1e-5;
    moved.transitions(0, 0) += step;
    moved.transitions(0, 1) -= step;
    const double up = objective(moved);
    moved.transitions(0, 0) -= 2 * step;
    moved.transitions(0, 1) += 2 * step;
    CHECK(std::abs(up - objective(moved)) / (2 * step) < 1e-3);
  }

  TEST_CASE("hmm: the stationary M-step raises what it is to raise, to where it is flat") {
    const Eigen::MatrixXd moves{{5, 2, 1}, {1, 6, 0.5}, {0.25, 3, 4}};
    const Eigen::Vector3d starts(2, 0.5, 0.1);
    const latent::ChainOptions options{.initial = latent::InitialState::stationary};
    latent::ChainParameters current{{}, Eigen::MatrixXd::Constant(3, 3, 1.0 / 3)};
    current.initial = latent::stationary_distribution(current.transitions);
    const auto objective = [&](const Eigen::MatrixXd& at) {
      return (moves.array() * at.array().log()).sum() +
             (starts.array() * latent::stationary_distribution(at).array().log()).sum();
    };
    const latent::ChainParameters next = latent::maximize_chain(starts, moves, current, options);
    CHECK(objective(next.transitions) > objective(current.transitions));
    for (Eigen::Index i = 0; i < 3; ++i) {
      for (Eigen::Index j = 0; j < 2; ++j) {
        constexpr double step = 1e-5;
        Eigen::MatrixXd up = next.transitions, down = next.transitions;
        up(i, j) += step;
        up(i, 2) -= step;
        down(i, j) -= step;
        down(i, 2) += step;
        CHECK(std::abs(objective(up) - objective(down)) / (2 * step) < 1e-5);
      }
    }
  }

  TEST_CASE("hmm: known states lead the start, and the fit agrees with them") {
    std::vector<std::int32_t> known(107, Sequences::unknown);
    known[3] = 1;   // a quiet year: the second state is to be the quiet one
    known[43] = 0;  // a restless one
    const std::vector<std::size_t> begins{0};
    const Counts model{.states = 2};
    const auto fitted = latent::fit(model, Sequences(earthquakes(), begins, known));
    CHECK(fitted.summary.verdict == Verdict::converged);
    CHECK(fitted.parameters.emissions.rates(0, 0) > fitted.parameters.emissions.rates(1, 0));
  }

  TEST_CASE("hmm: the same seed and any number of threads give the same fit") {
    const Counts model{.states = 3};
    latent::FitOptions options;
    options.starts = 5;
    options.threads = 1;
    const auto one = latent::fit(model, earthquakes(), options);
    options.threads = 2;
    const auto two = latent::fit(model, earthquakes(), options);
    CHECK(one.parameters.transitions == two.parameters.transitions);
    CHECK(one.summary.log_likelihood == two.summary.log_likelihood);
  }

  TEST_CASE("hmm: parameters go to JSON and back") {
    const Counts model{.states = 2};
    latent::Random random = latent::random_stream(1);
    const Counts::Parameters at = model.initialize(earthquakes(), random);
    Counts::Parameters read = model.initialize(earthquakes(), random);
    latent::from_json(latent::to_json(at), read);
    CHECK(read.transitions == at.transitions);
    CHECK(read.emissions.rates == at.emissions.rates);
    CHECK(latent::to_json(at)["emissions"]["rates"].size() == 2);
  }

  TEST_CASE("hmm: a simulated sequence has the moments of the model") {
    const Counts model{.states = 2};
    Counts::Parameters at{Eigen::Vector2d(1, 0), Eigen::MatrixXd(2, 2), {Eigen::MatrixXd(2, 1)}};
    at.transitions << 0.75, 0.25, 0.5, 0.5;
    at.emissions.rates << 2, 20;
    latent::Random random = latent::random_stream(2);
    const auto drawn = model.sample(at, 1, 30000, random);
    CHECK(drawn.labels[0] == 0);
    CHECK(drawn.rows.mean() == near(2 * 2.0 / 3 + 20.0 / 3, 0.03));  // stationary: 2/3, 1/3
  }
}
