#include <boost/math/distributions/poisson.hpp>
#include <latent/components/log_factorial.hpp>
#include <latent/components/poisson.hpp>

#include "support/bank_checks.hpp"

namespace {

using bank_checks::impossible;
using bank_checks::Index;
using latent::PoissonBank;

double log_density(const PoissonBank::Parameters& at, Index k, const Eigen::VectorXd& row) {
  double sum = 0;
  for (Index j = 0; j < row.size(); ++j) {
    if (std::isnan(row[j])) continue;
    if (at.rates(k, j) == 0) {
      sum += row[j] == 0 ? 0 : impossible;
    } else {
      sum += std::log(boost::math::pdf(boost::math::poisson_distribution<double>(at.rates(k, j)), row[j]));
    }
  }
  return sum;
}

PoissonBank::Parameters rates() {
  PoissonBank::Parameters at;
  at.rates.resize(3, 2);
  at.rates << 0.5, 20, 3, 0, 8, 90;
  return at;
}

latent::RowMajorMatrix counts() {
  latent::RowMajorMatrix rows(11, 2);
  rows << 0, 0, 1, 17, 2, 31, 9, 0, 3, 88, 0, 120, 4, 4, 12, 25, 7, 60, 1, 1, 2, 99;
  return rows;
}

}  // namespace

