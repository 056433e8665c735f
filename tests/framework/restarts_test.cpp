#include <algorithm>
#include <atomic>
#include <cmath>
#include <limits>
#include <span>
#include <vector>

#include <boost/math/distributions/normal.hpp>
#include <doctest/doctest.h>
#include <latent/fit.hpp>
#include <oneapi/tbb/global_control.h>

#include "support/normal_mixture.hpp"
#include "support/tolerances.hpp"

using latent::FitOptions;
using latent::Summary;
using Fitted = latent::Fitted<NormalMixture>;
using Numbers = std::vector<double>;

namespace {

// The quantiles of a normal distribution: a sample without chance.
void append_cluster(Numbers& data, std::size_t count, double mean, double deviation) {
  const boost::math::normal normal(mean, deviation);
  for (std::size_t i = 0; i < count; ++i) {
    data.push_back(boost::math::quantile(normal, (static_cast<double>(i) + 0.5) / static_cast<double>(count)));
  }
}

// Three clusters, of which two components can keep apart only two: two optima, whose means are near -6 and 2.8, or
// -3.75 and 7.
const Numbers& three_clusters() {
  static const Numbers data = [] {
    Numbers all;
    append_cluster(all, 50, -6, 1);
    append_cluster(all, 30, 0, 1);
    append_cluster(all, 20, 7, 1);
    return all;
  }();
  return data;
}

// A cluster in which one value comes fifteen times: most narrow starts end with a component of no variance on it, where
// the likelihood is highest; a few do not.
Numbers cluster_with_spike() {
  Numbers data;
  append_cluster(data, 40, 0, 1);
  data.insert(data.end(), 15, 1.03);
  return data;
}

Fitted fit_starts(const NormalMixture& model, const Numbers& data, const FitOptions& options = {}) {
  return latent::fit<NormalMixture>(model, data, options);
}

double optimum_from(const Numbers& data, double first, double second) {
  const NormalMixture::Parameters start{{0.5, 0.5}, {first, second}, {1, 1}};
  return latent::fit<NormalMixture>({}, data, start, {.tolerance = 1e-13}).summary.objective;
}

NormalMixture wide_starts() { return {.start_variance = 9}; }

}  // namespace

