#include <array>
#include <vector>

#include <Eigen/Dense>
#include <doctest/doctest.h>
#include <latent/algebra.hpp>
#include <latent/coordinates.hpp>

#include "support/nested_parameters.hpp"

namespace {

// A mean and a count, which add up as a mean and a count do.
struct Mean {
  double count = 0, mean = 0;
  void add(const Mean& other, double factor) {
    const double total = count + factor * other.count;
    if (total != 0) mean += factor * other.count / total * (other.mean - mean);
    count = total;
  }
  void scale(double factor) { count *= factor; }
  static constexpr auto fields() {
    return latent::fields(latent::field("count", &Mean::count), latent::field("mean", &Mean::mean));
  }
};

struct Sums {
  double count = 0;
  std::array<double, 2> pair{};
  std::vector<double> list{0, 0, 0};
  Eigen::Vector2d vector = Eigen::Vector2d::Zero();
  Eigen::ArrayXXd table = Eigen::ArrayXXd::Zero(2, 3);
  std::vector<Eigen::MatrixXd> matrices{2, Eigen::MatrixXd::Zero(2, 2)};
  std::vector<std::array<double, 2>> pairs{3};
  Mean mean;
  static constexpr auto fields() {
    return latent::fields(latent::field("count", &Sums::count), latent::field("pair", &Sums::pair),
                          latent::field("list", &Sums::list), latent::field("vector", &Sums::vector),
                          latent::field("table", &Sums::table), latent::field("matrices", &Sums::matrices),
                          latent::field("pairs", &Sums::pairs), latent::field("mean", &Sums::mean));
  }
};

// The numbers first, first + 1, ... in every field but the mean.
Sums counting_from(double first, Mean mean) {
  Sums sums;
  Eigen::VectorXd vector = latent::to_vector(sums, latent::Coordinates::natural);
  for (double& x : vector) x = first++;
  sums = latent::from_vector(vector, latent::Coordinates::natural, sums);
  sums.mean = mean;
  return sums;
}

constexpr Eigen::Index plain = 1 + 2 + 3 + 2 + 6 + 8 + 6;

}  // namespace

TEST_SUITE("framework/algebra") {
  TEST_CASE("algebra: add adds a multiple of every number") {
    Sums sums = counting_from(1, {});
    const Eigen::VectorXd before = latent::to_vector(sums, latent::Coordinates::natural);
    const Sums other = counting_from(100, {});
    latent::add(sums, other, 0.5);
    const Eigen::VectorXd after = latent::to_vector(sums, latent::Coordinates::natural);
    for (Eigen::Index i = 0; i < plain; ++i) CHECK(after[i] == before[i] + 0.5 * (100 + static_cast<double>(i)));
  }

  TEST_CASE("algebra: scale multiplies every number") {
    Sums sums = counting_from(1, {});
    latent::scale(sums, -4);
    const Eigen::VectorXd after = latent::to_vector(sums, latent::Coordinates::natural);
    for (Eigen::Index i = 0; i < plain; ++i) CHECK(after[i] == -4 * (1 + static_cast<double>(i)));
  }

  TEST_CASE("algebra: what says how it adds is asked even inside a struct with fields") {
    Sums sums = counting_from(0, {.count = 2, .mean = 3});
    latent::add(sums, counting_from(0, {.count = 4, .mean = 9}), 0.5);
    CHECK(sums.mean.count == 4);
    CHECK(sums.mean.mean == 6);
    latent::scale(sums, 2);
    CHECK(sums.mean.count == 8);
    CHECK(sums.mean.mean == 6);
  }

  TEST_CASE("algebra: a sum minus a part of it is the rest") {
    Sums sums = counting_from(1, {.count = 2, .mean = 3});
    const Sums part = counting_from(7, {.count = 6, .mean = -1});
    latent::add(sums, part);
    latent::add(sums, part, -1);
    CHECK(latent::to_vector(sums, latent::Coordinates::natural) ==
          latent::to_vector(counting_from(1, {.count = 2, .mean = 3}), latent::Coordinates::natural));
  }

  TEST_CASE("algebra: bytes_of counts the numbers") {
    CHECK(latent::bytes_of(Sums{}) == (plain + 2) * sizeof(double));
    CHECK(latent::bytes_of(NestedParameters{}) == (3 + 6 + 12 + 6 + 2 + 3) * sizeof(double));
    CHECK(latent::bytes_of(1.0) == sizeof(double));
  }

}  // TEST_SUITE
