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

}  // TEST_SUITE
