#include <cmath>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include <Eigen/Dense>
#include <boost/random/normal_distribution.hpp>
#include <boost/random/uniform_real_distribution.hpp>
#include <doctest/doctest.h>
#include <latent/constraint.hpp>
#include <latent/random.hpp>

#include "support/tolerances.hpp"

using latent::Constraint;
using Numbers = std::vector<double>;

namespace {

Numbers normal_numbers(std::size_t count, latent::Random& random) {
  boost::random::normal_distribution<double> normal(0, 1);
  Numbers numbers(count);
  for (double& x : numbers) x = normal(random);
  return numbers;
}

Numbers unconstrained(const Constraint& constraint, const Numbers& block) {
  Numbers free(constraint.free_size(block.size()));
  constraint.to_unconstrained(block, free);
  return free;
}

Numbers stabilized(const Constraint& constraint, const Numbers& block) {
  Numbers numbers(constraint.stabilized_size(block.size()));
  constraint.to_stabilized(block, numbers);
  return numbers;
}

Numbers natural(const Constraint& constraint, const Numbers& block) {
  Numbers numbers(constraint.natural_size(block.size()));
  constraint.to_natural(block, numbers);
  return numbers;
}

void check_near(const Numbers& found, const Numbers& expected, double relative) {
  REQUIRE(found.size() == expected.size());
  for (std::size_t i = 0; i < found.size(); ++i) {
    CAPTURE(i);
    CHECK(found[i] == near(expected[i], relative));
  }
}

Numbers row_major(const Eigen::MatrixXd& matrix) {
  Numbers numbers;
  for (Eigen::Index i = 0; i < matrix.rows(); ++i) {
    for (Eigen::Index j = 0; j < matrix.cols(); ++j) numbers.push_back(matrix(i, j));
  }
  return numbers;
}

struct Case {
  Constraint constraint;
  std::size_t size;  // of a block
  std::size_t free, natural;
};

const Case cases[] = {
    {latent::real, 1, 1, 1},
    {latent::positive, 1, 1, 1},
    {latent::non_negative, 1, 1, 1},
    {latent::unit_interval, 1, 1, 1},
    {latent::interval(-3, 8), 1, 1, 1},
    {latent::simplex, 1, 0, 1},
    {latent::simplex, 5, 4, 5},
    {latent::ordered, 6, 6, 6},
    {latent::positive_definite, 1, 1, 1},
    {latent::positive_definite, 16, 10, 10},
    {latent::fixed, 1, 0, 0},
};

std::string reason(const Constraint& constraint, const Numbers& block) {
  return constraint.violation(block).value_or("nothing");
}

}  // namespace