TEST_SUITE("framework/restarts") {
  TEST_CASE("restarts: find the best of several optima with any seed") {
    const double left_alone = optimum_from(three_clusters(), -6, 3),
                 right_alone = optimum_from(three_clusters(), -3, 7);
    REQUIRE(std::abs(left_alone - right_alone) > 1);
    for (std::uint64_t seed = 1; seed <= 10; ++seed) {
      const Fitted fitted = fit_starts(wide_starts(), three_clusters(), {.tolerance = 1e-13, .seed = seed});
      CHECK(fitted.summary.objective == near(std::max(left_alone, right_alone), tolerance::optimum));
      CHECK(fitted.summary.verdict == latent::Verdict::converged);
    }
  }

  TEST_CASE("restarts: modes are the optima found and how often") {
    const Summary summary = fit_starts(wide_starts(), three_clusters(),
                                       {.tolerance = 1e-12, .starts = 30, .short_iterations = 3, .continued = 30})
                                .summary;
    const double left_alone = optimum_from(three_clusters(), -6, 3),
                 right_alone = optimum_from(three_clusters(), -3, 7);
    const std::vector<latent::Mode> modes = summary.modes();
    REQUIRE(modes.size() >= 2);
    CHECK(modes[0].objective == near(std::max(left_alone, right_alone), tolerance::conditioned));
    CHECK(modes[1].objective == near(std::min(left_alone, right_alone), tolerance::conditioned));
    std::size_t ended = 0;
    for (const latent::Mode& mode : modes) ended += mode.starts;
    CHECK(ended == static_cast<std::size_t>(std::ranges::count_if(summary.starts, &latent::StartReport::continued)));
  }

  TEST_CASE("restarts: the same seed gives the same bits on any number of threads") {
    const tbb::global_control allow(tbb::global_control::max_allowed_parallelism, 8);
    const NormalMixture model{.components = 3, .start_variance = 9, .observations_a_task = 4};
    const auto on = [&](std::size_t threads) {
      return fit_starts(model, three_clusters(), {.seed = 7, .threads = threads});
    };
    const Fitted one = on(1);
    for (const std::size_t threads : {2, 3, 8}) {
      for (int repeat = 0; repeat < 3; ++repeat) {
        CAPTURE(threads);
        const Fitted many = on(threads);
        CHECK(many.summary.objective == one.summary.objective);
        CHECK(many.parameters.means == one.parameters.means);
        CHECK(many.trace.front().start == one.trace.front().start);
        REQUIRE(many.summary.starts.size() == one.summary.starts.size());
        for (std::size_t i = 0; i < one.summary.starts.size(); ++i) {
          CHECK(many.summary.starts[i].objective == one.summary.starts[i].objective);
          CHECK(many.summary.starts[i].iterations == one.summary.starts[i].iterations);
        }
      }
    }
  }

  TEST_CASE("restarts: another seed gives other starts") {
    const Fitted one = fit_starts({}, three_clusters(), {.max_iterations = 0, .seed = 1});
    const Fitted other = fit_starts({}, three_clusters(), {.max_iterations = 0, .seed = 2});
    CHECK(one.parameters.means != other.parameters.means);
  }

  TEST_CASE("restarts: only the best of the short runs are continued") {
    const Fitted fitted = fit_starts(wide_starts(), three_clusters(),
                                     {.tolerance = 1e-12, .starts = 12, .short_iterations = 2, .continued = 3});
    const std::vector<latent::StartReport>& starts = fitted.summary.starts;
    REQUIRE(starts.size() == 12);
    double best_left = -std::numeric_limits<double>::infinity();
    std::size_t continued = 0;
    for (const latent::StartReport& start : starts) {
      continued += start.continued;
      CHECK(start.continued == (start.verdict != latent::Verdict::not_run));
      CHECK(start.objective >= start.initial_objective);
      if (start.continued) continue;
      CHECK(start.iterations == 2);
      best_left = std::max(best_left, start.objective);
    }
    CHECK(continued == 3);
    CHECK(fitted.summary.objective > best_left);
    std::size_t steps = 0;
    for (const latent::StartReport& start : starts) steps += start.iterations;
    CHECK(fitted.summary.m_steps <= steps);  // a rejected step has none of its own
    CHECK(fitted.summary.e_steps == steps + starts.size());
  }

  TEST_CASE("restarts: a start that is on the path of a better one is not continued") {
    const Numbers two_points(40, 0.0);
    Numbers data = two_points;
    data.insert(data.end(), 60, 1.0);
    // Only four starts differ, and the means (0, 1) and (1, 0) have the same objective at every iteration.
    const Summary summary = fit_starts({.start_variance = 0.3}, data,
                                       {.tolerance = 1e-12, .starts = 20, .short_iterations = 1, .continued = 20})
                                .summary;
    CHECK(std::ranges::count_if(summary.starts, &latent::StartReport::continued) <= 3);
  }

  TEST_CASE("restarts: one start has no short run") {
    const Fitted fitted = fit_starts(wide_starts(), three_clusters(), {.starts = 1, .short_iterations = 1});
    CHECK(fitted.summary.starts.size() == 1);
    CHECK(fitted.summary.starts[0].continued);
    CHECK(fitted.summary.iterations > 1);
  }

  TEST_CASE("restarts: the limit of iterations holds for short runs too") {
    for (const std::size_t n : {0, 1, 5, 40}) {
      const Summary summary =
          fit_starts(wide_starts(), three_clusters(), {.tolerance = 0, .max_iterations = n}).summary;
      CHECK(summary.iterations == n);
      CHECK(summary.verdict == latent::Verdict::iteration_limit);
    }
  }

  // Far from its data a component has a density of zero, so a start is of use only if it has a point near 0 and the one
  // at 1000; of the narrow ones a few end on a single point.
  TEST_CASE("restarts: a degenerate optimum ranks behind a proper one however high") {
    const NormalMixture model{.start_variance = 0.05};
    const Summary summary = fit_starts(model, cluster_with_spike(), {.starts = 40, .continued = 40}).summary;
    const std::vector<latent::Mode> modes = summary.modes();
    double highest = -std::numeric_limits<double>::infinity();
    for (const latent::Mode& mode : modes) highest = std::max(highest, mode.objective);
    REQUIRE(modes.back().degenerate);
    REQUIRE_FALSE(modes.front().degenerate);
    CHECK_FALSE(summary.degenerate());
    CHECK(summary.objective == modes.front().objective);
    CHECK(highest > summary.objective);
    CHECK(std::ranges::is_sorted(modes, {}, &latent::Mode::degenerate));
  }

  TEST_CASE("restarts: when all that are continued end degenerate the next best is continued") {
    const NormalMixture model{.start_variance = 0.05};
    const Summary summary =
        fit_starts(model, cluster_with_spike(), {.starts = 40, .short_iterations = 1, .continued = 1}).summary;
    CHECK_FALSE(summary.degenerate());
  }

  TEST_CASE("restarts: starts that cannot be used are reported and are no mode") {
    Numbers data;
    append_cluster(data, 20, 0, 1);
    data.push_back(1000);  // a start without a component there has a likelihood of zero
    const Summary summary = fit_starts({.smallest_variance = 1e-4}, data, {.starts = 40}).summary;
    const auto failed = std::ranges::count(summary.starts, latent::Verdict::not_finite, &latent::StartReport::verdict);
    REQUIRE(failed > 0);
    REQUIRE(failed < 40);
    CHECK(std::isfinite(summary.objective));
    for (const latent::Mode& mode : summary.modes()) CHECK(std::isfinite(mode.objective));
  }

  TEST_CASE("restarts: when no start can be used the verdict says so") {
    const Numbers data{0, 1000, 2000, 3000};
    const Summary summary = fit_starts({}, data).summary;
    CHECK(summary.verdict == latent::Verdict::not_finite);
    CHECK(summary.modes().empty());
    CHECK(summary.e_steps == summary.starts.size());  // none was tried twice
  }

  TEST_CASE("restarts: of many observations a sample is searched and the best continued on all") {
    const tbb::global_control allow(tbb::global_control::max_allowed_parallelism, 8);
    Numbers data;
    append_cluster(data, 1500, -6, 1);
    append_cluster(data, 900, 0, 1);
    append_cluster(data, 600, 7, 1);
    const Numbers weights(data.size(), 2.0);
    const FitOptions options{.tolerance = 1e-13, .search_observations = 400, .threads = 1};
    const double best = std::max(optimum_from(data, -6, 3), optimum_from(data, -3, 7));

    const Fitted fitted = fit_starts(wide_starts(), data, options);
    CHECK(fitted.summary.searched == 400);
    CHECK(fitted.summary.observations == 3000);
    CHECK(fitted.summary.objective == near(best, tolerance::optimum));
    CHECK(fitted.trace.front().start < fitted.summary.starts.size());
    CHECK(fit_starts(wide_starts(), data, {.search_observations = 3000}).summary.searched == 0);

    FitOptions many_threads = options;
    many_threads.threads = 8;
    CHECK(fit_starts(wide_starts(), data, many_threads).parameters.means == fitted.parameters.means);

    const latent::Sample<std::span<const double>> weighted(data, weights);
    CHECK(latent::fit(wide_starts(), weighted, options).summary.objective == near(2 * best, tolerance::optimum));
  }

  TEST_CASE("restarts: an observer is called by one thread at a time") {
    const tbb::global_control allow(tbb::global_control::max_allowed_parallelism, 8);
    std::atomic<int> inside = 0;
    std::atomic<bool> together = false;
    std::vector<std::size_t> seen(10, 0);
    const latent::Observer observer = [&](const latent::Iteration& at) {
      if (++inside > 1) together = true;
      CHECK(at.iteration == seen.at(at.start)++);  // each start in order
      --inside;
      return latent::Continue::yes;
    };
    const Fitted fitted = fit_starts(wide_starts(), three_clusters(), {.threads = 8, .observer = observer});
    CHECK_FALSE(together);
    for (std::size_t i = 0; i < seen.size(); ++i) CHECK(seen[i] == fitted.summary.starts[i].iterations + 1);
  }

  TEST_CASE("restarts: starts do not pick observations of weight zero") {
    Numbers data = three_clusters();
    Numbers weights(data.size(), 1);
    for (std::size_t i = 50; i < data.size(); ++i) weights[i] = 0;
    const latent::Sample<std::span<const double>> sample(data, weights);
    const Fitted fitted = latent::fit(wide_starts(), sample);
    for (const double mean : fitted.parameters.means) CHECK(mean < -3);
    CHECK(fitted.summary.total_weight == 50);
  }

}  // TEST_SUITE
