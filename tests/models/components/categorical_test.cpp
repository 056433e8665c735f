#include <latent/components/categorical.hpp>

#include "support/bank_checks.hpp"

namespace {

using bank_checks::impossible;
using bank_checks::Index;
using latent::CategoricalBank;

double log_density(const CategoricalBank::Parameters& at, Index k, const Eigen::VectorXd& row) {
  return std::isnan(row[0]) ? 0 : std::log(at.probabilities(k, static_cast<Index>(row[0])));
}

CategoricalBank::Parameters probabilities() {
  CategoricalBank::Parameters at;
  at.probabilities.resize(2, 4);
  at.probabilities << 0.5, 0, 0.2, 0.3, 0.1, 0.6, 0.05, 0.25;
  return at;
}

latent::RowMajorMatrix symbols() {
  latent::RowMajorMatrix rows(13, 1);
  rows << 0, 3, 2, 2, 1, 0, 0, 3, 1, 2, 1, 0, 3;
  return rows;
}

// As an E-step gives them: none where the symbol is impossible.
Eigen::MatrixXd possible_weights() {
  Eigen::MatrixXd weights = bank_checks::random_weights(13, 2);
  for (Index n = 0; n < 13; ++n) {
    if (symbols()(n, 0) == 1) weights(n, 0) = 0;
  }
  return weights;
}

}  // namespace

