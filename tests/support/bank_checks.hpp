#pragma once

#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include <Eigen/Core>
#include <boost/random/uniform_real_distribution.hpp>
#include <doctest/doctest.h>
#include <latent/column_block.hpp>
#include <latent/components/component_bank.hpp>
#include <latent/components/mixture.hpp>
#include <latent/coordinates.hpp>
#include <latent/fit.hpp>
#include <latent/json_form.hpp>

#include "support/tolerances.hpp"

// What is true of every bank, whatever its densities: each check gets them from an oracle that shares no code.
namespace bank_checks {

using Index = Eigen::Index;
inline constexpr double standard_errors = 5;  // of a Monte Carlo mean: missed by chance once in two million
inline constexpr double impossible = -std::numeric_limits<double>::infinity();
inline constexpr double missing = std::numeric_limits<double>::quiet_NaN();

inline Eigen::MatrixXd random_weights(Index rows, Index components) {
  latent::Random random(5);
  boost::random::uniform_real_distribution<double> uniform(0, 1);
  return Eigen::MatrixXd::NullaryExpr(rows, components, [&](Index, Index) { return uniform(random); });
}

template <class Bank>
Eigen::MatrixXd log_densities(const Bank& bank, const typename Bank::Parameters& at,
                              const latent::RowMajorMatrix& rows) {
  const auto prepared = bank.prepare(at);
  latent::ColumnBlock block;
  block.gather(rows);
  latent::AlignedBuffer buffer;
  const Index components = prepared.log_constants.size(), padded = static_cast<Index>(block.padded_rows());
  latent::Columns out(buffer.reserve(static_cast<std::size_t>(padded * components)), padded, components);
  bank.log_densities(prepared, block, out);
  return out.topRows(rows.rows()).matrix();
}

template <class Bank>
typename Bank::Statistics sums(const Bank& bank, const typename Bank::Parameters& at,
                               const latent::RowMajorMatrix& rows, const Eigen::MatrixXd& weights) {
  const auto prepared = bank.prepare(at);
  latent::ColumnBlock block;
  block.gather(rows);
  latent::AlignedBuffer buffer;
  const Index components = weights.cols(), padded = static_cast<Index>(block.padded_rows());
  latent::Columns own(buffer.reserve(static_cast<std::size_t>(padded * components)), padded, components);
  own.setZero();
  own.topRows(rows.rows()) = weights.array();
  auto result = bank.statistics(prepared);
  bank.accumulate(prepared, block, {own.data(), padded, components}, result);
  return result;
}

// log_density(at, k, row): of the oracle, for the cells that are there.
template <class Bank, class Oracle>
void densities_are_those_of(const Oracle& log_density, const Bank& bank, const typename Bank::Parameters& at,
                            const latent::RowMajorMatrix& rows) {
  const Eigen::MatrixXd found = log_densities(bank, at, rows);
  const auto prepared = bank.prepare(at);
  for (Index n = 0; n < rows.rows(); ++n) {
    Eigen::VectorXd row = rows.row(n).transpose(), out(found.cols());
    const auto by_row = [&] {
      bank.log_densities_of_row(prepared, {row.data(), static_cast<std::size_t>(row.size())},
                                {out.data(), static_cast<std::size_t>(out.size())});
    };
    by_row();
    for (Index k = 0; k < found.cols(); ++k) {
      CAPTURE(rows.row(n));
      CAPTURE(k);
      const double expected = log_density(at, k, row);
      CHECK((found(n, k) == expected || found(n, k) == near(expected, tolerance::round_trip)));
      CHECK((out[k] == expected || out[k] == near(expected, tolerance::round_trip)));
    }
    row[0] = missing;
    by_row();
    for (Index k = 0; k < found.cols(); ++k) {
      const double expected = log_density(at, k, row);
      CHECK((out[k] == expected || out[k] == near(expected, tolerance::round_trip)));
    }
  }
}

template <class Statistics>
void statistics_are_near(const Statistics& a, const Statistics& b) {
  const Eigen::VectorXd first = latent::to_vector(a, latent::Coordinates::natural);
  const Eigen::VectorXd second = latent::to_vector(b, latent::Coordinates::natural);
  REQUIRE(first.size() == second.size());
  for (Index i = 0; i < first.size(); ++i) CHECK(first[i] == near(second[i], tolerance::round_trip));
}

template <class Bank>
void halves_add_up(const Bank& bank, const typename Bank::Parameters& at, const latent::RowMajorMatrix& rows) {
  const Index half = rows.rows() / 3;
  const Eigen::MatrixXd weights = random_weights(rows.rows(), bank.prepare(at).log_constants.size());
  auto sum = sums(bank, at, rows.topRows(half), weights.topRows(half));
  latent::add(sum, sums(bank, at, rows.bottomRows(rows.rows() - half), weights.bottomRows(rows.rows() - half)));
  statistics_are_near(sum, sums(bank, at, rows, weights));
}

// Complete rows one by one add what the block adds.
template <class Bank>
void rows_add_what_a_block_adds(const Bank& bank, const typename Bank::Parameters& at,
                                const latent::RowMajorMatrix& rows) {
  const auto prepared = bank.prepare(at);
  const Eigen::MatrixXd weights = random_weights(rows.rows(), prepared.log_constants.size());
  auto sum = bank.statistics(prepared);
  for (Index n = 0; n < rows.rows(); ++n) {
    const Eigen::VectorXd row = rows.row(n).transpose(), own = weights.row(n).transpose();
    bank.accumulate_row(prepared, {row.data(), static_cast<std::size_t>(row.size())},
                        {own.data(), static_cast<std::size_t>(own.size())}, sum);
  }
  statistics_are_near(sum, sums(bank, at, rows, weights));
}

// The M-step's parameters (a matrix, `values`) are where the oracle's weighted log-likelihood, along every direction
// that `move(matrix, k, j, step)` makes, has no slope and is below on both sides.
template <class Bank, class Member, class Oracle, class Move>
void m_step_is_stationary(const Oracle& log_density, const Bank& bank, Member values,
                          const typename Bank::Parameters& at, const latent::RowMajorMatrix& rows, const Move& move) {
  const Eigen::MatrixXd weights = random_weights(rows.rows(), (at.*values).rows());
  const typename Bank::Parameters best = bank.maximization(sums(bank, at, rows, weights), at);
  const auto objective = [&](const typename Bank::Parameters& parameters) {
    double total = 0;
    for (Index n = 0; n < rows.rows(); ++n) {
      const Eigen::VectorXd row = rows.row(n).transpose();
      for (Index k = 0; k < weights.cols(); ++k) total += weights(n, k) * log_density(parameters, k, row);
    }
    return total;
  };
  const double top = objective(best);
  for (Index k = 0; k < (at.*values).rows(); ++k) {
    for (Index j = 0; j < (at.*values).cols(); ++j) {
      constexpr double step = 1e-4;
      typename Bank::Parameters up = best, down = best;
      move(up.*values, k, j, step);
      move(down.*values, k, j, -step);
      CAPTURE(k);
      CAPTURE(j);
      CHECK(objective(up) < top);
      CHECK(objective(down) < top);
      CHECK(std::abs(objective(up) - objective(down)) / (2 * step) < tolerance::numeric * std::abs(top));
    }
  }
}

// The columns of what is drawn have these means and variances.
template <class Bank>
void draws_have_moments(const Bank& bank, const typename Bank::Parameters& at, std::size_t component,
                        const Eigen::VectorXd& means, const Eigen::VectorXd& variances) {
  latent::Random random(11);
  constexpr Index count = 20000;
  Eigen::MatrixXd drawn(means.size(), count);
  for (Index n = 0; n < count; ++n) {
    bank.draw(at, component, random, {drawn.col(n).data(), static_cast<std::size_t>(means.size())});
  }
  for (Index j = 0; j < means.size(); ++j) {
    const double mean = drawn.row(j).mean(), variance = (drawn.row(j).array() - mean).square().mean();
    CHECK(std::abs(mean - means[j]) <= standard_errors * std::sqrt(variances[j] / count));
    CHECK(std::abs(variance - variances[j]) <= 0.1 * variances[j]);  // of families whose kurtosis is below 9
  }
}

// A mixture of this bank, fitted from several starts to what `at` draws, never falls and finds `at` about as likely.
template <class Bank>
void fits_never_fall(const Bank& bank, const typename latent::Mixture<Bank>::Parameters& at, std::size_t columns) {
  const latent::Mixture<Bank> model{static_cast<std::size_t>(at.weights.size()), bank};
  latent::Random random(3);
  const auto data = model.sample(at, columns, 1500, random);
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    const auto fitted = latent::fit(model, latent::Observations(data.rows),
                                    {.tolerance = 0, .max_iterations = 40, .starts = 1, .seed = seed});
    CAPTURE(fitted.summary.brief_report());
    CHECK(fitted.summary.verdict == latent::Verdict::iteration_limit);
    for (const latent::Iteration& step : fitted.trace) {
      if (step.iteration > 0) CHECK(step.change >= -1e-11 * (std::abs(step.objective) + 1500));
    }
  }
  const auto best = latent::fit(model, latent::Observations(data.rows), {.seed = 2});
  double objective = latent::log_likelihood(model, at, latent::Observations(data.rows));
  if constexpr (latent::BankHasLogPrior<Bank>) objective += model.log_prior(at);
  CHECK(best.trace.back().objective > objective - 1e-9);
}

}  // namespace bank_checks
