#include <boost/math/distributions/bernoulli.hpp>
#include <latent/components/bernoulli.hpp>

#include "support/bank_checks.hpp"

namespace {

using bank_checks::impossible;
using bank_checks::Index;
using latent::BernoulliBank;

double log_density(const BernoulliBank::Parameters& at, Index k, const Eigen::VectorXd& row) {
  double sum = 0;
  for (Index j = 0; j < row.size(); ++j) {
    if (std::isnan(row[j])) continue;
    sum += std::log(boost::math::pdf(boost::math::bernoulli_distribution<double>(at.probabilities(k, j)), row[j]));
  }
  return sum;
}

BernoulliBank::Parameters probabilities() {
  BernoulliBank::Parameters at;
  at.probabilities.resize(3, 4);
  at.probabilities << 0.5, 0, 0.9, 0.01, 0.25, 0.6, 1, 0.3, 0.999, 0.5, 0.2, 0.7;
  return at;
}

latent::RowMajorMatrix all_cells() {
  latent::RowMajorMatrix rows(16, 4);
  for (Index n = 0; n < 16; ++n) {
    for (Index j = 0; j < 4; ++j) rows(n, j) = static_cast<double>(n >> j & 1);
  }
  return rows;
}

}  // namespace

TEST_SUITE("models/components/bernoulli") {
  TEST_CASE("BernoulliBank: densities are those of Boost.Math, at 0 and 1 and with missing cells too") {
    bank_checks::densities_are_those_of(log_density, BernoulliBank{}, probabilities(), all_cells());
    const Eigen::MatrixXd found = bank_checks::log_densities(BernoulliBank{}, probabilities(), all_cells());
    CHECK(found(2, 0) == impossible);  // a 1 in column 2
    CHECK(found(0, 1) == impossible);  // a 0 in column 3
    CHECK(std::isfinite(found(2, 2)));
  }

  TEST_CASE("BernoulliBank: the M-step is stationary") {
    bank_checks::m_step_is_stationary(
        log_density, BernoulliBank{}, &BernoulliBank::Parameters::probabilities, probabilities(), all_cells(),
        [](Eigen::MatrixXd& values, Index k, Index j, double step) { values(k, j) += step; });
  }

  TEST_CASE("BernoulliBank: halves add up, and rows one by one") {
    bank_checks::halves_add_up(BernoulliBank{}, probabilities(), all_cells());
    bank_checks::rows_add_what_a_block_adds(BernoulliBank{}, probabilities(), all_cells());
  }

  TEST_CASE("BernoulliBank: a missing cell adds the probability of the component") {
    const auto prepared = BernoulliBank{}.prepare(probabilities());
    auto sums = BernoulliBank{}.statistics(prepared);
    const std::vector<double> row{1, bank_checks::missing, bank_checks::missing, 0}, weights{1, 2, 4};
    BernoulliBank{}.accumulate_row(prepared, row, weights, sums);
    CHECK(sums.sums.col(0) == Eigen::Vector3d(1, 2, 4));
    CHECK(sums.sums.col(1).isApprox(Eigen::Vector3d(0, 1.2, 2), tolerance::rounding));
    CHECK(sums.sums.col(3) == Eigen::Vector3d::Zero());
  }

  TEST_CASE("BernoulliBank: probabilities of 0 and 1 come of the M-step and go through a file") {
    latent::RowMajorMatrix rows(3, 2);
    rows << 0, 1, 0, 1, 0, 1;
    const BernoulliBank bank;
    const auto start = bank.pooled(rows, {}, 2);
    const Eigen::MatrixXd weights = bank_checks::random_weights(3, 2);
    const auto at = bank.maximization(bank_checks::sums(bank, start, rows, weights), start);
    CHECK((at.probabilities.col(0).array() == 0).all());
    CHECK((at.probabilities.col(1).array() - 1).abs().maxCoeff() < tolerance::rounding);
    CHECK(at.probabilities.maxCoeff() <= 1);
    auto read = start;
    latent::from_json(latent::to_json(at), read, "parameters.");
    CHECK(read.probabilities == at.probabilities);
  }

  TEST_CASE("BernoulliBank: refuses cells that are neither 0 nor 1, and what is no probability") {
    const BernoulliBank bank;
    CHECK(!bank.refusal(0));
    CHECK(!bank.refusal(1));
    CHECK(bank.refusal(0.5) == "a binary cell must be 0 or 1");
    CHECK(bank.refusal(bank_checks::missing) == "a binary cell must be 0 or 1");
    auto wrong = probabilities();
    wrong.probabilities(2, 3) = 1.5;
    CHECK_THROWS_WITH_AS(bank.prepare(wrong),
                         "the probability of component 3 in column 4 is 1.5; it must be between 0 and 1",
                         latent::ModelError);
  }

  TEST_CASE("BernoulliBank: draws have the moments of their component") {
    bank_checks::draws_have_moments(BernoulliBank{}, probabilities(), 1, Eigen::Vector4d(0.25, 0.6, 1, 0.3),
                                    Eigen::Vector4d(0.1875, 0.24, 0, 0.21));
  }

  TEST_CASE("Mixture: of Bernoulli distributions never falls") {
    bank_checks::fits_never_fall(BernoulliBank{}, {Eigen::Vector3d(0.5, 0.2, 0.3), probabilities()}, 4);
  }
}
