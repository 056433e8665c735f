#include <string>
#include <vector>

#include <Eigen/Dense>
#include <boost/random/normal_distribution.hpp>
#include <doctest/doctest.h>
#include <latent/coordinates.hpp>
#include <latent/random.hpp>

#include "support/nested_parameters.hpp"
#include "support/tolerances.hpp"

using latent::Coordinates;

namespace {

// 2 weights; 6 means and 3 x 3 covariances; 2 x 2 transitions, 2 cuts; rate, fraction.
constexpr Eigen::Index free_count = 2 + 6 + 9 + 4 + 2 + 1 + 1;
// The same with the implied numbers: 3 weights, 2 x 3 transitions.
constexpr Eigen::Index natural_count = 3 + 6 + 9 + 6 + 2 + 1 + 1;

Eigen::VectorXd random_vector(Eigen::Index size, std::uint64_t seed) {
  latent::Random random = latent::random_stream(seed);
  boost::random::normal_distribution<double> normal;
  return Eigen::VectorXd::NullaryExpr(size, [&] { return normal(random); });
}

NestedParameters random_parameters(std::uint64_t seed) {
  return latent::from_vector(random_vector(free_count, seed), Coordinates::unconstrained, NestedParameters{});
}

std::string reason(const NestedParameters& parameters) { return latent::violation(parameters).value_or("nothing"); }

}  // namespace