TEST_SUITE("models/components/categorical") {
  TEST_CASE("CategoricalBank: densities are the probabilities of the symbols") {
    bank_checks::densities_are_those_of(log_density, CategoricalBank{}, probabilities(), symbols());
    CHECK(bank_checks::log_densities(CategoricalBank{}, probabilities(), symbols())(4, 0) == impossible);
    const auto prepared = CategoricalBank{}.prepare(probabilities());
    CHECK(prepared.symbol_densities == latent::RowMajorMatrix(probabilities().probabilities.transpose()));
  }

  TEST_CASE("CategoricalBank: the M-step gives shares of the weights, and a zero stays a zero") {
    for (const double concentration : {1.0, 2.5}) {
      const CategoricalBank bank{.concentration = concentration};
      const Eigen::MatrixXd weights = possible_weights();
      const auto at = bank.maximization(bank_checks::sums(bank, probabilities(), symbols(), weights), probabilities());
      for (Index k = 0; k < 2; ++k) {
        Eigen::Vector4d counts;
        for (Index v = 0; v < 4; ++v) {
          counts[v] = probabilities().probabilities(k, v) > 0 ? concentration - 1 : 0;
          for (Index n = 0; n < 13; ++n) counts[v] += symbols()(n, 0) == static_cast<double>(v) ? weights(n, k) : 0;
        }
        CHECK(at.probabilities.row(k).transpose().isApprox(counts / counts.sum(), tolerance::rounding));
      }
      CHECK(at.probabilities(0, 1) == 0);
    }
  }

  // Along p + t (q - p) with any other q on the simplex the weighted log-likelihood, with the prior, falls.
  TEST_CASE("CategoricalBank: the M-step maximises, with the prior too") {
    for (const double concentration : {1.0, 2.5}) {
      const CategoricalBank bank{.concentration = concentration};
      const Eigen::MatrixXd weights = possible_weights();
      const auto best =
          bank.maximization(bank_checks::sums(bank, probabilities(), symbols(), weights), probabilities());
      const auto objective = [&](const CategoricalBank::Parameters& at) {
        double sum = bank.log_prior(at);
        for (Index n = 0; n < 13; ++n) {
          for (Index k = 0; k < 2; ++k) {
            if (weights(n, k) > 0) sum += weights(n, k) * log_density(at, k, symbols().row(n));
          }
        }
        return sum;
      };
      const double step = 1e-4;
      CategoricalBank::Parameters up = best, down = best;
      const Eigen::MatrixXd direction = probabilities().probabilities - best.probabilities;
      up.probabilities += step * direction;
      down.probabilities -= step * direction;
      CHECK(objective(up) < objective(best));
      CHECK(objective(down) < objective(best));
      CHECK(std::abs(objective(up) - objective(down)) / (2 * step) < tolerance::numeric * std::abs(objective(best)));
    }
  }

  TEST_CASE("CategoricalBank: halves add up, and rows one by one") {
    bank_checks::halves_add_up(CategoricalBank{}, probabilities(), symbols());
    bank_checks::rows_add_what_a_block_adds(CategoricalBank{}, probabilities(), symbols());
  }

  TEST_CASE("CategoricalBank: a missing symbol says nothing and adds nothing") {
    const auto prepared = CategoricalBank{}.prepare(probabilities());
    auto sums = CategoricalBank{}.statistics(prepared);
    const std::vector<double> row{bank_checks::missing}, weights{1, 2};
    CategoricalBank{}.accumulate_row(prepared, row, weights, sums);
    CHECK(sums.symbol_weights == latent::RowMajorMatrix::Zero(4, 2));
  }

  TEST_CASE("CategoricalBank: a component without observations keeps its probabilities, or has the prior's mode") {
    Eigen::MatrixXd weights = Eigen::MatrixXd::Ones(13, 2);
    weights.col(0).setZero();
    CategoricalBank bank;
    std::vector<latent::Note> notes;
    const auto sums = bank_checks::sums(bank, probabilities(), symbols(), weights);
    CHECK(bank.maximization(sums, probabilities(), latent::Notes(notes)).probabilities.row(0) ==
          probabilities().probabilities.row(0));
    REQUIRE(notes.size() == 1);
    CHECK(notes[0].kind == "empty");
    bank.concentration = 2;
    CHECK(bank.maximization(sums, probabilities())
              .probabilities.row(0)
              .isApprox(Eigen::RowVector4d(1.0 / 3, 0, 1.0 / 3, 1.0 / 3), tolerance::rounding));
  }

  TEST_CASE("CategoricalBank: pooled has the shares of the symbols, of a known alphabet or of what occurs") {
    const latent::RowMajorMatrix rows{{0}, {2}, {2}, {bank_checks::missing}, {0}};
    const std::vector<double> weights{1, 2, 1, 5, 0};
    CHECK(CategoricalBank{}.pooled(rows, weights, 2).probabilities ==
          Eigen::MatrixXd{{0.25, 0, 0.75}, {0.25, 0, 0.75}});
    CHECK(CategoricalBank{.symbols = 4}.pooled(rows, weights, 1).probabilities == Eigen::MatrixXd{{0.25, 0, 0.75, 0}});
    // The prior's share goes to those that do not occur, too.
    CHECK(CategoricalBank{.symbols = 4, .concentration = 2}.pooled(rows, weights, 1).probabilities ==
          Eigen::MatrixXd{{0.25, 0.125, 0.5, 0.125}});
  }

  TEST_CASE("CategoricalBank: refuses what is no symbol, and an unknown one does not reach beyond the table") {
    const CategoricalBank any, four{.symbols = 4};
    CHECK(!any.refusal(17));
    CHECK(!four.refusal(3));
    CHECK(any.refusal(-1) == "a symbol must be a whole number from 0");
    CHECK(four.refusal(4) == "a symbol must be a whole number from 0 to 3");
    CHECK(four.refusal(bank_checks::missing) == "a symbol must be a whole number from 0 to 3");
    CHECK_THROWS_WITH_AS(bank_checks::log_densities(any, probabilities(), latent::RowMajorMatrix{{4}}),
                         "there is a symbol 4, the model knows those from 0 to 3", latent::DataError);
    CHECK_THROWS_AS(bank_checks::log_densities(any, probabilities(), latent::RowMajorMatrix{{0.5}}), latent::DataError);
    CHECK_THROWS_WITH_AS(
        (CategoricalBank{.concentration = 0.5}.maximization(CategoricalBank::Statistics{}, probabilities())),
        "concentration is 0.5, it must be at least 1 and finite", latent::OptionError);
  }

  TEST_CASE("CategoricalBank: draws have the frequencies of their component") {
    // Means and variances of the symbols as numbers.
    bank_checks::draws_have_moments(CategoricalBank{}, probabilities(), 0, Eigen::VectorXd::Constant(1, 1.3),
                                    Eigen::VectorXd::Constant(1, 4 * 0.2 + 9 * 0.3 - 1.69));
    latent::Random random(2);
    double drawn = 0;
    for (int n = 0; n < 5000; ++n) {
      CategoricalBank{}.draw(probabilities(), 0, random, {&drawn, 1});
      REQUIRE(drawn != 1);
    }
  }

  TEST_CASE("Mixture: of categorical distributions never falls, and starts at random") {
    bank_checks::fits_never_fall(CategoricalBank{.symbols = 4}, {Eigen::Vector2d(0.4, 0.6), probabilities()}, 1);
    bank_checks::fits_never_fall(CategoricalBank{.symbols = 4, .concentration = 1.5},
                                 {Eigen::Vector2d(0.4, 0.6), probabilities()}, 1);
    const latent::RowMajorMatrix rows = symbols();
    latent::Mixture<CategoricalBank> model{2, {.symbols = 4}};
    latent::Random first(1), second(1);
    const auto by_default = model.initialize(rows, first);
    model.start = latent::MixtureStart::random;
    CHECK(by_default.components.probabilities == model.initialize(rows, second).components.probabilities);
  }
}