TEST_SUITE("framework/constraint") {
  TEST_CASE("constraint: free and natural coordinates are as many as the table in the header says") {
    for (const Case& c : cases) {
      CAPTURE(std::string(c.constraint.name()));
      CHECK(c.constraint.free_size(c.size) == c.free);
      CHECK(c.constraint.natural_size(c.size) == c.natural);
    }
    CHECK(latent::simplex.free_size(0) == 0);
  }

  TEST_CASE("constraint: unconstrained to block and back is the identity") {
    latent::Random random = latent::random_stream(1);
    for (const Case& c : cases) {
      CAPTURE(std::string(c.constraint.name()));
      for (int repeat = 0; repeat < 50; ++repeat) {
        const Numbers free = normal_numbers(c.free, random);
        Numbers block(c.size, 1);
        c.constraint.from_unconstrained(free, block);
        CHECK(reason(c.constraint, block) == "nothing");
        check_near(unconstrained(c.constraint, block), free, tolerance::conditioned);
      }
    }
  }

  TEST_CASE("constraint: block to unconstrained and back is the identity") {
    latent::Random random = latent::random_stream(2);
    for (const Case& c : cases) {
      CAPTURE(std::string(c.constraint.name()));
      for (int repeat = 0; repeat < 50; ++repeat) {
        Numbers block(c.size, 1);
        c.constraint.from_unconstrained(normal_numbers(c.free, random), block);
        Numbers again = block;
        if (c.constraint.kind() != Constraint::Kind::fixed) again.assign(c.size, 0.5);
        c.constraint.from_unconstrained(unconstrained(c.constraint, block), again);
        check_near(again, block, tolerance::round_trip);
      }
    }
  }

  TEST_CASE("constraint: block to natural and back has the same bits") {
    latent::Random random = latent::random_stream(3);
    for (const Case& c : cases) {
      CAPTURE(std::string(c.constraint.name()));
      Numbers block(c.size, 1);
      c.constraint.from_unconstrained(normal_numbers(c.free, random), block);
      Numbers again = block;
      if (c.constraint.kind() != Constraint::Kind::fixed) again.assign(c.size, 0.5);
      c.constraint.from_natural(natural(c.constraint, block), again);
      CHECK(again == block);
    }
  }

  TEST_CASE("constraint: blocks are numbers or last axes or matrices") {
    const std::vector<std::size_t> number, vector{4}, matrix{3, 4}, matrices{2, 3, 3};
    CHECK(latent::real.block_size(matrix) == 1);
    CHECK(latent::simplex.block_size(vector) == 4);
    CHECK(latent::simplex_rows.block_size(matrix) == 4);
    CHECK(latent::ordered.block_size(matrix) == 4);
    CHECK(latent::simplex.block_size(number) == 1);
    CHECK(latent::positive_definite.block_size(matrices) == 9);
    CHECK(latent::positive_definite.block_size(number) == 1);
  }

  TEST_CASE("constraint: the transforms are those of the table in the header") {
    CHECK(unconstrained(latent::positive, {5})[0] == near(std::log(5.), tolerance::rounding));
    CHECK(unconstrained(latent::interval(2, 6), {3})[0] == near(std::log(1. / 3), tolerance::rounding));
    check_near(unconstrained(latent::simplex, {0.2, 0.3, 0.5}), {std::log(0.4), std::log(0.6)}, tolerance::rounding);
    check_near(unconstrained(latent::ordered, {-1, 1, 4}), {-1, std::log(2.), std::log(3.)}, tolerance::rounding);
    // The factor of {{4, 2}, {2, 10}} is {{2, 0}, {1, 3}}.
    check_near(unconstrained(latent::positive_definite, {4, 2, 2, 10}), {std::log(2.), 1, std::log(3.)},
               tolerance::rounding);
    CHECK(natural(latent::positive_definite, {4, 2, 2, 10}) == Numbers{4, 2, 10});
  }

  TEST_CASE("constraint: unconstrained numbers of any size give values that are allowed or on the boundary") {
    for (const double x : {-1e3, -40., 40., 1e3}) {
      CAPTURE(x);
      Numbers one(1), three(3);
      latent::unit_interval.from_unconstrained(Numbers{x}, one);
      CHECK(reason(latent::unit_interval, one) == "nothing");
      latent::simplex.from_unconstrained(Numbers{x, -x}, three);
      CHECK(reason(latent::simplex, three) == "nothing");
    }
  }

  TEST_CASE("constraint: a probability of zero has an infinite coordinate and comes back as zero") {
    const Numbers free = unconstrained(latent::simplex, {0, 0.25, 0.75});
    CHECK(free[0] == -std::numeric_limits<double>::infinity());
    Numbers block(3);
    latent::simplex.from_unconstrained(free, block);
    check_near(block, {0, 0.25, 0.75}, tolerance::rounding);
  }

  TEST_CASE("constraint: covariances of variables in very different units are allowed and come back") {
    const Eigen::Matrix3d correlation{{1, 0.6, -0.3}, {0.6, 1, 0.2}, {-0.3, 0.2, 1}};
    for (const Eigen::Vector3d& units : {Eigen::Vector3d(1e-100, 1, 1e100), Eigen::Vector3d(1e-140, 1e-140, 1e-140),
                                         Eigen::Vector3d(1e150, 1e-150, 1e3)}) {
      const Eigen::Matrix3d covariance = units.asDiagonal() * correlation * units.asDiagonal();
      const Numbers block = row_major(covariance);
      CHECK(reason(latent::positive_definite, block) == "nothing");
      Numbers again(9);
      latent::positive_definite.from_unconstrained(unconstrained(latent::positive_definite, block), again);
      for (Eigen::Index i = 0; i < 3; ++i) {
        for (Eigen::Index j = 0; j < 3; ++j) {
          const double unit = units[i] * units[j];
          CHECK(again[static_cast<std::size_t>(3 * i + j)] / unit == near(correlation(i, j), tolerance::round_trip));
        }
      }
    }
  }

  TEST_CASE("constraint: a nearly singular covariance is allowed and a singular one is not") {
    CHECK(reason(latent::positive_definite, {1, 1 - 1e-12, 1 - 1e-12, 1}) == "nothing");
    CHECK(reason(latent::positive_definite, {1, 1, 1, 1}) ==
          "is not positive definite: a linear combination of its variables has no variance");
  }

  TEST_CASE("constraint: a matrix that is not positive definite has no finite coordinates") {
    for (const double x : unconstrained(latent::positive_definite, {1, 2, 2, 1})) CHECK(std::isnan(x));
  }

  TEST_CASE("constraint: a violation says what the value is and what it must be") {
    const double nan = std::numeric_limits<double>::quiet_NaN(), infinity = std::numeric_limits<double>::infinity();
    CHECK(reason(latent::real, {nan}) == "has the value nan, it must be finite");
    CHECK(reason(latent::fixed, {infinity}) == "has the value inf, it must be finite");
    CHECK(reason(latent::positive, {0}) == "has the value 0, it must be positive");
    CHECK(reason(latent::positive, {-1.5}) == "has the value -1.5, it must be positive");
    CHECK(reason(latent::non_negative, {0}) == "nothing");
    CHECK(reason(latent::non_negative, {-1.5}) == "has the value -1.5, it must not be negative");
    CHECK(reason(latent::unit_interval, {1.25}) == "has the value 1.25, it must lie between 0 and 1");
    CHECK(reason(latent::interval(-2, 3), {-2.5}) == "has the value -2.5, it must lie between -2 and 3");
    CHECK(reason(latent::simplex, {0.5, 0.4}) == "sums to 0.9, it must sum to 1");
    CHECK(reason(latent::simplex, {1.5, -0.5}) == "has the value -0.5, probabilities are not negative");
    CHECK(reason(latent::ordered, {1, 3, 3}) == "has 3 before 3, it must increase");
    CHECK(reason(latent::positive_definite, {1, 0, 0, 0}) == "is not positive definite: its diagonal entry 2 is 0");
    CHECK(reason(latent::positive_definite, {1, 0.5, 0.25, 1}) ==
          "is not symmetric: entry (2, 1) is 0.25 and entry (1, 2) is 0.5");
    CHECK(reason(latent::positive_definite, {1, 2, 2, 1}) ==
          "is not positive definite: a linear combination of its variables has no variance");
  }

  TEST_CASE("constraint: probabilities that a person wrote with seven digits are allowed") {
    CHECK(reason(latent::simplex, {0.3333333, 0.3333333, 0.3333333}) == "nothing");
    CHECK(reason(latent::simplex, {0.333, 0.333, 0.333}) == "sums to 0.9990000000000001, it must sum to 1");
  }

  TEST_CASE("constraint: block to stabilized and back is the identity") {
    latent::Random random = latent::random_stream(4);
    for (const Case& c : cases) {
      CAPTURE(std::string(c.constraint.name()));
      for (int repeat = 0; repeat < 50; ++repeat) {
        Numbers block(c.size, 1);
        c.constraint.from_unconstrained(normal_numbers(c.free, random), block);
        Numbers again = block;
        if (c.constraint.kind() != Constraint::Kind::fixed) again.assign(c.size, 0.5);
        c.constraint.from_stabilized(stabilized(c.constraint, block), again);
        check_near(again, block, tolerance::round_trip);
      }
    }
  }

  TEST_CASE("constraint: any numbers are stabilized coordinates of values that are allowed") {
    latent::Random random = latent::random_stream(5);
    for (const double size : {1e-3, 1., 10.}) {
      for (const Case& c : cases) {
        CAPTURE(std::string(c.constraint.name()));
        CAPTURE(size);
        for (int repeat = 0; repeat < 50; ++repeat) {
          Numbers here = normal_numbers(c.constraint.stabilized_size(c.size), random);
          for (double& x : here) x *= size;
          // Differences and pivots that are logs may be lost in a sum of numbers so far apart.
          const bool logs = c.constraint.kind() == Constraint::Kind::positive_definite ||
                            c.constraint.kind() == Constraint::Kind::ordered;
          if (logs && size > 1) continue;
          Numbers block(c.size, 1);
          c.constraint.from_stabilized(here, block);
          CHECK(reason(c.constraint, block) == "nothing");
        }
      }
    }
  }

  TEST_CASE("constraint: numbers far outside are stabilized coordinates of values that are allowed too") {
    for (const double x : {-1e100, -1e3, 1e3, 1e100}) {
      CAPTURE(x);
      Numbers one(1), three(3);
      for (const Constraint& interval : {latent::unit_interval, latent::interval(-3, 8), latent::interval(0.1, 0.3)}) {
        interval.from_stabilized(Numbers{x}, one);
        CHECK(reason(interval, one) == "nothing");
      }
      latent::non_negative.from_stabilized(Numbers{x}, one);
      CHECK(reason(latent::non_negative, one) == "nothing");
      latent::simplex.from_stabilized(Numbers{x, 1, 0}, three);
      CHECK(reason(latent::simplex, three) == "nothing");
    }
  }

  TEST_CASE("constraint: the ends of a range have finite stabilized coordinates and come back as they are") {
    struct End {
      Constraint constraint;
      Numbers block;
    };
    const End ends[] = {
        {latent::simplex, {0, 0.25, 0.75}}, {latent::simplex, {0, 0, 1}},        {latent::simplex, {1, 0}},
        {latent::unit_interval, {0}},       {latent::unit_interval, {1}},        {latent::interval(-3, 8), {-3}},
        {latent::interval(-3, 8), {8}},     {latent::interval(0.1, 0.3), {0.1}}, {latent::interval(0.1, 0.3), {0.3}},
        {latent::non_negative, {0}},
    };
    for (const End& end : ends) {
      CAPTURE(std::string(end.constraint.name()));
      const Numbers here = stabilized(end.constraint, end.block);
      for (const double x : here) CHECK(std::isfinite(x));
      Numbers again(end.block.size(), 0.5);
      end.constraint.from_stabilized(here, again);
      CHECK(reason(end.constraint, again) == "nothing");
      check_near(again, end.block, tolerance::rounding);
      for (std::size_t i = 0; i < again.size(); ++i) CHECK((again[i] == 0) == (end.block[i] == 0));
    }
  }

  TEST_CASE("constraint: stabilized coordinates are those that the header names") {
    check_near(stabilized(latent::simplex, {0.25, 0.75}), {0.5, std::sqrt(0.75)}, tolerance::rounding);
    CHECK(stabilized(latent::non_negative, {9})[0] == near(3, tolerance::rounding));
    CHECK(stabilized(latent::unit_interval, {0.5})[0] == near(std::atan(1.), tolerance::rounding));
    CHECK(stabilized(latent::interval(2, 6), {3})[0] == near(std::atan(std::sqrt(1. / 3)), tolerance::rounding));
    for (const Case& c : cases) {
      if (c.constraint.kind() == Constraint::Kind::simplex) CHECK(c.constraint.stabilized_size(c.size) == c.size);
    }
  }

  // Fisher's information of a binomial with n = 1 is 1 / (p (1 - p)), of a Poisson distribution 1 / mean.
  TEST_CASE("constraint: the information of a stabilized frequency or rate is the same everywhere") {
    constexpr double step = 1e-6;
    for (const double p : {0.01, 0.2, 0.5, 0.9}) {
      const double slope =
          (stabilized(latent::unit_interval, {p + step})[0] - stabilized(latent::unit_interval, {p - step})[0]) /
          (2 * step);
      CHECK(slope * slope * p * (1 - p) == near(0.25, tolerance::numeric));
    }
    for (const double mean : {0.1, 1., 50.}) {
      const double slope =
          (stabilized(latent::non_negative, {mean + step})[0] - stabilized(latent::non_negative, {mean - step})[0]) /
          (2 * step);
      CHECK(slope * slope * mean == near(0.25, tolerance::numeric));
    }
  }

  TEST_CASE("constraint: a value is at the edge when a probability is below one in a million") {
    CHECK(latent::simplex.at_edge(Numbers{1e-7, 1 - 1e-7}));
    CHECK_FALSE(latent::simplex.at_edge(Numbers{1e-5, 1 - 1e-5}));
    CHECK(latent::interval(-3, 8).at_edge(Numbers{-3}));
    CHECK(latent::interval(-3, 8).at_edge(Numbers{8}));
    CHECK_FALSE(latent::interval(-3, 8).at_edge(Numbers{0}));
    CHECK(latent::non_negative.at_edge(Numbers{0}));
    CHECK_FALSE(latent::real.at_edge(Numbers{0}));
    CHECK_FALSE(latent::positive.at_edge(Numbers{1e-9}));
  }

}  // TEST_SUITE
