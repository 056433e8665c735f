#include <array>
#include <cmath>
#include <span>
#include <vector>

#include <doctest/doctest.h>
#include <latent/coordinates.hpp>
#include <latent/expectation.hpp>
#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/task_arena.h>

#include "golden/poisson_mixture.hpp"
#include "support/hooked_mixture.hpp"
#include "support/normal_mixture.hpp"
#include "support/tolerances.hpp"

namespace {

const NormalMixture::Parameters somewhere{{0.25, 0.5, 0.25}, {-1, 0, 2}, {1, 0.5, 2}};

std::vector<double> waves(std::size_t n) {
  std::vector<double> data(n);
  for (std::size_t i = 0; i < n; ++i) {
    data[i] = 3 * std::sin(static_cast<double>(i)) + std::cos(static_cast<double>(i * i));
  }
  return data;
}

template <class Statistics>
Eigen::VectorXd vector_of(const Statistics& statistics) {
  return latent::to_vector(statistics, latent::Coordinates::natural);
}

}  // namespace

TEST_SUITE("framework/expectation") {
  TEST_CASE("expect: statistics and log-likelihood of two parts add up to those of the whole") {
    const NormalMixture model{.components = 3, .observations_a_task = 16};
    const std::vector<double> data = waves(1000);
    const latent::Sample<std::span<const double>> sample(data);
    const auto whole = latent::expect(model, somewhere, sample);
    for (const std::size_t cut : {std::size_t{1}, std::size_t{333}, std::size_t{512}, std::size_t{999}}) {
      CAPTURE(cut);
      auto sum = latent::expect(model, somewhere, sample.subspan(0, cut));
      const auto rest = latent::expect(model, somewhere, sample.subspan(cut, data.size() - cut));
      latent::add(sum.statistics, rest.statistics);
      CHECK(sum.log_likelihood + rest.log_likelihood == near(whole.log_likelihood, tolerance::rounding));
      const Eigen::VectorXd found = vector_of(sum.statistics), expected = vector_of(whole.statistics);
      for (Eigen::Index i = 0; i < found.size(); ++i) CHECK(found[i] == near(expected[i], tolerance::rounding));
    }
  }

  TEST_CASE("expect: one thread and many give the same bits") {
    const tbb::global_control allow(tbb::global_control::max_allowed_parallelism, 8);
    const NormalMixture model{.components = 3, .observations_a_task = 16};
    const std::vector<double> data = waves(5000);
    const auto on = [&](int threads) {
      return tbb::task_arena(threads).execute([&] { return latent::expect<NormalMixture>(model, somewhere, data); });
    };
    const auto one = on(1);
    for (const int threads : {2, 3, 8}) {
      const auto many = on(threads);
      CHECK(many.log_likelihood == one.log_likelihood);
      CHECK(vector_of(many.statistics) == vector_of(one.statistics));
    }
  }

  TEST_CASE("expect: prepares once and not once a block") {
    const HookedMixture model;
    const std::vector<int> data(100000, 2);
    latent::expect<HookedMixture>(model, {}, data);
    CHECK(model.calls->prepare == 1);
    CHECK(model.calls->expectation > 1);
  }

  TEST_CASE("expect: an exception of the E-step reaches the caller from every thread") {
    HookedMixture model;
    model.expected = [](const auto&, double) -> double { throw latent::ModelError("no density"); };
    const std::vector<int> data(100000, 2);
    CHECK_THROWS_WITH_AS(latent::expect<HookedMixture>(model, {}, data), "no density", latent::ModelError);
  }

  TEST_CASE("log_likelihood: that of the formula") {
    const std::vector<int> data{0, 3};
    const double expected = std::log(0.5 * std::exp(-1.) + 0.5 * std::exp(-3.)) +
                            std::log(0.5 * std::exp(-1.) / 6 + 0.5 * 27 * std::exp(-3.) / 6);
    CHECK(latent::log_likelihood<golden::PoissonMixture>({}, {}, data) == near(expected, tolerance::rounding));
  }

}  // TEST_SUITE
