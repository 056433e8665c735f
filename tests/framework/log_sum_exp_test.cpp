#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include <doctest/doctest.h>
#include <latent/log_sum_exp.hpp>

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double rounding = 4e-16;  // relative, of one row; a sum of a thousand rows has a few times as much

// A block of joint log-probabilities and what must come of it, computed in long double one row at a time.
struct Block {
  std::size_t rows, components, padded;
  latent::AlignedBuffer buffer;
  std::vector<double> before;

  Block(std::size_t n, std::size_t k) : rows(n), components(k), padded(latent::padded_rows(n)), before(n * k) {
    buffer.reserve(padded * components);
    std::mt19937_64 engine(5);
    std::normal_distribution<double> normal(-20, 30);
    for (double& value : before) value = normal(engine);
  }

  double& joint(std::size_t n, std::size_t k) { return before[n * components + k]; }

  // What is beyond the last row must not matter.
  latent::Columns columns() {
    latent::Columns result(buffer.data(), static_cast<Eigen::Index>(padded), static_cast<Eigen::Index>(components));
    result.setConstant(std::numeric_limits<double>::quiet_NaN());
    for (std::size_t n = 0; n < rows; ++n) {
      for (std::size_t k = 0; k < components; ++k)
        result(static_cast<Eigen::Index>(n), static_cast<Eigen::Index>(k)) = joint(n, k);
    }
    return result;
  }

  long double largest(std::size_t n) {
    long double result = -infinity;
    for (std::size_t k = 0; k < components; ++k) result = std::max<long double>(result, joint(n, k));
    return result;
  }
  // sum_k exp(joint - largest)
  long double total(std::size_t n) {
    long double result = 0;
    for (std::size_t k = 0; k < components; ++k) result += std::exp(joint(n, k) - largest(n));
    return result;
  }
};

void check_against_long_double(Block& block, const std::vector<double>& weights) {
  latent::Columns result = block.columns();
  std::vector<double> by_row(block.rows);
  const double total = latent::log_sum_exp(result, block.rows, weights, by_row);
  long double expected = 0, size = 0;
  double worst = 0;
  for (std::size_t n = 0; n < block.padded; ++n) {
    const double weight = n >= block.rows ? 0 : weights.empty() ? 1 : weights[n];
    const long double l = n < block.rows ? block.largest(n) + std::log(block.total(n)) : 0;
    if (n < block.rows) worst = std::max(worst, static_cast<double>(std::abs(by_row[n] - l) / (1 + std::abs(l))));
    expected += weight * l;
    size += weight * std::abs(l);
    for (std::size_t k = 0; k < block.components; ++k) {
      const double got = result(static_cast<Eigen::Index>(n), static_cast<Eigen::Index>(k));
      const long double want =
          weight == 0 ? 0 : weight * std::exp(block.joint(n, k) - block.largest(n)) / block.total(n);
      // The argument of exp is as large as the joint and rounded; its error becomes a relative one.
      const double allowed = n < block.rows ? rounding * (8 + std::abs(block.joint(n, k) - static_cast<double>(l))) : 0;
      worst = std::max(
          worst, std::abs(static_cast<double>(got - want)) > allowed * static_cast<double>(want) + 1e-300 ? 1.0 : 0.0);
    }
  }
  CHECK(worst < rounding);
  CHECK(std::abs(static_cast<double>(total - expected)) <= 4 * rounding * static_cast<double>(size) + 1e-300);
}

}  // namespace

TEST_SUITE("framework/log_sum_exp") {
  TEST_CASE("log_sum_exp: gives the likelihoods and responsibilities of a computation in long double") {
    for (std::size_t components : {1, 2, 3, 7, 16, 17}) {
      for (std::size_t rows : {1, 7, 8, 9, 33, 100, 1017}) {
        CAPTURE(components);
        CAPTURE(rows);
        Block block(rows, components);
        check_against_long_double(block, {});
        std::vector<double> weights(rows);
        for (std::size_t n = 0; n < rows; ++n) weights[n] = static_cast<double>(n % 3) * 1.25;
        check_against_long_double(block, weights);
      }
    }
  }

  TEST_CASE("log_sum_exp: responsibilities of every row sum to one") {
    Block block(100, 5);
    latent::Columns result = block.columns();
    latent::log_sum_exp(result, 100);
    for (Eigen::Index n = 0; n < 100; ++n) CHECK(result.row(n).sum() == doctest::Approx(1).epsilon(1e-15));
  }

  TEST_CASE("log_sum_exp: an impossible row has likelihood zero and no responsibilities") {
    Block block(9, 3);
    for (std::size_t k = 0; k < 3; ++k) block.joint(4, k) = -infinity;
    block.joint(5, 1) = -infinity;
    latent::Columns result = block.columns();
    std::vector<double> by_row(9);
    CHECK(latent::log_sum_exp(result, 9, {}, by_row) == -infinity);
    CHECK(by_row[4] == -infinity);
    CHECK((result.row(4) == 0).all());
    CHECK(std::isfinite(by_row[5]));
    CHECK(result(5, 1) == 0);
    CHECK(result.row(5).sum() == doctest::Approx(1).epsilon(1e-15));
  }

  TEST_CASE("log_sum_exp: a row of weight zero contributes nothing whatever it holds") {
    Block block(9, 3);
    std::vector<double> weights(9, 1.0);
    for (std::size_t n : {2, 4, 6}) weights[n] = 0;
    latent::Columns result = block.columns();
    const double expected = latent::log_sum_exp(result, 9, weights);
    for (std::size_t k = 0; k < 3; ++k) {
      block.joint(2, k) = -infinity;
      block.joint(4, k) = std::numeric_limits<double>::quiet_NaN();
      block.joint(6, k) = infinity;
    }
    result = block.columns();
    CHECK(latent::log_sum_exp(result, 9, weights) == expected);
    for (Eigen::Index n : {2, 4, 6}) CHECK((result.row(n) == 0).all());
  }

  TEST_CASE("log_sum_exp: a NaN shows in the sum") {
    for (std::size_t k = 0; k < 3; ++k) {
      Block block(9, 3);
      block.joint(7, k) = std::numeric_limits<double>::quiet_NaN();
      latent::Columns result = block.columns();
      CHECK(std::isnan(latent::log_sum_exp(result, 9)));
    }
  }

  TEST_CASE("log_sum_exp: log-likelihoods far below the range of exp are exact") {
    Block block(8, 2);
    for (std::size_t n = 0; n < 8; ++n) block.joint(n, 0) = block.joint(n, 1) = -1e6 * static_cast<double>(n + 1);
    check_against_long_double(block, {});
  }

}  // TEST_SUITE
