#include <atomic>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <stdexcept>
#include <utility>
#include <vector>

#include <doctest/doctest.h>
#include <latent/blocked_sum.hpp>
#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/parallel_for.h>
#include <oneapi/tbb/task_arena.h>

namespace {

using Ranges = std::vector<std::pair<std::size_t, std::size_t>>;

// The ranges that are summed, in the order in which they are merged.
Ranges leaves_of(std::size_t n, std::size_t leaves) {
  return latent::blocked_sum(
      n, leaves,
      [](std::size_t first, std::size_t count) {
        return Ranges{{first, count}};
      },
      [](Ranges& into, const Ranges& other) { into.insert(into.end(), other.begin(), other.end()); });
}

// Numbers of very different sizes and signs, whose floating-point sum is another in every order.
std::vector<double> awkward_numbers(std::size_t n) {
  std::vector<double> numbers(n);
  for (std::size_t i = 0; i < n; ++i) {
    const double x = static_cast<double>(i);
    numbers[i] = std::sin(x * x) * std::pow(10, 12 * std::sin(x));
  }
  return numbers;
}

double sum_of(const std::vector<double>& numbers, std::size_t leaves) {
  return latent::blocked_sum(
      numbers.size(), leaves,
      [&](std::size_t first, std::size_t count) {
        const auto begin = numbers.begin() + static_cast<std::ptrdiff_t>(first);
        return std::accumulate(begin, begin + static_cast<std::ptrdiff_t>(count), 0.0);
      },
      [](double& into, double other) { into += other; });
}

}  // namespace

TEST_SUITE("framework/blocked_sum") {
  TEST_CASE("blocked_sum: the leaves cover every observation once and in order") {
    for (std::size_t n = 0; n < 600; n += n < 70 ? 1 : 13) {
      for (const std::size_t grain : {1, 3, 64, 512}) {
        const std::size_t leaves = latent::leaf_count(n, static_cast<std::size_t>(grain), 8);
        const Ranges ranges = leaves_of(n, leaves);
        REQUIRE(ranges.size() == leaves);
        std::size_t next = 0;
        for (const auto& [first, count] : ranges) {
          REQUIRE(first == next);
          next += count;
        }
        REQUIRE(next == n);
      }
    }
  }

  TEST_CASE("blocked_sum: leaves differ by at most one observation") {
    for (const std::size_t n : {std::size_t{1000}, std::size_t{1023}, std::size_t{123457}, std::size_t{1} << 40}) {
      for (std::size_t leaves = 1; leaves <= 256; leaves *= 2) {
        for (std::size_t i = 0; i < leaves; ++i) {
          const std::size_t count = latent::leaf_begin(n, leaves, i + 1) - latent::leaf_begin(n, leaves, i);
          REQUIRE((count == n / leaves || count == n / leaves + 1));
        }
      }
    }
  }

  TEST_CASE("leaf_count: a power of two whose leaves have at least the grain") {
    for (const std::size_t n : {1, 511, 512, 1023, 1024, 100000, 10000000}) {
      const std::size_t leaves = latent::leaf_count(n, 512, 8);
      CHECK(std::has_single_bit(leaves));
      CHECK(leaves <= 256);
      CHECK((leaves == 1 || n / leaves >= 512));
    }
    CHECK(latent::leaf_count(0, 512, 8) == 1);
    CHECK(latent::leaf_count(10, 0, 8) == 8);
  }

  TEST_CASE("leaf_count: large sums have fewer leaves but never fewer than eight for that") {
    const std::size_t megabyte = std::size_t{1} << 20;
    CHECK(latent::leaf_count(10000000, 512, megabyte) == 256);       // 10 sums on a path
    CHECK(latent::leaf_count(10000000, 512, 2 * megabyte) == 64);    // 8
    CHECK(latent::leaf_count(10000000, 512, 100 * megabyte) == 16);  // of no more than a million observations
    CHECK(latent::leaf_count(1000000, 512, 100 * megabyte) == 8);
    CHECK(latent::leaf_count(1024, 512, 100 * megabyte) == 2);
  }

  TEST_CASE("blocked_sum: one thread and many give the same bits") {
    const tbb::global_control allow(tbb::global_control::max_allowed_parallelism, 8);
    const std::vector<double> numbers = awkward_numbers(100003);
    const double expected = tbb::task_arena(1).execute([&] { return sum_of(numbers, 256); });
    CHECK(expected != sum_of(numbers, 1));  // the order does matter
    for (const int threads : {1, 2, 3, 8}) {
      CAPTURE(threads);
      for (int repeat = 0; repeat < 20; ++repeat) {
        CHECK(tbb::task_arena(threads).execute([&] { return sum_of(numbers, 256); }) == expected);
      }
    }
  }

  TEST_CASE("blocked_sum: many at once are right") {
    const tbb::global_control allow(tbb::global_control::max_allowed_parallelism, 8);
    const std::vector<double> numbers = awkward_numbers(5000);
    const double expected = sum_of(numbers, 32);
    std::atomic<int> wrong = 0;
    tbb::task_arena(8).execute(
        [&] { tbb::parallel_for(0, 200, [&](int) { wrong += sum_of(numbers, 32) != expected; }); });
    CHECK(wrong == 0);
  }

  TEST_CASE("blocked_sum: a thread that waits does not begin other work") {
    const tbb::global_control allow(tbb::global_control::max_allowed_parallelism, 8);
    const std::vector<double> numbers = awkward_numbers(5000);
    std::atomic<int> nested = 0;
    tbb::task_arena(8).execute([&] {
      tbb::parallel_for(0, 200, [&](int) {
        thread_local int depth = 0;
        nested += depth++ > 0;
        sum_of(numbers, 32);
        --depth;
      });
    });
    CHECK(nested == 0);
  }

  TEST_CASE("blocked_sum: an exception reaches the caller, of several the first in order") {
    const tbb::global_control allow(tbb::global_control::max_allowed_parallelism, 8);
    const auto failing = [](std::size_t first, std::size_t) -> double {
      if (first >= 500) throw std::runtime_error("no sum from " + std::to_string(first));
      return 0;
    };
    const auto add = [](double& into, double other) { into += other; };
    for (int round = 0; round < 300; ++round)
      CHECK_THROWS_WITH_AS(latent::blocked_sum(1000, 16, failing, add), "no sum from 500", std::runtime_error);
  }

  TEST_CASE("blocked_sum: work around it that fails does not cancel a sum") {
    const tbb::global_control allow(tbb::global_control::max_allowed_parallelism, 8);
    const std::vector<double> numbers = awkward_numbers(5000);
    const double expected = sum_of(numbers, 32);
    std::atomic<int> wrong = 0;
    for (int round = 0; round < 50; ++round)
      CHECK_THROWS_AS(tbb::parallel_for(0, 64,
                                        [&](int i) {
                                          if (i % 16 == 15) throw std::runtime_error("outer work fails");
                                          wrong += sum_of(numbers, 32) != expected;
                                        }),
                      std::runtime_error);
    CHECK(wrong == 0);
  }

  TEST_CASE("blocked_sum: sums need no default constructor") {
    struct Count {
      explicit Count(std::size_t n) : value(n) {}
      std::size_t value;
    };
    const Count count = latent::blocked_sum(
        1000, 8, [](std::size_t, std::size_t n) { return Count(n); },
        [](Count& into, const Count& other) { into.value += other.value; });
    CHECK(count.value == 1000);
  }

}  // TEST_SUITE
