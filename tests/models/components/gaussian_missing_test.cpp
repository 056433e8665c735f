#include <cmath>
#include <limits>
#include <random>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include <Eigen/Dense>
#include <doctest/doctest.h>
#include <latent/column_block.hpp>
#include <latent/components/component_bank.hpp>

#include "support/gaussian_families.hpp"
#include "support/tolerances.hpp"

// Rows with missing cells: densities and expected statistics against numeric integrals over these cells, and the
// optima that EM reaches with them against closed forms.

namespace {

using families::Index;

constexpr double missing = std::numeric_limits<double>::quiet_NaN();

template <class Family>
typename Family::Bank::Parameters two_components() {
  Eigen::MatrixXd means(2, 3);
  means << 1, -2, 0.5, -1, 0.5, 2;
  Eigen::MatrixXd first(3, 3), second(3, 3);
  first << 2, 0.7, -0.4, 0.7, 1.2, 0.3, -0.4, 0.3, 0.8;
  second << 1, -0.3, 0.2, -0.3, 0.9, 0.1, 0.2, 0.1, 1.5;
  return Family::parameters(means, {first, second});
}

std::span<const double> span_of(const Eigen::VectorXd& row) {
  return {row.data(), static_cast<std::size_t>(row.size())};
}

template <class Bank>
Eigen::VectorXd log_densities(const Bank& bank, const typename Bank::Prepared& prepared, const Eigen::VectorXd& row) {
  Eigen::VectorXd out(prepared.means.rows());
  bank.log_densities_of_row(prepared, span_of(row), {out.data(), static_cast<std::size_t>(out.size())});
  return out;
}

template <class Statistics>
Eigen::VectorXd all_numbers(const Statistics& sums) {
  std::vector<double> numbers;
  latent::for_each_field(sums, [&](const std::string&, const auto& value, const latent::Constraint&) {
    latent::append_numbers(value, numbers);
  });
  return Eigen::Map<const Eigen::VectorXd>(numbers.data(), static_cast<Index>(numbers.size()));
}

void check_near(const Eigen::MatrixXd& a, const Eigen::MatrixXd& b, double relative) {
  REQUIRE(a.size() == b.size());
  for (Index i = 0; i < a.size(); ++i) CHECK(a.reshaped()[i] == near(b.reshaped()[i], relative));
}

// Calls visit(row) with the missing cells of a row at the points of a grid, and returns the volume of its cells. The
// trapezoidal rule is exact to rounding for such a smooth function that ends in zeros.
template <class Visit>
double on_grid(Eigen::VectorXd row, const Visit& visit, Index column = 0) {
  if (column == row.size()) {
    visit(row);
    return 1;
  }
  if (!std::isnan(row[column])) return on_grid(row, visit, column + 1);
  constexpr double step = 0.2, reach = 16;
  double volume = 1;
  for (double cell = -reach; cell <= reach; cell += step) {
    row[column] = cell;
    volume = step * on_grid(row, visit, column + 1);
  }
  return volume;
}

// Rows of two overlapping clusters with correlated columns; about every fourth cell is missing, and no row without all.
latent::RowMajorMatrix rows_with_holes(Index count) {
  std::mt19937_64 engine(3);
  std::normal_distribution<double> normal;
  latent::RowMajorMatrix rows(count, 3);
  for (Index n = 0; n < count; ++n) {
    const double common = normal(engine), shift = n % 2 == 0 ? 2 : -1;
    for (Index j = 0; j < 3; ++j) rows(n, j) = shift * static_cast<double>(j) + common + 0.7 * normal(engine);
    for (Index j = 0; j < 3; ++j) {
      if (engine() % 4 == 0 && j != n % 3) rows(n, j) = missing;
    }
  }
  return rows;
}

// One iteration of EM for a mixture, row by row; returns the log-likelihood before it.
template <class Bank>
double iterate(const Bank& bank, const latent::RowMajorMatrix& rows, Eigen::VectorXd& weights,
               typename Bank::Parameters& at) {
  const auto prepared = bank.prepare(at);
  auto sums = bank.statistics(prepared);
  double log_likelihood = 0;
  for (Index n = 0; n < rows.rows(); ++n) {
    const Eigen::VectorXd row = rows.row(n);
    const Eigen::VectorXd joint = log_densities(bank, prepared, row) + weights.array().log().matrix();
    const double largest = joint.maxCoeff();
    const Eigen::VectorXd ratios = (joint.array() - largest).exp();
    log_likelihood += largest + std::log(ratios.sum());
    const Eigen::VectorXd posterior = ratios / ratios.sum();
    bank.accumulate_row(prepared, span_of(row), span_of(posterior), sums);
  }
  weights = sums.counts / sums.counts.sum();
  at = bank.maximization(sums, at);
  return log_likelihood;
}

// What EM reaches with one component.
template <class Family>
typename Family::Bank::Parameters reached(const latent::RowMajorMatrix& rows) {
  const typename Family::Bank bank{};
  Eigen::VectorXd weights = Eigen::VectorXd::Ones(1);
  auto at = bank.pooled(rows, {}, 1);
  for (int i = 0; i < 200; ++i) iterate(bank, rows, weights, at);
  return at;
}

// The second column is missing in the last rows: a monotone pattern.
latent::RowMajorMatrix monotone_rows(Index count, Index whole) {
  std::mt19937_64 engine(9);
  std::normal_distribution<double> normal;
  latent::RowMajorMatrix rows(count, 2);
  for (Index n = 0; n < count; ++n) {
    rows(n, 0) = 3 + normal(engine);
    rows(n, 1) = n < whole ? 1 - 0.8 * rows(n, 0) + 0.5 * normal(engine) : missing;
  }
  return rows;
}

double mean_square(const Eigen::VectorXd& values) { return (values.array() - values.mean()).square().mean(); }

}  // namespace

