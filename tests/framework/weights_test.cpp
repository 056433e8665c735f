#include <array>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <latent/coordinates.hpp>
#include <latent/expectation.hpp>
#include <latent/sample.hpp>

#include "golden/poisson_mixture.hpp"
#include "support/hooked_mixture.hpp"
#include "support/tolerances.hpp"

using golden::PoissonMixture;

namespace {

using Counts = latent::Sample<std::span<const int>>;

template <class Model>
void check_same(const Counts& a, const Counts& b) {
  const auto one = latent::expect(Model{}, {}, a), other = latent::expect(Model{}, {}, b);
  CHECK(one.log_likelihood == near(other.log_likelihood, tolerance::round_trip));
  for (std::size_t k = 0; k < 2; ++k) {
    CHECK(one.statistics.days[k] == near(other.statistics.days[k], tolerance::round_trip));
    CHECK(one.statistics.deaths[k] == near(other.statistics.deaths[k], tolerance::round_trip));
  }
}

std::string complaint(const std::vector<int>& counts, const std::vector<double>& weights) {
  try {
    Counts(counts, weights).validate();
  } catch (const latent::DataError& error) {
    return error.what();
  }
  return "none";
}

// Without fields() its statistics do not add up.
struct Unsummable {
  using Observation = int;
  struct Parameters {};
  struct Statistics {
    double sum = 0;
  };
  double expectation(const Parameters&, std::span<const int>, Statistics&) const { return 0; }
  Parameters maximization(const Statistics&, const Parameters&) const { return {}; }
};

}  // namespace

TEST_SUITE("framework/weights") {
  TEST_CASE("weights: whole numbers are repetitions for a model that knows of weights and for one that does not") {
    const std::vector<int> repeated = golden::every_day();
    check_same<PoissonMixture>({golden::deaths_a_day, golden::days}, repeated);
    check_same<HookedMixture>({golden::deaths_a_day, golden::days}, repeated);
  }

  TEST_CASE("weights: an observation of weight zero is absent even if its likelihood is zero") {
    const std::vector<int> with{3, 1000000, 1}, without{3, 1};
    const std::vector<double> weights{2, 0, 0.5}, rest{2, 0.5};
    check_same<PoissonMixture>({with, weights}, {without, rest});
    check_same<HookedMixture>({with, weights}, {without, rest});
  }

  TEST_CASE("weights: all one are the same as none") {
    const std::vector<int> counts{0, 4, 2, 2};
    const std::vector<double> ones(4, 1);
    check_same<PoissonMixture>({counts, ones}, counts);
    CHECK(Counts(counts).total_weight() == 4);
    CHECK(Counts(counts, ones).total_weight() == 4);
  }

  TEST_CASE("weights: a part of a sample keeps the weights of its observations") {
    const std::vector<int> counts{1, 2, 3, 4};
    const std::vector<double> weights{10, 20, 30, 40};
    const Counts part = Counts(counts, weights).subspan(1, 2);
    CHECK(part.size() == 2);
    CHECK(part.observations[0] == 2);
    CHECK(part.weight(0) == 20);
    CHECK(part.total_weight() == 50);
  }

  TEST_CASE("weights: what cannot be used is refused with the reason") {
    CHECK(complaint({}, {}) == "there are no observations");
    CHECK(complaint({1, 2}, {1}) == "there are 1 weights for 2 observations");
    CHECK(complaint({1, 2}, {1, -0.5}) == "weight 2 is -0.5, weights must be finite and not negative");
    CHECK(complaint({1}, {std::numeric_limits<double>::quiet_NaN()}) ==
          "weight 1 is nan, weights must be finite and not negative");
    CHECK(complaint({1}, {std::numeric_limits<double>::infinity()}) ==
          "weight 1 is inf, weights must be finite and not negative");
    CHECK(complaint({1, 2}, {0, 0}) == "all weights are zero");
    CHECK(complaint({1, 2}, {0, 1}) == "none");
  }

  TEST_CASE("weights: a model whose statistics do not add up says that it cannot take them") {
    const std::vector<int> counts{1, 2};
    const std::vector<double> weights{1, 2};
    CHECK_THROWS_WITH_AS(
        latent::expect<Unsummable>({}, {}, {counts, weights}),
        "this model cannot take weights: its Statistics need fields(), or its expectation a Weights argument",
        latent::Error);
  }

}  // TEST_SUITE
