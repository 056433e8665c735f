#include <cmath>
#include <limits>
#include <random>
#include <span>
#include <vector>

#include <Eigen/Dense>
#include <doctest/doctest.h>
#include <latent/algebra.hpp>
#include <latent/column_block.hpp>
#include <latent/components/gaussian_diagonal.hpp>
#include <latent/components/gaussian_full.hpp>
#include <latent/components/gaussian_tied.hpp>
#include <latent/components/mixture.hpp>
#include <latent/components/mixture_bank.hpp>
#include <latent/fit.hpp>
#include <latent/json_form.hpp>

#include "support/gaussian_data.hpp"
#include "support/tolerances.hpp"

// States that are mixtures themselves: densities against direct sums, and what a bank must do.

namespace {

using Eigen::Index;
using latent::DiagonalGaussians;
using latent::MixtureBank;

constexpr Index states = 2, parts = 3;

template <class Bank>
typename MixtureBank<Bank>::Parameters some_parameters(const MixtureBank<Bank>& bank,
                                                       const latent::RowMajorMatrix& rows) {
  auto at = bank.pooled(rows, {}, states);
  for (Index k = 0; k < at.components.means.rows(); ++k) {
    at.components.means.row(k).array() += 0.3 * static_cast<double>(k);
  }
  if (at.weights.cols() == parts) at.weights << 0.5, 0.2, 0.3, 0.1, 0.6, 0.3;
  return at;
}

// The rows as a bank wants them, and room for a number a row and state.
struct Block {
  latent::ColumnBlock rows;
  latent::AlignedBuffer buffer;

  template <class Prepared>
  Block(const latent::Observations& from, const Prepared& prepared) {
    rows.gather(from, {prepared.block_origin.data(), static_cast<std::size_t>(prepared.block_origin.size())});
  }
  latent::Columns room(Index columns) {
    const auto padded = static_cast<Index>(rows.padded_rows());
    latent::Columns result(buffer.reserve(rows.padded_rows() * static_cast<std::size_t>(columns)), padded, columns);
    result.setZero();
    return result;
  }
};

template <class Bank>
Eigen::MatrixXd log_densities(const Bank& bank, const typename Bank::Prepared& prepared,
                              const latent::Observations& rows) {
  Block block(rows, prepared);
  latent::Columns out = block.room(prepared.log_constants.size());
  bank.log_densities(prepared, block.rows, out);
  return out.topRows(static_cast<Index>(rows.size()));
}

// With weights that differ from row to row and from state to state.
template <class Bank>
typename Bank::Statistics accumulated(const Bank& bank, const typename Bank::Prepared& prepared,
                                      const latent::Observations& rows) {
  Block block(rows, prepared);
  latent::Columns weights = block.room(prepared.log_constants.size());
  for (std::size_t n = 0; n < rows.size(); ++n) {
    const double share = 0.5 + 0.5 * std::sin(rows(n, 0));
    for (Index s = 0; s < weights.cols(); ++s) weights(static_cast<Index>(n), s) = s % 2 == 0 ? share : 1 - share;
  }
  auto sums = bank.statistics(prepared);
  bank.accumulate(prepared, block.rows, {weights.data(), weights.rows(), weights.cols()}, sums);
  return sums;
}

void check_near(const Eigen::MatrixXd& a, const Eigen::MatrixXd& b, double relative) {
  REQUIRE(a.size() == b.size());
  for (Index i = 0; i < a.size(); ++i) CHECK(a.reshaped()[i] == near(b.reshaped()[i], relative));
}

template <class Object>
Eigen::VectorXd all_numbers(const Object& object) {
  std::vector<double> numbers;
  latent::for_each_field(object, [&](const std::string&, const auto& value, const latent::Constraint&) {
    latent::append_numbers(value, numbers);
  });
  return Eigen::Map<const Eigen::VectorXd>(numbers.data(), static_cast<Index>(numbers.size()));
}

const gaussian_data::Rows& data() {
  static const gaussian_data::Rows rows = gaussian_data::clusters(203, 3, 4);
  return rows;
}

}  // namespace