TEST_SUITE("models/components/gaussian_missing") {
  static_assert(latent::BankTakesMissing<latent::FullGaussians> && latent::BankTakesMissing<latent::TiedGaussians>);
  static_assert(latent::BankTakesMissing<latent::DiagonalGaussians>);
  static_assert(latent::BankTakesMissing<latent::SphericalGaussians>);

  TEST_CASE_TEMPLATE("missing cells: densities and expected statistics are integrals over them", Family,
                     LATENT_GAUSSIANS) {
    const typename Family::Bank bank{};
    const auto prepared = bank.prepare(two_components<Family>());
    for (const Eigen::Vector3d& row : {Eigen::Vector3d(0.3, missing, 1.1), Eigen::Vector3d(missing, -0.4, missing),
                                       Eigen::Vector3d(missing, missing, 0.9)}) {
      Eigen::VectorXd densities = Eigen::VectorXd::Zero(2);
      auto integral = bank.statistics(prepared);
      const Eigen::VectorXd log_marginal = log_densities(bank, prepared, row);
      const auto at_point = [&](const Eigen::VectorXd& whole) {
        const Eigen::VectorXd here = log_densities(bank, prepared, whole);
        densities += here.array().exp().matrix();
        const Eigen::VectorXd weights = Eigen::Array2d(0.3, 2) * (here - log_marginal).array().exp();
        bank.accumulate_row(prepared, span_of(whole), span_of(weights), integral);
      };
      const double volume = on_grid(row, at_point);
      integral.scale(volume);
      check_near(log_marginal, (volume * densities).array().log().matrix(), tolerance::round_trip);

      auto expected = bank.statistics(prepared);
      bank.accumulate_row(prepared, span_of(row), std::vector<double>{0.3, 2}, expected);
      check_near(all_numbers(expected), all_numbers(integral), tolerance::round_trip);
    }
  }

  TEST_CASE_TEMPLATE("missing cells: a row without any is that of a block", Family, LATENT_GAUSSIANS) {
    const typename Family::Bank bank{};
    const auto prepared = bank.prepare(two_components<Family>());
    const latent::RowMajorMatrix rows = Eigen::RowVector3d(0.3, -1.2, 1.1);
    latent::ColumnBlock block;
    block.gather(rows, span_of(prepared.block_origin));
    latent::AlignedBuffer buffer;
    const auto padded = static_cast<Index>(block.padded_rows());
    latent::Columns numbers(buffer.reserve(block.padded_rows() * 2), padded, 2);
    bank.log_densities(prepared, block, numbers);
    check_near(log_densities(bank, prepared, rows.row(0)), numbers.row(0).matrix().transpose(), tolerance::rounding);

    numbers.setZero();
    numbers.row(0) << 0.25, 1.5;
    auto of_block = bank.statistics(prepared), of_row = bank.statistics(prepared);
    bank.accumulate(prepared, block, {numbers.data(), padded, 2}, of_block);
    bank.accumulate_row(prepared, std::span(rows.data(), 3), std::vector<double>{0.25, 1.5}, of_row);
    check_near(all_numbers(of_row), all_numbers(of_block), tolerance::rounding);
  }

  TEST_CASE_TEMPLATE("missing cells: a row of nothing else is certain, and expected as the model says", Family,
                     LATENT_GAUSSIANS) {
    const typename Family::Bank bank{};
    const auto parameters = two_components<Family>();
    const auto prepared = bank.prepare(parameters);
    const Eigen::Vector3d row(missing, missing, missing);
    CHECK(log_densities(bank, prepared, row) == Eigen::VectorXd::Zero(2));
    auto sums = bank.statistics(prepared);
    bank.accumulate_row(prepared, span_of(row), std::vector<double>{1, 1}, sums);
    CHECK(sums.sums == Eigen::MatrixXd::Zero(2, 3));
    if constexpr (!std::is_same_v<Family, families::Tied>) {
      const auto next = bank.maximization(sums, parameters);
      for (Index k = 0; k < 2; ++k)
        check_near(Family::covariance(next, k), Family::covariance(parameters, k), tolerance::round_trip);
    }
  }

  TEST_CASE_TEMPLATE("missing cells: EM never lowers the log-likelihood of the cells that are there", Family,
                     LATENT_GAUSSIANS) {
    const latent::RowMajorMatrix rows = rows_with_holes(300);
    const typename Family::Bank bank{};
    auto at = bank.pooled(rows, {}, 2);
    at.means.row(1).array() += 1;
    Eigen::VectorXd weights = Eigen::Vector2d(0.5, 0.5);
    const double begin = iterate(bank, rows, weights, at);
    double before = begin;
    for (int i = 0; i < 60; ++i) {
      const double now = iterate(bank, rows, weights, at);
      CHECK(now >= before - tolerance::round_trip * std::abs(before));
      before = now;
    }
    CHECK(before > begin + 50);
    CHECK(std::abs(at.means(0, 2) - at.means(1, 2)) > 3);  // the clusters are 6 apart in that column
  }

  // Anderson 1957: the first column by itself, and the regression of the second on it in the rows that have both.
  TEST_CASE_TEMPLATE("missing cells: EM reaches the closed form of a monotone pattern", Family, families::Full,
                     families::Tied) {
    const Index count = 80, whole = 50;
    const latent::RowMajorMatrix rows = monotone_rows(count, whole);
    const Eigen::VectorXd x = rows.col(0), first = x.head(whole), second = rows.col(1).head(whole);
    const double slope =
        ((first.array() - first.mean()) * (second.array() - second.mean())).mean() / mean_square(first);
    const double variance = mean_square(x), left = mean_square(second - slope * first);
    Eigen::Matrix2d covariance;
    covariance << variance, slope * variance, slope * variance, left + slope * slope * variance;

    const auto at = reached<Family>(rows);
    check_near(at.means, Eigen::RowVector2d(x.mean(), second.mean() + slope * (x.mean() - first.mean())),
               tolerance::optimum);
    check_near(Family::covariance(at, 0), covariance, tolerance::optimum);
  }

  TEST_CASE("missing cells: with independent columns EM reaches the moments of the cells that are there") {
    const Index count = 80, whole = 50;
    const latent::RowMajorMatrix rows = monotone_rows(count, whole);
    const Eigen::VectorXd x = rows.col(0), second = rows.col(1).head(whole);
    const Eigen::RowVector2d means(x.mean(), second.mean()), variances(mean_square(x), mean_square(second));

    const auto diagonal = reached<families::Diagonal>(rows);
    check_near(diagonal.means, means, tolerance::optimum);
    check_near(diagonal.variances, variances, tolerance::optimum);
    const auto spherical = reached<families::Spherical>(rows);
    check_near(spherical.means, means, tolerance::optimum);
    CHECK(spherical.variances[0] ==
          near((count * variances[0] + whole * variances[1]) / (count + whole), tolerance::optimum));
  }

  TEST_CASE_TEMPLATE("missing cells: starts begin at the moments of the cells that are there", Family,
                     LATENT_GAUSSIANS) {
    const latent::RowMajorMatrix rows = monotone_rows(80, 50);
    const typename Family::Bank bank{};
    const auto at = bank.pooled(rows, {}, 2);
    const double mean = rows.col(1).head(50).mean();
    check_near(bank.means(at), Eigen::RowVector2d(rows.col(0).mean(), mean).replicate(2, 1), tolerance::round_trip);
    CHECK(std::isfinite(Family::covariance(at, 1)(1, 1)));
  }
}
