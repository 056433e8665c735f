#include <cmath>
#include <random>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>
#include <latent/column_block.hpp>
#include <latent/components/gaussian_diagonal.hpp>
#include <latent/components/gaussian_full.hpp>
#include <latent/components/gaussian_spherical.hpp>
#include <latent/components/gaussian_tied.hpp>
#include <latent/log_sum_exp.hpp>

#include "machine_rates.hpp"

// What does one block of rows cost in each kernel of an E-step? Items are rows; `product_rate` is the useful arithmetic
// a second as a share of the machine's matrix product, the better of Eigen's and OpenBLAS'.

namespace {

using latent::Columns;
using latent::ConstColumns;
using Index = Eigen::Index;

double machine_rate() {
  static const double rate = latent::benchmarks::product_rate();
  return rate;
}

Eigen::MatrixXd random_matrix(Index rows, Index columns) {
  std::mt19937_64 engine(1);
  std::normal_distribution<double> normal;
  return Eigen::MatrixXd::NullaryExpr(rows, columns, [&] { return normal(engine); });
}

// `useful` is the number of multiply-adds (or pairs of other operations) per row, in densities and sums alike.
struct Full {
  using Bank = latent::FullGaussians;
  static Bank::Parameters parameters(Index d, Index k) {
    const std::vector<Eigen::MatrixXd> covariances(static_cast<std::size_t>(k), Eigen::MatrixXd::Identity(d, d));
    return {random_matrix(k, d), covariances};
  }
  static double useful(double d, double k) { return k * d * d / 2; }
};
struct Tied {
  using Bank = latent::TiedGaussians;
  static Bank::Parameters parameters(Index d, Index k) {
    return {random_matrix(k, d), Eigen::MatrixXd::Identity(d, d)};
  }
  static double useful(double d, double k) { return d * d / 2 + k * d; }
};
struct Diagonal {
  using Bank = latent::DiagonalGaussians;
  static Bank::Parameters parameters(Index d, Index k) { return {random_matrix(k, d), Eigen::MatrixXd::Ones(k, d)}; }
  static double useful(double d, double k) { return 2 * k * d; }
};
struct Spherical {
  using Bank = latent::SphericalGaussians;
  static Bank::Parameters parameters(Index d, Index k) { return {random_matrix(k, d), Eigen::VectorXd::Ones(k)}; }
  static double useful(double d, double k) { return 2 * k * d; }
};

// One block of the size that a fit uses.
struct Block {
  latent::RowMajorMatrix rows;
  latent::ColumnBlock columns;
  latent::AlignedBuffer buffer;
  Index components;

  Block(Index d, Index k)
      : rows(random_matrix(
            static_cast<Index>(latent::block_rows(static_cast<std::size_t>(d), static_cast<std::size_t>(k))), d)),
        components(k) {
    columns.gather(rows);
    buffer.reserve(columns.padded_rows() * static_cast<std::size_t>(k));
    joint().setConstant(1.0 / static_cast<double>(k));
  }
  Columns joint() { return {buffer.data(), static_cast<Index>(columns.padded_rows()), components}; }
  ConstColumns responsibilities() { return {buffer.data(), static_cast<Index>(columns.padded_rows()), components}; }
};

void report(benchmark::State& state, double rows, double useful) {
  const double turns = static_cast<double>(state.iterations());
  state.SetItemsProcessed(static_cast<std::int64_t>(rows * turns));
  if (useful == 0) return;
  state.counters["product_rate"] =
      benchmark::Counter(2 * useful * rows * turns / machine_rate(), benchmark::Counter::kIsRate);
}

template <class Family>
void densities(benchmark::State& state) {
  const Index d = state.range(0), k = state.range(1);
  const typename Family::Bank bank;
  const auto prepared = bank.prepare(Family::parameters(d, k));
  Block block(d, k);
  for (auto _ : state) {
    bank.log_densities(prepared, block.columns, block.joint());
    benchmark::ClobberMemory();
  }
  report(state, static_cast<double>(block.columns.rows()),
         Family::useful(static_cast<double>(d), static_cast<double>(k)));
}

template <class Family>
void sums(benchmark::State& state) {
  const Index d = state.range(0), k = state.range(1);
  const typename Family::Bank bank;
  const auto prepared = bank.prepare(Family::parameters(d, k));
  auto statistics = bank.statistics(prepared);
  Block block(d, k);
  for (auto _ : state) {
    bank.accumulate(prepared, block.columns, block.responsibilities(), statistics);
    benchmark::ClobberMemory();
  }
  report(state, static_cast<double>(block.columns.rows()),
         Family::useful(static_cast<double>(d), static_cast<double>(k)));
}

void gather(benchmark::State& state) {
  Block block(state.range(0), 1);
  for (auto _ : state) {
    block.columns.gather(block.rows);
    benchmark::ClobberMemory();
  }
  report(state, static_cast<double>(block.columns.rows()), 0);
}

void log_sum_exp(benchmark::State& state) {
  Block block(1, state.range(0));
  for (auto _ : state) {
    benchmark::DoNotOptimize(latent::log_sum_exp(block.joint(), block.columns.rows()));
  }
  report(state, static_cast<double>(block.columns.rows()), 0);
}

void full_shapes(benchmark::internal::Benchmark* benchmark) {
  benchmark->ArgNames({"D", "K"});
  for (const auto& [d, k] : {std::pair{2, 3}, {8, 8}, {16, 16}, {32, 32}, {64, 32}, {128, 16}}) benchmark->Args({d, k});
}

}  // namespace

BENCHMARK(gather)->ArgName("D")->Arg(2)->Arg(8)->Arg(64);
BENCHMARK(log_sum_exp)->ArgName("K")->Arg(3)->Arg(16)->Arg(64);
BENCHMARK(densities<Full>)->Apply(full_shapes);
BENCHMARK(sums<Full>)->Apply(full_shapes);
BENCHMARK(densities<Tied>)->ArgNames({"D", "K"})->Args({16, 16});
BENCHMARK(sums<Tied>)->ArgNames({"D", "K"})->Args({16, 16});
BENCHMARK(densities<Diagonal>)->ArgNames({"D", "K"})->Args({16, 64});
BENCHMARK(sums<Diagonal>)->ArgNames({"D", "K"})->Args({16, 64});
BENCHMARK(densities<Spherical>)->ArgNames({"D", "K"})->Args({8, 16});
BENCHMARK(sums<Spherical>)->ArgNames({"D", "K"})->Args({8, 16});
