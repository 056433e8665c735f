#include <cmath>
#include <cstdint>
#include <limits>
#include <random>

#include <doctest/doctest.h>
#include <latent/simd.hpp>

namespace {

using namespace latent::simd;

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

// The distance of `computed` from `exact` in units of the last place of a double of that size.
double ulps(double computed, long double exact) {
  int exponent = 0;
  std::frexp(static_cast<double>(exact), &exponent);
  const long double unit = std::ldexp(1.0L, std::max(exponent - 53, -1074));
  return static_cast<double>(std::abs(static_cast<long double>(computed) - exact) / unit);
}

// The largest error of `function` over random arguments argument(uniform in [low, high]).
template <class Function, class Exact, class Argument>
double largest_error(double low, double high, Function function, Exact exact, Argument argument) {
  std::mt19937_64 engine(7);
  std::uniform_real_distribution<double> uniform(low, high);
  double worst = 0;
  for (int i = 0; i < 40000; ++i) {
    Pack x{};
    for (std::size_t lane = 0; lane < pack_size; ++lane) x[lane] = argument(uniform(engine));
    const Pack y = function(x);
    for (std::size_t lane = 0; lane < pack_size; ++lane) {
      worst = std::max(worst, ulps(y[lane], exact(static_cast<long double>(x[lane]))));
    }
  }
  return worst;
}

double exp_error(double low, double high) {
  return largest_error(
      low, high, [](Pack x) { return exp(x); }, [](long double x) { return std::exp(x); }, [](double x) { return x; });
}

// The arguments are 2^low to 2^high.
double log_error(double low, double high) {
  return largest_error(
      low, high, [](Pack x) { return log(x); }, [](long double x) { return std::log(x); },
      [](double x) { return std::exp2(x); });
}

// What a function gives for one value in any lane, the others being ordinary numbers.
template <class Function>
double in_every_lane(Function function, double value) {
  double result = 0;
  for (std::size_t lane = 0; lane < pack_size; ++lane) {
    Pack x = broadcast(1.5);
    x[lane] = value;
    const double got = function(x)[lane];
    if (lane > 0) CHECK((got == result || (std::isnan(got) && std::isnan(result))));
    result = got;
  }
  return result;
}

double exp_of(double x) {
  return in_every_lane([](Pack p) { return exp(p); }, x);
}
double log_of(double x) {
  return in_every_lane([](Pack p) { return log(p); }, x);
}

Pack numbered(double first) { return lane_numbers() + first; }

}  // namespace

TEST_SUITE("framework/simd") {
  TEST_CASE("exp: is within 1.05 units in the last place of the exact value") {
    CHECK(exp_error(-708.396, 709.782) < 1.05);
    CHECK(exp_error(-40, 0) < 1.05);
    CHECK(exp_error(-1, 1) < 1.05);
    CHECK(exp_error(-1e-8, 1e-8) < 1.05);
    CHECK(exp_error(709.7, 709.782712893383) < 1.05);
  }

  TEST_CASE("exp: is exact at zero and infinity and passes NaN on") {
    CHECK(exp_of(0.0) == 1.0);
    CHECK(exp_of(-0.0) == 1.0);
    CHECK(exp_of(infinity) == infinity);
    CHECK(exp_of(-infinity) == 0.0);
    CHECK(std::isnan(exp_of(not_a_number)));
    CHECK(std::isnan(exp_of(-std::numeric_limits<double>::signaling_NaN())));
  }

  TEST_CASE("exp: overflows to infinity and flushes subnormal results to zero") {
    CHECK(std::isfinite(exp_of(709.782712893383)));
    CHECK(exp_of(709.782712893385) == infinity);
    CHECK(exp_of(1e300) == infinity);
    CHECK(exp_of(-708.39) >= std::numeric_limits<double>::min());
    CHECK(exp_of(-708.4) == 0.0);
    CHECK(exp_of(-745.0) == 0.0);
    CHECK(exp_of(-1e300) == 0.0);
  }

  TEST_CASE("log: is within one unit in the last place of the exact value") {
    CHECK(log_error(-1, 1) < 1.0);
    CHECK(log_error(-1e-3, 1e-3) < 1.0);
    CHECK(log_error(-1022, 1023.99) < 1.0);
    CHECK(log_error(0, 8) < 1.0);
  }

  TEST_CASE("log: is right for subnormal arguments") {
    CHECK(log_error(-1073, -1022) < 1.0);
    constexpr double smallest = std::numeric_limits<double>::denorm_min();
    CHECK(ulps(log_of(smallest), std::log(static_cast<long double>(smallest))) < 1.0);
  }

  TEST_CASE("log: is exact where the result is and passes NaN on") {
    CHECK(log_of(1.0) == 0.0);
    CHECK(log_of(0.0) == -infinity);
    CHECK(log_of(-0.0) == -infinity);
    CHECK(log_of(infinity) == infinity);
    CHECK(std::isnan(log_of(-1.0)));
    CHECK(std::isnan(log_of(-infinity)));
    CHECK(std::isnan(log_of(not_a_number)));
  }

  TEST_CASE("transpose: exchanges lanes and packs") {
    Pack packs[pack_size];
    for (std::size_t i = 0; i < pack_size; ++i) packs[i] = numbered(100.0 * static_cast<double>(i));
    transpose(packs);
    for (std::size_t i = 0; i < pack_size; ++i) {
      for (std::size_t j = 0; j < pack_size; ++j) {
        const double lane = packs[i][j];
        CHECK(lane == 100.0 * static_cast<double>(j) + static_cast<double>(i));
      }
    }
  }

  TEST_CASE("sum: adds the lanes") {
    const double count = pack_size;
    CHECK(sum(numbered(3)) == count * 3 + count * (count - 1) / 2);
  }

  TEST_CASE("sums: are those of sum for every pack and bit for bit") {
    std::mt19937_64 engine(3);
    std::normal_distribution<double> normal;
    Pack packs[pack_size];
    double expected[pack_size];
    for (std::size_t i = 0; i < pack_size; ++i) {
      for (std::size_t lane = 0; lane < pack_size; ++lane) packs[i][lane] = normal(engine);
      expected[i] = sum(packs[i]);
    }
    const Pack together = sums<pack_size>(packs);
    for (std::size_t i = 0; i < pack_size; ++i) CHECK(double{together[i]} == expected[i]);
  }

  TEST_CASE("add_sums: adds to what is there and touches nothing beyond") {
    constexpr std::size_t count = 11;
    Pack packs[count];
    double totals[count + 1];
    for (std::size_t i = 0; i < count; ++i) packs[i] = numbered(static_cast<double>(i));
    for (std::size_t i = 0; i <= count; ++i) totals[i] = 1000;
    add_sums<count>(packs, totals);
    for (std::size_t i = 0; i < count; ++i) CHECK(totals[i] == 1000 + sum(numbered(static_cast<double>(i))));
    CHECK(totals[count] == 1000);
  }

  TEST_CASE("for_each_tile: covers every index once and in order") {
    for (std::size_t count = 0; count < 12; ++count) {
      std::size_t next = 0;
      for_each_tile<5>(count, [&](auto size, std::size_t first) {
        CHECK(first == next);
        next += size();
      });
      CHECK(next == count);
    }
  }

}  // TEST_SUITE
