#include <cmath>
#include <limits>
#include <vector>

#include <doctest/doctest.h>
#include <latent/components/categorical.hpp>
#include <latent/components/gaussian_diagonal.hpp>
#include <latent/expectation.hpp>
#include <latent/hmm/hidden_markov.hpp>
#include <oneapi/tbb/global_control.h>

#include "models/hmm/plain_hmm.hpp"
#include "support/tolerances.hpp"

namespace {

using latent::CategoricalBank;
using latent::Decoding;
using latent::DiagonalGaussians;
using latent::HiddenMarkovModel;
using latent::RowMajorMatrix;
using latent::Sequences;
using Symbols = HiddenMarkovModel<CategoricalBank>;
using Normals = HiddenMarkovModel<DiagonalGaussians>;

// Numbers in (0, 1) that look random and are the same everywhere.
class Numbers {
 public:
  explicit Numbers(unsigned seed) : state_(seed) {}
  double operator()() {
    state_ = state_ * 1664525u + 1013904223u;
    return (state_ / 4294967296.0) * 0.98 + 0.01;
  }

 private:
  unsigned state_;
};

Eigen::MatrixXd stochastic(std::size_t rows, std::size_t columns, Numbers& next) {
  Eigen::MatrixXd matrix(rows, columns);
  for (Eigen::Index i = 0; i < matrix.rows(); ++i) {
    for (Eigen::Index j = 0; j < matrix.cols(); ++j) matrix(i, j) = next();
    matrix.row(i) /= matrix.row(i).sum();
  }
  return matrix;
}

Symbols::Parameters symbol_parameters(std::size_t states, std::size_t symbols, Numbers& next) {
  return {stochastic(1, states, next).row(0).transpose(),
          stochastic(states, states, next),
          {stochastic(states, symbols, next)}};
}

template <class Parameters>
plain::Chain chain_of(const Parameters& parameters) {
  plain::Chain chain;
  const Eigen::Index states = parameters.initial.size();
  for (Eigen::Index i = 0; i < states; ++i) {
    chain.initial.push_back(parameters.initial[i]);
    plain::Row row;
    for (Eigen::Index j = 0; j < states; ++j) row.push_back(parameters.transitions(i, j));
    chain.transitions.push_back(row);
  }
  return chain;
}

plain::Table log_b(const Symbols::Parameters& parameters, const RowMajorMatrix& rows) {
  plain::Table table;
  for (Eigen::Index t = 0; t < rows.rows(); ++t) {
    plain::Row row;
    for (Eigen::Index k = 0; k < parameters.initial.size(); ++k) {
      row.push_back(std::log(parameters.emissions.probabilities(k, static_cast<Eigen::Index>(rows(t, 0)))));
    }
    table.push_back(row);
  }
  return table;
}

plain::Table log_b(const Normals::Parameters& parameters, const RowMajorMatrix& rows) {
  plain::Table table;
  for (Eigen::Index t = 0; t < rows.rows(); ++t) {
    plain::Row row;
    for (Eigen::Index k = 0; k < parameters.initial.size(); ++k) {
      double sum = 0;
      for (Eigen::Index j = 0; j < rows.cols(); ++j) {
        if (std::isnan(rows(t, j))) continue;
        const double variance = parameters.emissions.variances(k, j), d = rows(t, j) - parameters.emissions.means(k, j);
        sum -= 0.5 * (std::log(2 * M_PI * variance) + d * d / variance);
      }
      row.push_back(sum);
    }
    table.push_back(row);
  }
  return table;
}

RowMajorMatrix symbol_rows(std::size_t length, std::size_t symbols, Numbers& next) {
  RowMajorMatrix rows(length, 1);
  for (Eigen::Index t = 0; t < rows.rows(); ++t) rows(t, 0) = std::floor(next() * static_cast<double>(symbols));
  return rows;
}

template <class Model>
latent::Expectation<Model> expected_by(const Model& model, const typename Model::Parameters& at,
                                       const Sequences& data) {
  return latent::expect(model, at, latent::Sample<Sequences>(data));
}

void check_chain(const Eigen::VectorXd& initial, const Eigen::MatrixXd& transitions, const plain::Expected& expected,
                 double relative) {
  for (Eigen::Index i = 0; i < initial.size(); ++i) {
    const auto row = static_cast<std::size_t>(i);
    CHECK(initial[i] == near(expected.gamma[0][row], relative));
    for (Eigen::Index j = 0; j < initial.size(); ++j) {
      CHECK(transitions(i, j) == near(expected.transitions[row][static_cast<std::size_t>(j)], relative));
    }
  }
}

Normals::Parameters normal_parameters(std::size_t states, std::size_t columns, Numbers& next) {
  Normals::Parameters at{stochastic(1, states, next).row(0).transpose(), stochastic(states, states, next), {}};
  at.emissions.means = 6 * stochastic(states, columns, next);
  at.emissions.variances = stochastic(states, columns, next);
  return at;
}

RowMajorMatrix normal_rows(std::size_t length, std::size_t columns, Numbers& next) {
  RowMajorMatrix rows(length, columns);
  for (Eigen::Index t = 0; t < rows.rows(); ++t) {
    for (Eigen::Index j = 0; j < rows.cols(); ++j) rows(t, j) = 6 * next();
  }
  return rows;
}

}  // namespace