TEST_SUITE("models/components/poisson") {
  TEST_CASE("PoissonBank: densities are those of Boost.Math, with a rate of zero and missing cells too") {
    bank_checks::densities_are_those_of(log_density, PoissonBank{}, rates(), counts());
  }

  TEST_CASE("log_factorial: is the sum of logarithms, below and above the end of its table") {
    long double sum = 0;
    for (int x = 1; x < 2000; ++x) {
      sum += std::log(static_cast<long double>(x));
      if (x > 1) CHECK(latent::log_factorial(x) == near(static_cast<double>(sum), tolerance::rounding));
    }
    CHECK(latent::log_factorial(0) == 0);
    CHECK(latent::log_factorial(1) == 0);
    CHECK(std::isnan(latent::log_factorial(-1)));
  }

  TEST_CASE("PoissonBank: the M-step is stationary") {
    PoissonBank::Parameters at = rates();
    at.rates(1, 1) = 1;
    bank_checks::m_step_is_stationary(
        log_density, PoissonBank{}, &PoissonBank::Parameters::rates, at, counts(),
        [](Eigen::MatrixXd& values, Index k, Index j, double step) { values(k, j) *= 1 + step; });
  }

  TEST_CASE("PoissonBank: halves add up, and rows one by one") {
    bank_checks::halves_add_up(PoissonBank{}, rates(), counts());
    bank_checks::rows_add_what_a_block_adds(PoissonBank{}, rates(), counts());
  }

  TEST_CASE("PoissonBank: a missing cell adds the mean of the component") {
    const auto prepared = PoissonBank{}.prepare(rates());
    auto sums = PoissonBank{}.statistics(prepared);
    const std::vector<double> row{4, bank_checks::missing}, weights{0.5, 2, 0};
    PoissonBank{}.accumulate_row(prepared, row, weights, sums);
    CHECK(sums.counts == Eigen::Vector3d(0.5, 2, 0));
    CHECK(sums.sums.col(0) == Eigen::Vector3d(2, 8, 0));
    CHECK(sums.sums.col(1) == Eigen::Vector3d(10, 0, 0));
  }

  TEST_CASE("PoissonBank: a component that knows only zeros has the rate 0 and no number is missing") {
    latent::RowMajorMatrix rows(4, 1);
    rows << 0, 0, 3, 5;
    Eigen::MatrixXd weights(4, 2);
    weights << 1, 0, 1, 0, 0, 1, 0, 1;
    const PoissonBank bank;
    const auto start = bank.pooled(rows, {}, 2);
    CHECK(start.rates == Eigen::MatrixXd::Constant(2, 1, 2));
    const auto at = bank.maximization(bank_checks::sums(bank, start, rows, weights), start);
    CHECK(at.rates == Eigen::Vector2d(0, 4));
    const Eigen::MatrixXd found = bank_checks::log_densities(bank, at, rows);
    CHECK(found(0, 0) == 0);
    CHECK(found(2, 0) == impossible);
    // Such a model is written to a file and read again.
    auto read = start;
    latent::from_json(latent::to_json(at), read, "parameters.");
    CHECK(read.rates == at.rates);
  }

  TEST_CASE("PoissonBank: a component without observations keeps its rates, and a note says so") {
    const PoissonBank bank;
    Eigen::MatrixXd weights = Eigen::MatrixXd::Ones(11, 3);
    weights.col(1).setZero();
    std::vector<latent::Note> notes;
    const auto at =
        bank.maximization(bank_checks::sums(bank, rates(), counts(), weights), rates(), latent::Notes(notes));
    CHECK(at.rates.row(1) == rates().rates.row(1));
    REQUIRE(notes.size() == 1);
    CHECK(notes[0].kind == "empty");
    CHECK(notes[0].component == std::size_t{1});
  }

  TEST_CASE("PoissonBank: refuses cells that are no counts, and rates that are none") {
    const PoissonBank bank;
    CHECK(!bank.refusal(0));
    CHECK(!bank.refusal(1e6));
    for (const double cell : {-3.0, 0.5, bank_checks::missing, std::numeric_limits<double>::infinity()}) {
      CHECK(bank.refusal(cell) == "a count must be a whole number from 0");
    }
    auto wrong = rates();
    wrong.rates(1, 0) = -2;
    CHECK_THROWS_WITH_AS(bank.prepare(wrong),
                         "the rate of component 2 in column 1 is -2; it must be finite and not negative",
                         latent::ModelError);
    const latent::RowMajorMatrix rows{{1, 2}, {0, -3}};
    CHECK_THROWS_WITH_AS(latent::Mixture<PoissonBank>{}.check(rows),
                         "row 2, column 2 is -3: a count must be a whole number from 0", latent::DataError);
  }

  TEST_CASE("PoissonBank: draws have the moments of their component") {
    bank_checks::draws_have_moments(PoissonBank{}, rates(), 0, Eigen::Vector2d(0.5, 20), Eigen::Vector2d(0.5, 20));
    bank_checks::draws_have_moments(PoissonBank{}, rates(), 1, Eigen::Vector2d(3, 0), Eigen::Vector2d(3, 0));
  }

  TEST_CASE("Mixture: of Poisson distributions never falls") {
    bank_checks::fits_never_fall(PoissonBank{}, {Eigen::Vector3d(0.5, 0.2, 0.3), rates()}, 2);
  }

  // Hasselblad (1969), J. Amer. Statist. Assoc. 64, 1459: deaths of women of 80 and more in The Times, 1910 to 1912.
  TEST_CASE("Mixture: of Poisson distributions finds the optimum of Hasselblad's table, by weights") {
    latent::RowMajorMatrix deaths(10, 1);
    deaths << 0, 1, 2, 3, 4, 5, 6, 7, 8, 9;
    const std::vector<double> days{162, 267, 271, 185, 111, 61, 27, 8, 3, 1};
    const latent::Mixture<PoissonBank> model{2, {}};
    const auto fitted =
        latent::fit(model, {latent::Observations(deaths), days}, {.tolerance = 1e-13, .max_iterations = 20000});
    CHECK(fitted.summary.verdict == latent::Verdict::converged);
    CHECK(fitted.summary.log_likelihood == near(-1989.945859883, 1e-12));
    const bool swapped = fitted.parameters.components.rates(0, 0) > fitted.parameters.components.rates(1, 0);
    const Index low = swapped ? 1 : 0;
    CHECK(fitted.parameters.weights[low] == near(0.3599, 1e-3));
    CHECK(fitted.parameters.components.rates(low, 0) == near(1.2561, 1e-3));
    CHECK(fitted.parameters.components.rates(1 - low, 0) == near(2.6634, 1e-3));
  }
}