TEST_SUITE("models/components/mixture_bank") {
  static_assert(latent::ComponentBank<MixtureBank<latent::FullGaussians>>);
  static_assert(latent::BankTakesMissing<MixtureBank<latent::FullGaussians>>);
  static_assert(latent::BankDraws<MixtureBank<latent::TiedGaussians>>);
  static_assert(!latent::BankIsNominal<MixtureBank<DiagonalGaussians>>);
  static_assert(!latent::BankRefuses<MixtureBank<DiagonalGaussians>>);
  static_assert(latent::LatentModel<latent::Mixture<MixtureBank<DiagonalGaussians>>>);

  TEST_CASE_TEMPLATE("mixture bank: the density of a state is the weighted sum of its components'", Bank,
                     latent::FullGaussians, latent::TiedGaussians, DiagonalGaussians) {
    const MixtureBank<Bank> bank{.components = parts};
    const auto at = some_parameters(bank, data().values);
    auto prepared = bank.prepare(at);
    CHECK(prepared.log_constants == Eigen::VectorXd::Zero(states));
    prepared.log_constants << 0.25, -1;  // what a mixture of the states adds
    const Eigen::MatrixXd logs = log_densities(bank, prepared, data().values);
    const Eigen::MatrixXd inner = log_densities(Bank{}, Bank{}.prepare(at.components), data().values);
    for (Index n = 0; n < logs.rows(); ++n) {
      for (Index s = 0; s < states; ++s) {
        double sum = 0;
        for (Index m = 0; m < parts; ++m) sum += at.weights(s, m) * std::exp(inner(n, s * parts + m));
        CHECK(logs(n, s) == near(prepared.log_constants[s] + std::log(sum), tolerance::round_trip));
      }
    }
  }

  TEST_CASE("mixture bank: with one component a state it is the inner bank") {
    const MixtureBank<latent::FullGaussians> bank{};
    const latent::FullGaussians inner{};
    const auto at = some_parameters(bank, data().values);
    const auto prepared = bank.prepare(at);
    const auto inner_prepared = inner.prepare(at.components);
    CHECK(log_densities(bank, prepared, data().values) == log_densities(inner, inner_prepared, data().values));
    const auto sums = accumulated(bank, prepared, data().values);
    const auto inner_sums = accumulated(inner, inner_prepared, data().values);
    CHECK(all_numbers(sums.components) == all_numbers(inner_sums));
    CHECK(all_numbers(bank.maximization(sums, at).components) ==
          all_numbers(inner.maximization(inner_sums, at.components)));
    CHECK(bank.means(at) == inner.means(at.components));
    CHECK(all_numbers(bank.pooled(data().values, {}, 2).components) == all_numbers(inner.pooled(data().values, {}, 2)));
  }

  TEST_CASE("mixture bank: statistics of two halves add up to those of the whole") {
    const MixtureBank<latent::TiedGaussians> bank{.components = parts};
    const auto prepared = bank.prepare(some_parameters(bank, data().values));
    const latent::Observations all = data().values;
    auto sums = accumulated(bank, prepared, all.subspan(0, 90));
    latent::add(sums, accumulated(bank, prepared, all.subspan(90, all.size() - 90)));
    const auto whole = accumulated(bank, prepared, all);
    check_near(all_numbers(sums), all_numbers(whole), tolerance::round_trip);
    CHECK(whole.counts.sum() == near(static_cast<double>(all.size()), tolerance::round_trip));
  }

  TEST_CASE("mixture bank: rows one by one, and with missing cells") {
    const MixtureBank<latent::FullGaussians> bank{.components = parts};
    const auto prepared = bank.prepare(some_parameters(bank, data().values));
    const latent::Observations one = latent::Observations(data().values).subspan(7, 1);
    Eigen::VectorXd row = one.row(0), logs(states);
    const auto of_row = [&] {
      bank.log_densities_of_row(prepared, {row.data(), 3}, {logs.data(), static_cast<std::size_t>(states)});
      return logs;
    };
    check_near(of_row().transpose(), log_densities(bank, prepared, one), tolerance::round_trip);

    const double share = 0.5 + 0.5 * std::sin(row[0]);
    auto sums = bank.statistics(prepared);
    bank.accumulate_row(prepared, {row.data(), 3}, std::vector<double>{share, 1 - share}, sums);
    check_near(all_numbers(sums), all_numbers(accumulated(bank, prepared, one)), tolerance::round_trip);

    row.setConstant(std::numeric_limits<double>::quiet_NaN());
    check_near(of_row(), Eigen::VectorXd::Zero(states), tolerance::rounding);
  }

  TEST_CASE("mixture bank: a state without observations keeps its weights") {
    const MixtureBank<DiagonalGaussians> bank{.components = parts};
    const auto at = some_parameters(bank, data().values);
    auto sums = accumulated(bank, bank.prepare(at), data().values);
    sums.counts.row(1).setZero();
    CHECK(bank.maximization(sums, at).weights.row(1) == at.weights.row(1));
  }

  TEST_CASE("mixture bank: a mixture of it never loses, and its components separate") {
    const latent::Mixture<MixtureBank<DiagonalGaussians>> model{.components = 2, .bank = {.components = 2}};
    // Four clusters in two pairs far apart.
    std::mt19937_64 engine(4);
    std::normal_distribution<double> normal;
    latent::RowMajorMatrix rows(800, 2);
    for (Index n = 0; n < rows.rows(); ++n) {
      rows(n, 0) = (n % 2 == 0 ? 40 : -40) + normal(engine);
      rows(n, 1) = (n / 2 % 2 == 0 ? 3 : -3) + normal(engine);
    }
    const auto fitted = latent::fit(model, rows, {.starts = 5});
    CHECK(fitted.summary.verdict == latent::Verdict::converged);
    for (std::size_t i = 1; i < fitted.trace.size(); ++i) {
      CHECK(fitted.trace[i].objective >= fitted.trace[i - 1].objective - 1e-9);
    }
    // Which clusters make a state is arbitrary in a mixture of mixtures.
    const Eigen::MatrixXd& means = fitted.parameters.components.components.means;
    for (const Eigen::RowVector2d& cluster : {Eigen::RowVector2d(40, 3), Eigen::RowVector2d(40, -3),
                                              Eigen::RowVector2d(-40, 3), Eigen::RowVector2d(-40, -3)}) {
      CHECK((means.rowwise() - cluster).rowwise().norm().minCoeff() < 0.5);
    }
    CHECK((fitted.parameters.components.weights.array() - 0.5).abs().maxCoeff() < 0.01);
  }

  TEST_CASE_TEMPLATE("mixture bank: a start sets components apart at their state's scale, the same way every time",
                     Bank, latent::FullGaussians, latent::TiedGaussians, DiagonalGaussians) {
    const latent::Mixture<MixtureBank<Bank>> model{.components = 2, .bank = {.components = parts}};
    const auto alike = model.bank.pooled(data().values, {}, 2);
    CHECK(alike.components.means == alike.components.means.row(0).replicate(2 * parts, 1));

    latent::RowMajorMatrix rows = data().values;  // two states, one of which is a hundred times as wide
    std::vector<std::size_t> labels;
    for (Index n = 0; n < rows.rows(); ++n) {
      labels.push_back(n % 2);
      if (n % 2 == 1) rows.row(n) *= 100;
    }
    const auto start = model.from_labels(rows, labels).components;
    CHECK(start.weights == alike.weights);
    for (Index s = 0; s < 2; ++s) {
      for (Index m = 0; m < parts; ++m) {
        const Index other = s * parts + (m + 1) % parts;
        const double distance = (start.components.means.row(s * parts + m) - start.components.means.row(other)).norm();
        CHECK(distance > (s == 0 ? 0.5 : 50));
      }
    }
    CHECK(all_numbers(start) == all_numbers(model.from_labels(rows, labels).components));
    CHECK(model.bank.means(start).row(0).norm() < 0.1 * model.bank.means(start).row(1).norm() + 5);
  }

  TEST_CASE("mixture bank: a state set apart stays where it was") {
    const latent::Mixture<MixtureBank<latent::FullGaussians>> whole{.components = 1},
        model{.components = 1, .bank = {.components = 2}};
    const std::vector<std::size_t> labels(203, 0);
    const auto one = whole.from_labels(data().values, labels).components;
    const auto two = model.from_labels(data().values, labels).components;
    const Eigen::RowVectorXd mean = one.components.means.row(0);
    const Eigen::RowVectorXd deviation = one.components.covariances[0].diagonal().cwiseSqrt().transpose();
    CHECK(((model.bank.means(two).row(0) - mean).array() / deviation.array()).abs().maxCoeff() < 0.3);
    for (Index m = 0; m < 2; ++m) {
      CHECK(((two.components.means.row(m) - mean).array() / deviation.array()).abs().maxCoeff() < 2);
    }
  }

  TEST_CASE("mixture bank: draws have the mean of their state") {
    const MixtureBank<DiagonalGaussians> bank{.components = parts};
    const auto at = some_parameters(bank, data().values);
    latent::Random random = latent::random_stream(1);
    const int count = 20000;
    Eigen::VectorXd row(3), sum = Eigen::VectorXd::Zero(3), squares = sum;
    for (int i = 0; i < count; ++i) {
      bank.draw(at, 1, random, {row.data(), 3});
      sum += row;
      squares += row.cwiseAbs2();
    }
    const Eigen::VectorXd mean = sum / count, error = ((squares / count - mean.cwiseAbs2()) / count).cwiseSqrt();
    for (Index j = 0; j < 3; ++j) CHECK(std::abs(mean[j] - bank.means(at)(1, j)) < 5 * error[j]);
  }

  TEST_CASE("mixture bank: parameters survive JSON") {
    const MixtureBank<latent::FullGaussians> bank{.components = parts};
    const auto at = some_parameters(bank, data().values);
    const latent::Json json = latent::to_json(at);
    auto read = bank.pooled(data().values, {}, states);
    latent::from_json(json, read);
    CHECK(all_numbers(read) == all_numbers(at));
    latent::Json wrong = json;
    wrong["weights"][1][0] = 0.9;
    CHECK_THROWS(latent::from_json(wrong, read));
  }
}
