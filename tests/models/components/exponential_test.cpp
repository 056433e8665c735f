#include <boost/math/distributions/exponential.hpp>
#include <latent/components/exponential.hpp>

#include "support/bank_checks.hpp"

namespace {

using bank_checks::Index;
using latent::ExponentialBank;

double log_density(const ExponentialBank::Parameters& at, Index k, const Eigen::VectorXd& row) {
  double sum = 0;
  for (Index j = 0; j < row.size(); ++j) {
    if (std::isnan(row[j])) continue;
    sum += std::log(boost::math::pdf(boost::math::exponential_distribution<double>(at.rates(k, j)), row[j]));
  }
  return sum;
}

ExponentialBank::Parameters rates() {
  ExponentialBank::Parameters at;
  at.rates.resize(3, 2);
  at.rates << 0.5, 20, 3, 0.01, 40, 1;
  return at;
}

latent::RowMajorMatrix durations() {
  latent::RowMajorMatrix rows(9, 2);
  rows << 0, 0.1, 1, 17, 2.5, 0.3, 0.01, 5, 3, 8, 0.2, 2, 4, 0.4, 1.2, 0.5, 0.7, 6;
  return rows;
}

}  // namespace

TEST_SUITE("models/components/exponential") {
  TEST_CASE("ExponentialBank: densities are those of Boost.Math, with missing cells too") {
    bank_checks::densities_are_those_of(log_density, ExponentialBank{}, rates(), durations());
  }

  TEST_CASE("ExponentialBank: the M-step is stationary") {
    bank_checks::m_step_is_stationary(
        log_density, ExponentialBank{}, &ExponentialBank::Parameters::rates, rates(), durations(),
        [](Eigen::MatrixXd& values, Index k, Index j, double step) { values(k, j) *= 1 + step; });
  }

  TEST_CASE("ExponentialBank: halves add up, and rows one by one") {
    bank_checks::halves_add_up(ExponentialBank{}, rates(), durations());
    bank_checks::rows_add_what_a_block_adds(ExponentialBank{}, rates(), durations());
  }

  TEST_CASE("ExponentialBank: a missing cell adds the mean of the component") {
    const auto prepared = ExponentialBank{}.prepare(rates());
    auto sums = ExponentialBank{}.statistics(prepared);
    const std::vector<double> row{bank_checks::missing, 7}, weights{0.5, 0, 2};
    ExponentialBank{}.accumulate_row(prepared, row, weights, sums);
    CHECK(sums.sums.col(0).isApprox(Eigen::Vector3d(1, 0, 0.05), tolerance::rounding));
    CHECK(sums.sums.col(1) == Eigen::Vector3d(3.5, 0, 14));
  }

  TEST_CASE("ExponentialBank: a component on zeros is held at the least mean, which is the best above it") {
    latent::RowMajorMatrix rows(4, 1);
    rows << 0, 0, 3, 5;
    Eigen::MatrixXd weights(4, 2);
    weights << 1, 0, 1, 0, 0, 1, 0, 1;
    const ExponentialBank bank;
    const auto start = bank.pooled(rows, {}, 2);
    CHECK(start.rates == Eigen::MatrixXd::Constant(2, 1, 0.5));
    std::vector<latent::Note> notes;
    const auto at = bank.maximization(bank_checks::sums(bank, start, rows, weights), start, latent::Notes(notes));
    CHECK(1 / at.rates(0, 0) == near(2 * ExponentialBank::least_mean, tolerance::rounding));
    CHECK(at.rates(1, 0) == near(0.25, tolerance::rounding));
    REQUIRE(notes.size() == 1);
    CHECK(notes[0].kind == "collapsed");
    CHECK(notes[0].degenerate);
    CHECK(notes[0].message ==
          "has nothing but zeros in some column, on 2 observations; its mean was held at 1e-10 times that of the data");
    // Of two zeros, a lower rate is worse.
    CHECK(log_density({at.rates * 0.9}, 0, rows.row(0)) < log_density(at, 0, rows.row(0)));
  }

  TEST_CASE("ExponentialBank: a column of zeros is refused") {
    const ExponentialBank bank;
    const latent::RowMajorMatrix rows = latent::RowMajorMatrix::Zero(3, 1);
    const auto start = bank.pooled(rows, {}, 1);
    CHECK_THROWS_WITH_AS(bank.maximization(bank_checks::sums(bank, start, rows, Eigen::MatrixXd::Ones(3, 1)), start),
                         "column 1 is zero in all rows, it tells components apart in nothing: leave it out",
                         latent::ModelError);
  }

  TEST_CASE("ExponentialBank: a component without observations keeps its rates to the bit") {
    const ExponentialBank bank;
    Eigen::MatrixXd weights = Eigen::MatrixXd::Ones(9, 3);
    weights.col(2).setZero();
    std::vector<latent::Note> notes;
    const auto at =
        bank.maximization(bank_checks::sums(bank, rates(), durations(), weights), rates(), latent::Notes(notes));
    CHECK(at.rates.row(2) == rates().rates.row(2));
    REQUIRE(notes.size() == 1);
    CHECK(notes[0].kind == "empty");
  }

  TEST_CASE("ExponentialBank: refuses cells that are no durations, and rates that are none") {
    const ExponentialBank bank;
    CHECK(!bank.refusal(0));
    CHECK(!bank.refusal(0.25));
    CHECK(bank.refusal(-1) == "a duration must be a number from 0");
    CHECK(bank.refusal(bank_checks::missing) == "a duration must be a number from 0");
    auto wrong = rates();
    wrong.rates(0, 1) = 0;
    CHECK_THROWS_WITH_AS(bank.prepare(wrong),
                         "the rate of component 1 in column 2 is 0; it must be positive and finite",
                         latent::ModelError);
  }

  TEST_CASE("ExponentialBank: draws have the moments of their component") {
    bank_checks::draws_have_moments(ExponentialBank{}, rates(), 1, Eigen::Vector2d(1.0 / 3, 100),
                                    Eigen::Vector2d(1.0 / 9, 1e4));
  }

  TEST_CASE("Mixture: of exponential distributions never falls") {
    bank_checks::fits_never_fall(ExponentialBank{}, {Eigen::Vector3d(0.5, 0.2, 0.3), rates()}, 2);
  }
}