TEST_SUITE("framework/coordinates") {
  TEST_CASE("coordinates: free parameters leave out what is implied and what is fixed") {
    CHECK(latent::free_parameters(NestedParameters{}) == free_count);
    CHECK(latent::to_vector(NestedParameters{}, Coordinates::unconstrained).size() == free_count);
    CHECK(latent::to_vector(NestedParameters{}, Coordinates::natural).size() == natural_count);
  }

  TEST_CASE("coordinates: any unconstrained vector gives allowed parameters and comes back") {
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
      const Eigen::VectorXd vector = random_vector(free_count, seed);
      const NestedParameters parameters = random_parameters(seed);
      CHECK(reason(parameters) == "nothing");
      CHECK((latent::to_vector(parameters, Coordinates::unconstrained) - vector).lpNorm<Eigen::Infinity>() <
            tolerance::round_trip * (1 + vector.lpNorm<Eigen::Infinity>()));
    }
  }

  TEST_CASE(
      "coordinates: natural coordinates are the numbers in the order of the fields and come back as the same bits") {
    const NestedParameters parameters = random_parameters(1);
    const Eigen::VectorXd vector = latent::to_vector(parameters, Coordinates::natural);
    CHECK(vector[0] == parameters.weights[0]);
    CHECK(vector[3] == parameters.components.means(0, 0));
    CHECK(vector[4] == parameters.components.means(0, 1));  // row-major
    CHECK(vector[9] == parameters.components.covariances[0](0, 0));
    CHECK(vector[10] == parameters.components.covariances[0](1, 0));
    CHECK(vector[11] == parameters.components.covariances[0](1, 1));
    CHECK(vector[18] == parameters.chain.transitions(0, 0));
    CHECK(vector[natural_count - 1] == parameters.fraction);
    const NestedParameters again = latent::from_vector(vector, Coordinates::natural, NestedParameters{});
    CHECK(latent::to_vector(again, Coordinates::natural) == vector);
  }

  TEST_CASE("coordinates: fixed fields keep the value of the example") {
    NestedParameters like;
    like.pseudo_count = 11;
    const NestedParameters parameters =
        latent::from_vector(random_vector(free_count, 1), Coordinates::unconstrained, like);
    CHECK(parameters.pseudo_count == 11);
  }

  TEST_CASE("coordinates: fields of a nested struct are named with it and embedded ones without") {
    std::vector<std::string> names;
    const NestedParameters parameters;
    latent::for_each_field(
        parameters, [&](const std::string& name, const auto&, const latent::Constraint&) { names.push_back(name); });
    CHECK(names == std::vector<std::string>{"weights", "means", "covariances", "chain.transitions", "chain.cuts",
                                            "rate", "fraction", "pseudo_count"});
  }

  TEST_CASE("coordinates: a violation names the field and which of its blocks") {
    NestedParameters parameters;
    parameters.chain.transitions.row(1) << 0.5, 0.25, 0.5;
    CHECK(reason(parameters) == "chain.transitions (2 of 2) sums to 1.25, it must sum to 1");
    parameters = {};
    parameters.components.covariances[2](0, 0) = -1;
    CHECK(reason(parameters) == "covariances (3 of 3) is not positive definite: its diagonal entry 1 is -1");
    parameters = {};
    parameters.rate = 0;
    CHECK(reason(parameters) == "rate has the value 0, it must be positive");
  }

  TEST_CASE("coordinates: the relative change is that of the field that changed most by its own size") {
    const NestedParameters before;
    NestedParameters after = before;
    CHECK(latent::relative_change(before, after) == 0);
    after.components.covariances[0](0, 0) = 1.25;
    CHECK(latent::relative_change(before, after) == near(0.25 / 1.25, tolerance::rounding));
    after.rate = 2;
    CHECK(latent::relative_change(before, after) == near(0.5, tolerance::rounding));
    CHECK(latent::relative_change(after, before) == near(0.5, tolerance::rounding));
  }

  TEST_CASE("coordinates: the relative change does not depend on units") {
    NestedParameters before = random_parameters(1), after = random_parameters(2);
    after.weights = before.weights;
    after.chain = before.chain;
    after.rate = before.rate;
    after.fraction = before.fraction;
    after.components.covariances = before.components.covariances;
    const double change = latent::relative_change(before, after);
    before.components.means *= 1e-200;
    after.components.means *= 1e-200;
    CHECK(latent::relative_change(before, after) == near(change, tolerance::round_trip));
  }

  TEST_CASE("coordinates: natural to stabilized and back is the identity") {
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
      const NestedParameters parameters = random_parameters(seed);
      NestedParameters like;  // other values, the same shapes
      like.pseudo_count = parameters.pseudo_count;
      const NestedParameters again =
          latent::from_vector(latent::to_vector(parameters, Coordinates::stabilized), Coordinates::stabilized, like);
      const Eigen::VectorXd expected = latent::to_vector(parameters, Coordinates::natural);
      CHECK((latent::to_vector(again, Coordinates::natural) - expected).lpNorm<Eigen::Infinity>() <
            tolerance::round_trip * (1 + expected.lpNorm<Eigen::Infinity>()));
    }
  }

  TEST_CASE("coordinates: any stabilized vector gives allowed parameters") {
    const Eigen::Index count = latent::to_vector(NestedParameters{}, Coordinates::stabilized).size();
    CHECK(count == natural_count);  // those of a simplex are one too many
    for (std::uint64_t seed = 0; seed < 50; ++seed) {
      CHECK(reason(latent::from_vector(random_vector(count, seed), Coordinates::stabilized, NestedParameters{})) ==
            "nothing");
    }
  }

  TEST_CASE("coordinates: probabilities of zero are finite when stabilized and stay zero") {
    NestedParameters parameters = random_parameters(3);
    parameters.weights << 0, 0.25, 0.75;
    parameters.chain.transitions.row(0) << 1, 0, 0;
    parameters.fraction = 0;
    const Eigen::VectorXd vector = latent::to_vector(parameters, Coordinates::stabilized);
    CHECK(vector.allFinite());
    const NestedParameters again = latent::from_vector(vector, Coordinates::stabilized, NestedParameters{});
    CHECK(again.weights[0] == 0);
    CHECK(again.chain.transitions(0, 1) == 0);
    CHECK(again.fraction == 0);
  }

  TEST_CASE("coordinates: a block keeps its bits when its coordinates are not changed") {
    for (const Coordinates coordinates : {Coordinates::natural, Coordinates::unconstrained, Coordinates::stabilized}) {
      for (std::uint64_t seed = 0; seed < 10; ++seed) {
        const NestedParameters like = random_parameters(seed);
        const Eigen::VectorXd vector = latent::to_vector(like, coordinates);
        const NestedParameters same = latent::from_vector(vector, coordinates, like);
        CHECK(latent::to_vector(same, Coordinates::natural) == latent::to_vector(like, Coordinates::natural));
        // Each coordinate by itself moves its own block and no other.
        for (Eigen::Index i = 0; i < vector.size(); ++i) {
          Eigen::VectorXd moved = vector;
          moved[i] += 0.125;
          const NestedParameters other = latent::from_vector(moved, coordinates, like);
          int blocks = 0;
          blocks += other.weights == like.weights ? 0 : 1;
          for (Eigen::Index j = 0; j < like.components.means.size(); ++j) {
            blocks += other.components.means.data()[j] == like.components.means.data()[j] ? 0 : 1;
          }
          for (std::size_t k = 0; k < like.components.covariances.size(); ++k) {
            blocks += other.components.covariances[k] == like.components.covariances[k] ? 0 : 1;
          }
          for (Eigen::Index j = 0; j < like.chain.transitions.rows(); ++j) {
            blocks += other.chain.transitions.row(j) == like.chain.transitions.row(j) ? 0 : 1;
          }
          blocks += other.chain.cuts == like.chain.cuts ? 0 : 1;
          blocks += other.rate == like.rate ? 0 : 1;
          blocks += other.fraction == like.fraction ? 0 : 1;
          CAPTURE(i);
          CHECK(blocks == 1);
          CHECK(other.pseudo_count == like.pseudo_count);
        }
      }
    }
  }

}  // TEST_SUITE