TEST_SUITE("models/hmm/oracle") {
  TEST_CASE("hmm: likelihood, posteriors and Viterbi are those of all S^T paths") {
    for (const std::size_t states : {1, 2, 3, 4, 5}) {
      for (const std::size_t length : {1, 2, 6}) {
        CAPTURE(states);
        CAPTURE(length);
        Numbers next(static_cast<unsigned>(states * 100 + length));
        const Symbols model{.states = states, .bank = {.symbols = 3}};
        const auto at = symbol_parameters(states, 3, next);
        const RowMajorMatrix rows = symbol_rows(length, 3, next);
        const plain::Expected exact = plain::by_all_paths(chain_of(at), log_b(at, rows));
        const auto found = expected_by(model, at, rows);
        CHECK(found.log_likelihood == near(exact.log_likelihood, tolerance::round_trip));
        check_chain(found.statistics.initial, found.statistics.transitions, exact, tolerance::round_trip);

        const auto prepared = model.prepare(at);
        const latent::Decoded posterior = model.decode(prepared, rows, 0, Decoding::posterior);
        for (Eigen::Index t = 0; t < rows.rows(); ++t) {
          for (std::size_t i = 0; i < states; ++i) {
            CHECK(posterior.probabilities(t, static_cast<Eigen::Index>(i)) ==
                  near(exact.gamma[static_cast<std::size_t>(t)][i], tolerance::round_trip));
          }
        }
        double best = 0;
        const std::vector<std::size_t> path = plain::best_of_all_paths(chain_of(at), log_b(at, rows), best);
        const latent::Decoded decoded = model.decode(prepared, rows, 0, Decoding::viterbi);
        CHECK(decoded.states == path);
        CHECK(decoded.log_likelihood == near(best, tolerance::round_trip));
      }
    }
  }

  TEST_CASE("hmm: sequences of unequal length agree with a recursion in logarithms, for every number of states") {
    for (const std::size_t states : {1, 2, 3, 4, 5, 8, 9, 17, 33, 70}) {
      CAPTURE(states);
      Numbers next(static_cast<unsigned>(states));
      const Normals model{.states = states};
      const auto at = normal_parameters(states, 2, next);
      const RowMajorMatrix rows = normal_rows(301, 2, next);
      const std::vector<std::size_t> begins{0, 1, 4, 54, 204, 206};
      const Sequences data(rows, begins);
      const auto found = expected_by(model, at, data);
      double log_likelihood = 0;
      plain::Expected sum{0, {plain::Row(states, 0.0)}, plain::Table(states, plain::Row(states, 0.0))};
      Eigen::VectorXd counts = Eigen::VectorXd::Zero(static_cast<Eigen::Index>(states));
      for (std::size_t i = 0; i < data.size(); ++i) {
        const RowMajorMatrix own =
            rows.middleRows(static_cast<Eigen::Index>(data.begin(i)), static_cast<Eigen::Index>(data.length(i)));
        const plain::Expected exact = plain::by_log_recursion(chain_of(at), log_b(at, own));
        log_likelihood += exact.log_likelihood;
        for (std::size_t a = 0; a < states; ++a) {
          sum.gamma[0][a] += exact.gamma[0][a];
          for (std::size_t b = 0; b < states; ++b) sum.transitions[a][b] += exact.transitions[a][b];
          for (const plain::Row& row : exact.gamma) counts[static_cast<Eigen::Index>(a)] += row[a];
        }
      }
      CHECK(found.log_likelihood == near(log_likelihood, tolerance::round_trip));
      check_chain(found.statistics.initial, found.statistics.transitions, sum, tolerance::optimum);
      CHECK((found.statistics.emissions.counts - counts).norm() < 1e-9);
    }
  }

  TEST_CASE("hmm: forward and backward agree on the likelihood at every step") {
    // Otherwise gamma, alpha times beta, would not add up to one.
    Numbers next(7);
    const Symbols model{.states = 6, .bank = {.symbols = 4}};
    const auto at = symbol_parameters(6, 4, next);
    const RowMajorMatrix rows = symbol_rows(20000, 4, next);
    const latent::Decoded decoded = model.decode(model.prepare(at), rows, 0, Decoding::posterior);
    CHECK((decoded.probabilities.rowwise().sum().array() - 1).abs().maxCoeff() < 1e-11);
  }

  TEST_CASE("hmm: a million steps are finite and right") {
    // Two states that emit the same: the chain does not matter, and the likelihood is a product.
    Symbols model{.states = 3, .bank = {.symbols = 2}};
    Numbers next(3);
    auto at = symbol_parameters(3, 2, next);
    for (Eigen::Index k = 0; k < 3; ++k) at.emissions.probabilities.row(k) << 0.25, 0.75;
    RowMajorMatrix rows(1000000, 1);
    double ones = 0;
    for (Eigen::Index t = 0; t < rows.rows(); ++t) ones += rows(t, 0) = next() < 0.3 ? 1 : 0;
    const double exact = ones * std::log(0.75) + (1e6 - ones) * std::log(0.25);
    const auto found = expected_by(model, at, rows);
    CHECK(found.log_likelihood == near(exact, tolerance::round_trip));
    CHECK(found.statistics.transitions.sum() == near(999999, tolerance::optimum));

    model.memory = 1 << 20;  // and in stretches
    const auto stretched = expected_by(model, at, rows);
    CHECK(stretched.log_likelihood == near(exact, tolerance::round_trip));
    CHECK((stretched.statistics.transitions - found.statistics.transitions).norm() < 1e-4);
  }

  TEST_CASE("hmm: stretches of a long sequence give what the whole gives") {
    for (const std::size_t states : {2, 7}) {
      Numbers next(11);
      Normals model{.states = states};
      const auto at = normal_parameters(states, 2, next);
      const RowMajorMatrix rows = normal_rows(3000, 2, next);
      const auto whole = expected_by(model, at, rows);
      model.memory = 1;
      const auto stretched = expected_by(model, at, rows);
      CHECK(stretched.log_likelihood == near(whole.log_likelihood, tolerance::rounding));
      CHECK((stretched.statistics.transitions - whole.statistics.transitions).norm() < 1e-9);
      CHECK((stretched.statistics.emissions.counts - whole.statistics.emissions.counts).norm() < 1e-9);
      CHECK((stretched.statistics.emissions.sums - whole.statistics.emissions.sums).norm() < 1e-9);
    }
  }

  TEST_CASE("hmm: a long sequence taken from both ends gives what one direction gives, on any number of threads") {
    for (const std::size_t states : {1, 3, 9}) {
      Numbers next(21);
      Normals model{.states = states};
      const auto at = normal_parameters(states, 2, next);
      RowMajorMatrix rows = normal_rows(Normals::worth_two_threads + 7, 2, next);
      rows(5, 0) = rows(4000, 1) = std::numeric_limits<double>::quiet_NaN();
      const auto halves = expected_by(model, at, rows);
      for (const std::size_t threads : {1, 2, 3, 8}) {
        const tbb::global_control limit(tbb::global_control::max_allowed_parallelism, threads);
        const auto again = expected_by(model, at, rows);
        CHECK(again.log_likelihood == halves.log_likelihood);
        CHECK(again.statistics.transitions == halves.statistics.transitions);
      }
      model.memory = 1;  // in stretches instead
      const auto one = expected_by(model, at, rows);
      CHECK(halves.log_likelihood == near(one.log_likelihood, tolerance::round_trip));
      CHECK((halves.statistics.initial - one.statistics.initial).norm() < 1e-11);
      CHECK((halves.statistics.transitions - one.statistics.transitions).norm() < 1e-8);
      CHECK((halves.statistics.emissions.counts - one.statistics.emissions.counts).norm() < 1e-8);
      CHECK((halves.statistics.emissions.sums - one.statistics.emissions.sums).norm() < 1e-8);
      CHECK((halves.statistics.emissions.squares - one.statistics.emissions.squares).norm() < 1e-8);
    }
  }

  TEST_CASE("hmm: rows that no state expects, and paths that underflow, are right all the same") {
    // A left-right chain: the first rows are far more probable in the second state, from which there is no way back;
    // the last ones can come from the first state alone. Its probability underflows before it is needed.
    Normals model{.states = 2};
    Normals::Parameters at{Eigen::Vector2d(0.5, 0.5), Eigen::MatrixXd(2, 2), {}};
    at.transitions << 0.9, 0.1, 0, 1;
    at.emissions.means = Eigen::MatrixXd(2, 1);
    at.emissions.means << 0, 40;
    at.emissions.variances = Eigen::MatrixXd::Ones(2, 1);
    RowMajorMatrix rows(20, 1);
    rows.topRows(10).setConstant(40);
    rows.bottomRows(10).setConstant(-60);
    for (const std::size_t memory : {std::size_t{1} << 28, std::size_t{1}}) {
      model.memory = memory;
      const plain::Expected exact = plain::by_log_recursion(chain_of(at), log_b(at, rows));
      const auto found = expected_by(model, at, rows);
      CHECK(found.log_likelihood == near(exact.log_likelihood, tolerance::round_trip));
      check_chain(found.statistics.initial, found.statistics.transitions, exact, tolerance::optimum);
    }
    RowMajorMatrix far = RowMajorMatrix::Constant(5, 1, 1e8);
    CHECK(expected_by(model, at, far).log_likelihood ==
          near(plain::by_log_recursion(chain_of(at), log_b(at, far)).log_likelihood, tolerance::round_trip));
  }

  TEST_CASE("hmm: missing cells are integrated out, and a row without cells leaves the chain running") {
    constexpr double missing = std::numeric_limits<double>::quiet_NaN();
    Numbers next(5);
    const Normals model{.states = 3};
    const auto at = normal_parameters(3, 2, next);
    RowMajorMatrix rows = normal_rows(40, 2, next);
    rows(3, 0) = rows(7, 1) = rows(8, 1) = rows(20, 0) = rows(20, 1) = rows(39, 0) = missing;
    const plain::Expected exact = plain::by_log_recursion(chain_of(at), log_b(at, rows));
    const auto found = expected_by(model, at, rows);
    CHECK(found.log_likelihood == near(exact.log_likelihood, tolerance::round_trip));
    check_chain(found.statistics.initial, found.statistics.transitions, exact, tolerance::optimum);
  }

  TEST_CASE("hmm: a known state leaves no other") {
    Numbers next(6);
    const Symbols model{.states = 3, .bank = {.symbols = 4}};
    const auto at = symbol_parameters(3, 4, next);
    const RowMajorMatrix rows = symbol_rows(8, 4, next);
    std::vector<std::int32_t> known(8, Sequences::unknown);
    known[2] = 1;
    known[5] = 0;
    plain::Table logs = log_b(at, rows);
    for (std::size_t k = 0; k < 3; ++k) {
      if (k != 1) logs[2][k] = -std::numeric_limits<double>::infinity();
      if (k != 0) logs[5][k] = -std::numeric_limits<double>::infinity();
    }
    const std::vector<std::size_t> begins{0};
    const Sequences data(rows, begins, known);
    const plain::Expected exact = plain::by_all_paths(chain_of(at), logs);
    const auto found = expected_by(model, at, data);
    CHECK(found.log_likelihood == near(exact.log_likelihood, tolerance::round_trip));
    check_chain(found.statistics.initial, found.statistics.transitions, exact, tolerance::round_trip);
    CHECK(model.decode(model.prepare(at), data, 0, Decoding::viterbi).states[2] == 1);
  }

  TEST_CASE("hmm: filtered probabilities know the rows so far, forecasts go on from the last") {
    Numbers next(8);
    const Symbols model{.states = 3, .bank = {.symbols = 3}};
    const auto at = symbol_parameters(3, 3, next);
    const RowMajorMatrix rows = symbol_rows(6, 3, next);
    const auto prepared = model.prepare(at);
    const latent::Decoded filtered = model.decode(prepared, rows, 0, Decoding::filtered);
    for (Eigen::Index t = 0; t < 6; ++t) {
      const RowMajorMatrix so_far = rows.topRows(t + 1);
      const plain::Expected exact = plain::by_all_paths(chain_of(at), log_b(at, so_far));
      for (std::size_t i = 0; i < 3; ++i) {
        CHECK(filtered.probabilities(t, static_cast<Eigen::Index>(i)) ==
              near(exact.gamma.back()[i], tolerance::round_trip));
      }
    }
    const latent::Forecast forecast = model.forecast(prepared, rows, 0, 2);
    const Eigen::RowVectorXd last = filtered.probabilities.row(5);
    CHECK((forecast.probabilities.row(0) - last * at.transitions).norm() < 1e-14);
    CHECK((forecast.probabilities.row(1) - last * at.transitions * at.transitions).norm() < 1e-14);
  }

  TEST_CASE("hmm: sequences count by their weights, and any number of threads gives the same bits") {
    Numbers next(9);
    const Normals model{.states = 4};
    const auto at = normal_parameters(4, 2, next);
    const RowMajorMatrix rows = normal_rows(700, 2, next);
    std::vector<std::size_t> begins;
    for (std::size_t i = 0; i < 70; ++i) begins.push_back(10 * i);
    std::vector<double> weights(70, 1);
    weights[3] = 3;
    weights[8] = 0;
    std::vector<std::size_t> repeated;
    for (std::size_t i = 0; i < 70; ++i) {
      for (double n = 0; n < weights[i]; ++n) repeated.push_back(i);
    }
    const Sequences data(rows, begins);
    const latent::OwnedSequences copies = take(data, repeated);
    const latent::Sample<Sequences> weighted(data, weights);
    const auto found = latent::expect(model, at, weighted);
    const auto other = expected_by(model, at, copies);
    CHECK(found.log_likelihood == near(other.log_likelihood, tolerance::round_trip));
    CHECK((found.statistics.transitions - other.statistics.transitions).norm() < 1e-9);
    CHECK(weighted.total_weight() == 710);
    for (const std::size_t threads : {1, 2, 3, 8}) {
      const tbb::global_control limit(tbb::global_control::max_allowed_parallelism, threads);
      const auto again = latent::expect(model, at, weighted);
      CHECK(again.log_likelihood == found.log_likelihood);
      CHECK(again.statistics.transitions == found.statistics.transitions);
      CHECK(again.statistics.emissions.sums == found.statistics.emissions.sums);
    }
  }

  TEST_CASE("hmm: an impossible sequence is named with its step") {
    const Symbols model{.states = 2, .bank = {.symbols = 3}};
    Symbols::Parameters at{Eigen::Vector2d(1, 0), Eigen::MatrixXd(2, 2), {Eigen::MatrixXd(2, 3)}};
    at.transitions << 0.5, 0.5, 0, 1;
    at.emissions.probabilities << 0.5, 0.5, 0, 0, 0.5, 0.5;
    const RowMajorMatrix rows{{0}, {1}, {0}, {2}, {0}};
    const std::vector<std::size_t> begins{0, 2};
    CHECK_THROWS_WITH_AS(expected_by(model, at, Sequences(rows, begins)),
                         "sequence 2, step 3 is impossible under the model: no state that can be there has a density "
                         "above zero",
                         latent::ModelError);
  }
}
