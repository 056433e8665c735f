#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <map>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>
#include <latent/coordinates.hpp>
#include <latent/fit.hpp>

#include "golden/poisson_mixture.hpp"
#include "support/normal_mixture.hpp"
#include "support/ranks_in_threads.hpp"

using latent::Execution;
using latent::FitOptions;
using latent::Verdict;

namespace {

constexpr std::size_t most_ranks = 17;

std::vector<double> waves(std::size_t n) {
  std::vector<double> data(n);
  for (std::size_t i = 0; i < n; ++i) {
    data[i] = 3 * std::sin(static_cast<double>(i)) + std::cos(static_cast<double>(i * i));
  }
  return data;
}

const NormalMixture model{.components = 3, .observations_a_task = 16};
const NormalMixture::Parameters somewhere{{0.25, 0.5, 0.25}, {-1, 0, 2}, {1, 0.5, 2}};

// The bits of a fit: what it found, and how it went there.
std::vector<double> bits_of(const latent::Fitted<NormalMixture>& fitted) {
  std::vector<double> numbers;
  latent::append_fields(fitted.parameters, numbers);
  for (const latent::Iteration& at : fitted.trace) {
    numbers.push_back(at.objective);
    numbers.push_back(static_cast<double>(at.kind));
  }
  numbers.push_back(static_cast<double>(fitted.summary.verdict));
  return numbers;
}

// What fit(options) gives on each of so many ranks must have the bits of a fit by one process.
template <class Fit>
void check_bits(const Fit& fit) {
  const std::vector<double> expected = bits_of(fit(nullptr));
  for (std::size_t ranks = 1; ranks <= most_ranks; ranks += ranks < 9 ? 1 : 4) {
    CAPTURE(ranks);
    std::vector<std::vector<double>> found(ranks);
    ranks_in_threads::run(
        ranks, [&](std::shared_ptr<Execution> execution) { found[execution->rank()] = bits_of(fit(execution)); });
    for (const std::vector<double>& bits : found) CHECK(bits == expected);
  }
}

}  // namespace

TEST_SUITE("framework/execution") {
  TEST_CASE("execution: any number of ranks gives the bits of one process") {
    const std::vector<double> data = waves(3000);
    SUBCASE("from a start, accelerated") {
      check_bits([&](std::shared_ptr<Execution> execution) {
        return latent::fit<NormalMixture>(model, data, somewhere, {.threads = 2, .execution = std::move(execution)});
      });
    }
    SUBCASE("plain EM, weighted") {
      std::vector<double> weights(data.size());
      for (std::size_t i = 0; i < weights.size(); ++i) weights[i] = static_cast<double>(i % 3) / 2;
      check_bits([&](std::shared_ptr<Execution> execution) {
        const FitOptions options{
            .acceleration = latent::Acceleration::none, .max_iterations = 30, .execution = execution};
        return latent::fit<NormalMixture>(model, {data, weights}, somewhere, options);
      });
    }
    SUBCASE("starts on all the data") {
      check_bits([&](std::shared_ptr<Execution> execution) {
        return latent::fit<NormalMixture>(model, data, FitOptions{.starts = 3, .execution = std::move(execution)});
      });
    }
    SUBCASE("a search on a sample, by the first rank") {
      check_bits([&](std::shared_ptr<Execution> execution) {
        const FitOptions options{.starts = 3, .search_observations = 500, .execution = std::move(execution)};
        return latent::fit<NormalMixture>(model, data, options);
      });
    }
    SUBCASE("variants to begin with") {
      for (const latent::Variant variant : {latent::Variant::incremental, latent::Variant::online}) {
        check_bits([&](std::shared_ptr<Execution> execution) {
          const FitOptions options{.variant = variant, .execution = std::move(execution)};
          return latent::fit<NormalMixture>(model, data, somewhere, options);
        });
      }
    }
    SUBCASE("fewer leaves than ranks") {
      const std::vector<double> few = waves(40);
      check_bits([&](std::shared_ptr<Execution> execution) {
        return latent::fit<NormalMixture>(model, few, somewhere, {.execution = std::move(execution)});
      });
    }
  }

  TEST_CASE("execution: an E-step sends at most one message each way between two ranks") {
    const std::vector<double> data = waves(3000);
    for (std::size_t ranks = 2; ranks <= most_ranks; ++ranks) {
      const auto box = ranks_in_threads::run(ranks, [&](std::shared_ptr<Execution> execution) {
        latent::expect<NormalMixture>(model, somewhere, data, execution.get());
      });
      std::map<std::size_t, std::size_t> by_one;
      for (const auto& [pair, count] : box->sent()) {
        CHECK(count == 1);
        ++by_one[pair.first];
      }
      // One each round, and one more where halves are not equal.
      const std::size_t rounds = static_cast<std::size_t>(std::bit_width(ranks - 1));
      for (const auto& [rank, count] : by_one) CHECK(count <= (std::has_single_bit(ranks) ? rounds : 2 * rounds));
    }
  }

  TEST_CASE("execution: what a model cannot do on one rank it cannot on all, with the same words") {
    struct Picky : NormalMixture {
      double expectation(const Parameters& at, std::span<const double> data, Statistics& sums) const {
        for (const double x : data) {
          if (x == 1e6) throw latent::ModelError("an observation is a million");
          if (x == 2e6) throw latent::DataError("an observation cannot be read");
        }
        return NormalMixture::expectation(at, data, sums);
      }
    };
    const Picky picky{{.components = 3, .observations_a_task = 16}};
    for (const double bad : {1e6, 2e6}) {
      std::vector<double> data = waves(3000);
      data[1700] = bad;
      data[2900] = 1e6;
      for (const std::size_t ranks : {2, 3, 8}) {
        std::vector<std::string> said(ranks);
        ranks_in_threads::run(ranks, [&](std::shared_ptr<Execution> execution) {
          try {
            latent::expect<Picky>(picky, somewhere, data, execution.get());
          } catch (const latent::ModelError& error) {
            said[execution->rank()] = std::string("model: ") + error.what();
          } catch (const latent::DataError& error) {
            said[execution->rank()] = std::string("data: ") + error.what();
          }
        });
        for (const std::string& text : said) {
          CHECK(text == (bad == 1e6 ? "model: an observation is a million" : "data: an observation cannot be read"));
        }
      }
    }
  }

  TEST_CASE("execution: ranks with other data or parameters are told apart") {
    const std::vector<double> data = waves(3000);
    const auto expect_with = [&](const NormalMixture::Parameters& second, std::size_t count) {
      ranks_in_threads::run(2, [&](std::shared_ptr<Execution> execution) {
        const bool first = execution->rank() == 0;
        const std::span<const double> part = std::span(data).first(first ? data.size() : count);
        latent::expect<NormalMixture>(model, first ? somewhere : second, part, execution.get());
      });
    };
    NormalMixture::Parameters other = somewhere;
    other.means[0] = std::nextafter(other.means[0], 0);
    CHECK_NOTHROW(expect_with(somewhere, data.size()));
    CHECK_THROWS_AS(expect_with(other, data.size()), latent::Error);
    CHECK_THROWS_AS(expect_with(somewhere, data.size() - 1), latent::Error);
  }

  TEST_CASE("execution: the clock of the first rank ends the fit on all") {
    const std::vector<double> data = waves(3000);
    ranks_in_threads::run(3, [&](std::shared_ptr<Execution> execution) {
      FitOptions options{.tolerance = 0, .max_iterations = 1000000, .execution = execution};
      options.time_limit_seconds = execution->rank() == 0 ? 0.05 : 1e-9;
      const auto fitted = latent::fit<NormalMixture>(model, data, somewhere, options);
      CHECK(fitted.summary.verdict == Verdict::time_limit);
      CHECK(fitted.summary.iterations > 1);
    });
  }

  TEST_CASE("in_unison: all do it or none, and the first that failed says why") {
    for (std::size_t ranks = 1; ranks <= most_ranks; ++ranks) {
      std::vector<std::string> said(ranks);
      std::vector<int> done(ranks);
      ranks_in_threads::run(ranks, [&](std::shared_ptr<Execution> execution) {
        latent::in_unison(execution.get(), [&] { ++done[execution->rank()]; });
        try {
          latent::in_unison(execution.get(), [&] {
            if (execution->rank() * 2 >= ranks) throw latent::DataError("rank " + std::to_string(execution->rank()));
          });
        } catch (const latent::DataError& error) {
          said[execution->rank()] = error.what();
        }
      });
      for (const int count : done) CHECK(count == 1);
      const std::string expected = ranks == 1 ? "" : "rank " + std::to_string((ranks + 1) / 2);
      for (const std::string& text : said) CHECK(text == expected);
    }
  }

  TEST_CASE("from_first_rank: all get its text") {
    for (std::size_t ranks = 1; ranks <= most_ranks; ++ranks) {
      ranks_in_threads::run(ranks, [&](std::shared_ptr<Execution> execution) {
        CHECK(latent::from_first_rank(execution.get(), [&] {
                CHECK(execution->rank() == 0);
                return std::string("a text of some length\0with a zero", 34);
              }) == std::string("a text of some length\0with a zero", 34));
      });
    }
  }

  TEST_CASE("execution: several ranks need fields") {
    struct Plain {
      struct Parameters {
        double mean = 0;
      };
      struct Statistics {
        double count = 0, sum = 0;
      };
      using Observation = double;
      double expectation(const Parameters&, std::span<const double> data, Statistics& sums) const {
        for (const double x : data) sums.sum += x;
        sums.count += static_cast<double>(data.size());
        return 0;
      }
      Parameters maximization(const Statistics& sums, const Parameters&) const { return {sums.sum / sums.count}; }
    };
    const std::vector<double> data = waves(10);
    ranks_in_threads::run(2, [&](std::shared_ptr<Execution> execution) {
      CHECK_THROWS_AS(latent::fit<Plain>({}, data, {.execution = execution}), latent::OptionError);
    });
  }
}
