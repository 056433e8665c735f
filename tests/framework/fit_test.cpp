#include <array>
#include <cmath>
#include <functional>
#include <limits>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <latent/fit.hpp>
#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/task_arena.h>

#include "golden/linkage.hpp"
#include "golden/poisson_mixture.hpp"
#include "support/hooked_mixture.hpp"
#include "support/tolerances.hpp"

using golden::PoissonMixture;
using latent::Continue;
using latent::FitOptions;
using latent::Verdict;
using Parameters = PoissonMixture::Parameters;
using Fitted = latent::Fitted<HookedMixture>;
using Counts = latent::Sample<std::span<const int>>;

namespace {

const double not_a_number = std::numeric_limits<double>::quiet_NaN();
const Counts deaths{golden::deaths_a_day, golden::days};

Fitted fit_hooked(const HookedMixture& model, const FitOptions& options = {}, const Parameters& start = {},
                  const Counts& sample = deaths) {
  return latent::fit(model, sample, start, options);
}

double log_likelihood_at(const Parameters& parameters) {
  return latent::log_likelihood<PoissonMixture>({}, parameters, deaths);
}

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

// A model of which the framework knows nothing but the two steps: no fields(), one thread.
struct PlainLinkage {
  struct Parameters {
    double theta = 0.5;
  };
  struct Statistics {
    golden::Linkage::Statistics sums;
  };
  using Observation = golden::Linkage::Observation;
  double expectation(const Parameters& at, std::span<const Observation> families, Statistics& statistics) const {
    return golden::Linkage{}.expectation({at.theta}, families, statistics.sums);
  }
  Parameters maximization(const Statistics& statistics, const Parameters&) const {
    return {golden::Linkage{}.maximization(statistics.sums, {}).theta};
  }
};

// The log-density of a Beta(51, 51) distribution of the weight, up to a constant.
double beta_prior(const Parameters& at) { return 50 * (std::log(at.weight) + std::log(1 - at.weight)); }

}  // namespace

TEST_SUITE("framework/fit") {
  TEST_CASE("fit: reaches the published optimum of the linkage problem") {
    const auto fitted = latent::fit(golden::Linkage{}, golden::linkage_families,
                                    {.tolerance = 1e-12, .stop = latent::StopRule::parameters});
    CHECK(fitted.summary.verdict == Verdict::converged);
    CHECK(std::abs(fitted.parameters.theta - golden::linkage_theta()) < tolerance::optimum);
    CHECK(fitted.summary.free_parameters == 1);
  }

  TEST_CASE("fit: reaches the published optimum of the Poisson mixture from several starts") {
    for (const Parameters& start : {Parameters{0.5, {1, 3}}, Parameters{0.1, {0.2, 3}}, Parameters{0.9, {2, 6}},
                                    Parameters{0.3, {2, 2.2}}, Parameters{0.5, {3, 1}}}) {
      const auto fitted = latent::fit(PoissonMixture{}, deaths, start, {.tolerance = 1e-14});
      CHECK(fitted.summary.verdict == Verdict::converged);
      CHECK(fitted.summary.log_likelihood == near(-1989.945859883, tolerance::optimum));
    }
  }

  TEST_CASE("fit: weights are repetitions") {
    const auto weighted = latent::fit(PoissonMixture{}, deaths, {.tolerance = 0, .max_iterations = 200});
    const auto repeated = latent::fit(PoissonMixture{}, golden::every_day(), {.tolerance = 0, .max_iterations = 200});
    CHECK(weighted.summary.observations == 10);
    CHECK(weighted.summary.total_weight == 1096);
    CHECK(repeated.summary.observations == 1096);
    CHECK(weighted.summary.log_likelihood == near(repeated.summary.log_likelihood, tolerance::round_trip));
    CHECK(weighted.parameters.weight == near(repeated.parameters.weight, tolerance::round_trip));
    CHECK(weighted.parameters.means[0] == near(repeated.parameters.means[0], tolerance::round_trip));
  }

  TEST_CASE("fit: weights times a constant do not change when it stops") {
    std::vector<double> thousandth;
    for (const double day : golden::days) thousandth.push_back(day / 1024);
    const auto fitted = latent::fit(PoissonMixture{}, deaths);
    const auto scaled = latent::fit(PoissonMixture{}, {golden::deaths_a_day, thousandth});
    CHECK(scaled.summary.iterations == fitted.summary.iterations);
    CHECK(scaled.parameters.weight == near(fitted.parameters.weight, tolerance::round_trip));
  }

  TEST_CASE("fit: relabelled start gives the relabelled fit") {
    const FitOptions options{.tolerance = 0, .max_iterations = 300};
    const Fitted one = fit_hooked({}, options, {0.4, {1, 3}}), other = fit_hooked({}, options, {0.6, {3, 1}});
    CHECK(one.parameters.weight == near(1 - other.parameters.weight, tolerance::conditioned));
    CHECK(one.parameters.means[0] == near(other.parameters.means[1], tolerance::conditioned));
    CHECK(one.summary.log_likelihood == near(other.summary.log_likelihood, tolerance::rounding));
  }

  TEST_CASE("fit: with tolerance zero it makes exactly the iterations asked for") {
    for (const std::size_t n : {0, 1, 2, 7, 100}) {
      CAPTURE(n);
      const Fitted fitted = fit_hooked({}, {.tolerance = 0, .max_iterations = n});
      CHECK(fitted.summary.verdict == Verdict::iteration_limit);
      CHECK(fitted.summary.iterations == n);
      CHECK(fitted.summary.m_steps == n);
      CHECK(fitted.summary.e_steps == n + 1);
      CHECK(fitted.trace.size() == n + 1);
    }
  }

  TEST_CASE("fit: reports the log-likelihood of the parameters it returns") {
    for (const std::size_t n : {0, 1, 5, 10000}) {
      const Fitted fitted = fit_hooked({}, {.max_iterations = n});
      CHECK(fitted.summary.log_likelihood == near(log_likelihood_at(fitted.parameters), tolerance::rounding));
      CHECK(fitted.summary.objective == fitted.summary.log_likelihood);
      CHECK(fitted.trace.back().log_likelihood == fitted.summary.log_likelihood);
    }
  }

  TEST_CASE("fit: zero iterations return the start") {
    const Fitted fitted = fit_hooked({}, {.max_iterations = 0}, {0.25, {1, 4}});
    CHECK(fitted.parameters.weight == 0.25);
    CHECK(fitted.parameters.means == std::array<double, 2>{1, 4});
    CHECK(fitted.summary.message == "after 0 iterations");
    CHECK(fitted.summary.initial_objective == fitted.summary.objective);
  }

  TEST_CASE("fit: a start that is the optimum has converged after three iterations") {
    const Parameters optimum = fit_hooked({}, {.tolerance = 1e-13, .stop = latent::StopRule::parameters}).parameters;
    const Fitted fitted = fit_hooked({}, {.tolerance = 1e-16}, optimum);
    CHECK(fitted.summary.verdict == Verdict::converged);
    CHECK(fitted.summary.iterations == 3);
    CHECK(fitted.parameters.weight == near(optimum.weight, tolerance::optimum));
  }

  TEST_CASE("fit: an M-step that does not maximise is caught and the best parameters are kept") {
    struct Wrong {
      std::string name;
      std::function<Parameters(const PoissonMixture::Statistics&, const Parameters&, Parameters, latent::Notes)> step;
    };
    const Wrong all[] = {
        {"goes backwards",
         [](const auto&, const Parameters& at, Parameters to, auto) {
           return Parameters{2 * at.weight - to.weight, {2 * at.means[0] - to.means[0], 2 * at.means[1] - to.means[1]}};
         }},
        {"overshoots",
         [](const auto&, const Parameters& at, Parameters to, auto) {
           return Parameters{
               at.weight + 3 * (to.weight - at.weight),
               {at.means[0] + 3 * (to.means[0] - at.means[0]), at.means[1] + 3 * (to.means[1] - at.means[1])}};
         }},
        {"returns rates for means",
         [](const auto&, const auto&, Parameters to, auto) {
           return Parameters{to.weight, {1 / to.means[0], 1 / to.means[1]}};
         }},
        {"swaps the weights",
         [](const auto&, const auto&, Parameters to, auto) {
           return Parameters{1 - to.weight, to.means};
         }},
        {"divides by n - 100",
         [](const auto&, const auto&, Parameters to, auto) {
           return Parameters{to.weight, {to.means[0] * 1096 / 996, to.means[1] * 1096 / 996}};
         }},
        {"rounds to three digits",
         [](const auto&, const auto&, Parameters to, auto) {
           return Parameters{std::ceil(to.weight * 1e3) / 1e3, to.means};
         }},
    };
    for (const Wrong& wrong : all) {
      CAPTURE(wrong.name);
      HookedMixture model;
      model.maximized = wrong.step;
      const Fitted fitted = fit_hooked(model, {.tolerance = 1e-13}, {0.3, {1, 3}});
      CAPTURE(fitted.summary.message);
      CHECK(fitted.summary.verdict == Verdict::objective_decreased);
      CHECK(contains(fitted.summary.message,
                     "iteration " + std::to_string(fitted.summary.iterations + 1) + " lowered the objective by "));
      CHECK(contains(fitted.summary.message, "the M-step does not maximise what the E-step expects"));
      CHECK(contains(fitted.summary.message, "units in the last place"));
      CHECK(fitted.summary.log_likelihood == near(log_likelihood_at(fitted.parameters), tolerance::rounding));
      for (const latent::Iteration& at : fitted.trace) {
        CHECK(at.objective <= fitted.summary.objective * (1 - tolerance::round_trip));
      }
    }
  }

  TEST_CASE("fit: an E-step that forgets the weights is caught") {
    HookedMixture model;
    model.forgets_weights = true;
    CHECK(fit_hooked(model, {}, {0.36, {1.25, 2.66}}).summary.verdict == Verdict::objective_decreased);
  }

  TEST_CASE("fit: an E-step that returns minus the log-likelihood is caught at once") {
    HookedMixture model;
    model.expected = [](const auto&, double log_likelihood) { return -log_likelihood; };
    const Fitted fitted = fit_hooked(model);
    CHECK(fitted.summary.verdict == Verdict::objective_decreased);
    CHECK(fitted.summary.iterations == 0);
  }

  TEST_CASE("fit: an M-step that forgets the prior is caught and its message names the prior") {
    HookedMixture model;
    model.prior = beta_prior;
    const Fitted fitted = fit_hooked(model);
    CHECK(fitted.summary.verdict == Verdict::objective_decreased);
    CHECK(contains(fitted.summary.message, "a prior is missing in log_prior"));
  }

  TEST_CASE("fit: a log-likelihood that walks by the rounding of a long sum is not taken for a wrong step") {
    std::size_t step = 0;
    HookedMixture model;
    model.expected = [&](const Parameters&, double log_likelihood) {
      const double t = static_cast<double>(++step);
      return log_likelihood * (1 + 2e-13 * std::sin(t * t));
    };
    for (const double tolerance : {1e-9, 1e-14}) {
      const Fitted fitted = fit_hooked(model, {.tolerance = tolerance});
      CAPTURE(fitted.summary.message);
      CHECK(fitted.summary.verdict == Verdict::converged);
      CHECK(fitted.summary.log_likelihood == near(-1989.945859883, 1e-8));
    }
  }

  TEST_CASE("fit: with a prior the objective watched is the sum of log-likelihood and log-prior") {
    HookedMixture model;
    model.prior = beta_prior;
    model.maximized = [](const PoissonMixture::Statistics& sums, const auto&, Parameters to, auto) {
      to.weight = (sums.days[0] + 50) / (sums.days[0] + sums.days[1] + 100);
      return to;
    };
    const Fitted fitted = fit_hooked(model, {.tolerance = 1e-14});
    CHECK(fitted.summary.verdict == Verdict::converged);
    CHECK(fitted.summary.log_likelihood == near(log_likelihood_at(fitted.parameters), tolerance::rounding));
    const auto objective = [](const Parameters& at) { return log_likelihood_at(at) + beta_prior(at); };
    CHECK(fitted.summary.objective == near(objective(fitted.parameters), tolerance::rounding));
    for (const double step : {-1e-3, 1e-3}) {
      Parameters beside = fitted.parameters;
      beside.weight += step;
      CHECK(objective(beside) < fitted.summary.objective);
      beside = fitted.parameters;
      beside.means[1] += step;
      CHECK(objective(beside) < fitted.summary.objective);
    }
  }

  TEST_CASE("fit: an objective that is not finite ends the fit with the parameters before it") {
    for (const double value :
         {not_a_number, -std::numeric_limits<double>::infinity(), std::numeric_limits<double>::infinity()}) {
      CAPTURE(value);
      HookedMixture model;
      model.expected = [&model, value](const auto&, double log_likelihood) {
        return model.calls->expectation > 3 ? value : log_likelihood;
      };
      const Fitted fitted = fit_hooked(model);
      CHECK(fitted.summary.verdict == Verdict::not_finite);
      CHECK(fitted.summary.iterations == 2);
      CHECK(fitted.summary.message ==
            "the objective is " + latent::number(value) + " after iteration 3; the parameters before it are kept");
      CHECK(fitted.summary.log_likelihood == near(log_likelihood_at(fitted.parameters), tolerance::rounding));
    }
  }

  TEST_CASE("fit: a start whose objective is not finite is not iterated") {
    HookedMixture model;
    model.expected = [](const auto&, double) { return not_a_number; };
    std::size_t seen = 0;
    const Fitted fitted =
        fit_hooked(model, {.observer = [&](const auto&) { return ++seen, Continue::yes; }}, {0.25, {1, 4}});
    CHECK(fitted.summary.verdict == Verdict::not_finite);
    CHECK(fitted.summary.message == "the objective of the start is nan");
    CHECK(fitted.summary.iterations == 0);
    CHECK(fitted.summary.m_steps == 0);
    CHECK(fitted.parameters.weight == 0.25);
    CHECK(seen == 1);
  }

  TEST_CASE("fit: a step that the model refuses ends the fit as degenerate") {
    HookedMixture model;
    model.maximized = [&model](const auto&, const auto&, Parameters to, latent::Notes notes) {
      if (model.calls->maximization == 3) {
        notes.add({.kind = "empty", .component = 1, .message = "component 2 has no days", .degenerate = true});
        throw latent::ModelError("component 2 is empty");
      }
      return to;
    };
    const Fitted fitted = fit_hooked(model);
    CHECK(fitted.summary.verdict == Verdict::degenerate);
    CHECK(fitted.summary.degenerate());
    CHECK(fitted.summary.message == "iteration 3: component 2 is empty");
    CHECK(fitted.summary.iterations == 2);
    CHECK(fitted.summary.log_likelihood == near(log_likelihood_at(fitted.parameters), tolerance::rounding));
    REQUIRE(fitted.summary.warnings.size() == 1);  // what the step said before it gave up
    CHECK(fitted.summary.warnings[0].first_iteration == 3);
  }

  TEST_CASE("fit: a start that the model refuses is returned as degenerate") {
    HookedMixture model;
    model.expected = [](const auto&, double) -> double { throw latent::ModelError("no inverse"); };
    const Fitted fitted = fit_hooked(model, {}, {0.25, {1, 4}});
    CHECK(fitted.summary.verdict == Verdict::degenerate);
    CHECK(fitted.summary.message == "the start cannot be used: no inverse");
    CHECK(fitted.summary.iterations == 0);
    CHECK(std::isnan(fitted.summary.log_likelihood));
    CHECK(fitted.parameters.weight == 0.25);
    CHECK(fitted.trace.empty());
  }

  TEST_CASE("fit: any other exception of a model reaches the caller") {
    HookedMixture model;
    model.maximized = [](const auto&, const auto&, Parameters, auto) -> Parameters {
      throw std::logic_error("a defect");
    };
    CHECK_THROWS_WITH_AS(fit_hooked(model), "a defect", std::logic_error);
  }

  TEST_CASE("fit: the time limit is looked at after the start and after every iteration") {
    const Fitted none = fit_hooked({}, {.tolerance = 0, .time_limit_seconds = 0});
    CHECK(none.summary.verdict == Verdict::time_limit);
    CHECK(none.summary.iterations == 0);
    const Fitted some = fit_hooked({}, {.tolerance = 0, .max_iterations = 1000000000, .time_limit_seconds = 0.01});
    CHECK(some.summary.verdict == Verdict::time_limit);
    CHECK(some.summary.iterations > 0);
    CHECK(some.summary.seconds >= 0.01);
  }

  TEST_CASE("fit: an observer sees the start and every iteration including the last") {
    std::vector<latent::Iteration> seen;
    const Fitted fitted = fit_hooked({}, {.observer = [&](const latent::Iteration& at) {
                                       seen.push_back(at);
                                       return Continue::yes;
                                     }});
    REQUIRE(seen.size() == fitted.trace.size());
    for (std::size_t i = 0; i < seen.size(); ++i) {
      CHECK(seen[i].iteration == i);
      CHECK(seen[i].objective == fitted.trace[i].objective);
      CHECK((seen[i].kind == latent::StepKind::start) == (i == 0));
      CHECK(seen[i].passes == i + 1);
    }
  }

  TEST_CASE("fit: an observer may end it") {
    for (const std::size_t last : {0, 1, 4}) {
      CAPTURE(last);
      const Fitted fitted = fit_hooked({}, {.observer = [&](const latent::Iteration& at) {
                                         return at.iteration == last ? Continue::no : Continue::yes;
                                       }});
      CHECK(fitted.summary.verdict == Verdict::observer_request);
      CHECK(fitted.summary.iterations == last);
      CHECK(fitted.summary.message.starts_with("asked for after " + latent::count_of(last, "iteration")));
      CHECK(fitted.summary.log_likelihood == near(log_likelihood_at(fitted.parameters), tolerance::rounding));
    }
  }

  TEST_CASE("fit: what an observer throws reaches the caller") {
    const FitOptions options{.observer = [](const auto&) -> Continue { throw std::runtime_error("disk full"); }};
    CHECK_THROWS_WITH_AS(fit_hooked({}, options), "disk full", std::runtime_error);
  }

  TEST_CASE("fit: the trace has changes and rates and estimated gains once they are known") {
    const Fitted fitted = fit_hooked({}, {.max_iterations = 5});
    CHECK(std::isnan(fitted.trace[0].change));
    CHECK(std::isnan(fitted.trace[1].rate));
    for (std::size_t i = 1; i < fitted.trace.size(); ++i) {
      const latent::Iteration &now = fitted.trace[i], &before = fitted.trace[i - 1];
      CHECK(now.change == now.objective - before.objective);
      CHECK(now.parameter_change > 0);
      CHECK(now.seconds >= before.seconds);
      if (i == 1) continue;
      CHECK(now.rate == now.change / before.change);
      CHECK(now.estimated_gain == near(now.change * now.rate / (1 - now.rate), tolerance::rounding));
    }
  }

  TEST_CASE("fit: prepares once for each E-step") {
    const HookedMixture model;
    const Fitted fitted = fit_hooked(model, {}, {}, std::vector<int>(5000, 2));
    CHECK(model.calls->prepare == fitted.summary.e_steps);
    CHECK(model.calls->maximization == fitted.summary.m_steps);
    CHECK(model.calls->expectation > model.calls->prepare);
    CHECK(fitted.summary.e_steps == fitted.summary.iterations + 1);
  }

  TEST_CASE("fit: notes become warnings with the iterations when they were made") {
    HookedMixture model;
    model.maximized = [&model](const auto&, const auto&, Parameters to, latent::Notes notes) {
      const std::size_t n = model.calls->maximization;
      if (n >= 2 && n <= 4) notes.add({.kind = "regularized", .component = 0, .message = "at " + std::to_string(n)});
      if (n == 3) notes.add({.kind = "collapsed", .component = 1, .message = "one day left", .degenerate = true});
      return to;
    };
    const auto after = [&](std::size_t iterations) {
      model.calls->maximization = 0;
      return fit_hooked(model, {.tolerance = 0, .max_iterations = iterations}).summary;
    };
    const latent::Summary six = after(6);
    REQUIRE(six.warnings.size() == 2);
    CHECK(six.warnings[0].note.message == "at 4");
    CHECK(six.warnings[0].first_iteration == 2);
    CHECK(six.warnings[0].last_iteration == 4);
    CHECK(six.warnings[0].count == 3);
    CHECK(six.warnings[1].count == 1);
    CHECK_FALSE(six.degenerate());  // it recovered
    CHECK(after(3).degenerate());
  }

  TEST_CASE("fit: a model without fields fits as well as one with them") {
    const auto plain = latent::fit(PlainLinkage{}, golden::linkage_families);
    const auto with_fields = latent::fit(golden::Linkage{}, golden::linkage_families);
    CHECK(plain.summary.verdict == Verdict::converged);
    CHECK(plain.parameters.theta == with_fields.parameters.theta);
    CHECK_FALSE(plain.summary.free_parameters);
    CHECK(std::isnan(plain.trace.back().parameter_change));
  }

  TEST_CASE("fit: a model without fields cannot stop by its parameters and says so") {
    CHECK_THROWS_WITH_AS(latent::fit(PlainLinkage{}, golden::linkage_families, {.stop = latent::StopRule::parameters}),
                         "stop is 'parameters', it must be another rule for a model whose Parameters have no fields()",
                         latent::OptionError);
  }

  TEST_CASE("fit: one thread and many give the same bits") {
    const tbb::global_control allow(tbb::global_control::max_allowed_parallelism, 8);
    std::vector<int> counts;
    std::vector<double> weights;
    for (int i = 0; i < 20000; ++i) {
      counts.push_back(i * i % 7 + i % 3);
      weights.push_back(0.1 + 0.01 * (i % 13));
    }
    const auto on = [&](std::size_t threads) {
      return fit_hooked({}, {.tolerance = 0, .max_iterations = 20, .threads = threads}, {}, {counts, weights});
    };
    const Fitted one = on(1);
    CHECK(one.summary.threads == 1);
    for (const std::size_t threads : {2, 3, 8}) {
      CAPTURE(threads);
      const Fitted many = on(threads);
      CHECK(many.summary.threads == threads);
      CHECK(many.parameters.weight == one.parameters.weight);
      CHECK(many.parameters.means == one.parameters.means);
      for (std::size_t i = 0; i < one.trace.size(); ++i) CHECK(many.trace[i].objective == one.trace[i].objective);
    }
  }

  TEST_CASE("fit: reports the threads that it had and not those asked for in vain") {
    const std::size_t all = fit_hooked({}).summary.threads;
    CHECK(fit_hooked({}, {.threads = all + 1}).summary.threads == all);
  }

  TEST_CASE("fit: inside another fit it uses the threads of the outer one") {
    const auto threads = tbb::task_arena(1).execute([] { return fit_hooked({}).summary.threads; });
    CHECK(threads == 1);
  }

  TEST_CASE("fit: data that cannot be used are refused") {
    const std::vector<double> weights{1};
    CHECK_THROWS_WITH_AS(fit_hooked({}, {}, {}, std::vector<int>{}), "there are no observations", latent::DataError);
    CHECK_THROWS_WITH_AS(fit_hooked({}, {}, {}, {golden::deaths_a_day, weights}),
                         "there are 1 weights for 10 observations", latent::DataError);
  }

  TEST_CASE("fit: options that break their rule are refused with the option and the value and the rule") {
    const auto refusal = [](const FitOptions& options) -> std::string {
      try {
        fit_hooked({}, options);
      } catch (const latent::OptionError& error) {
        return error.what();
      }
      return "none";
    };
    CHECK(refusal({.tolerance = -1e-3}) == "tolerance is -0.001, it must be finite and not negative");
    CHECK(refusal({.tolerance = not_a_number}) == "tolerance is nan, it must be finite and not negative");
    CHECK(refusal({.time_limit_seconds = -1}) == "time_limit_seconds is -1, it must be not negative");
    CHECK(refusal({.time_limit_seconds = not_a_number}) == "time_limit_seconds is nan, it must be not negative");
    CHECK(refusal({.starts = 0}) == "starts is 0, it must be at least 1");
    CHECK(refusal({.continued = 0}) == "continued is 0, it must be at least 1");
    CHECK(refusal({.threads = 0}) == "threads is 0, it must be between 1 and 4096");
    CHECK(refusal({.max_iterations = 1, .threads = 1}) == "none");
  }

}  // TEST_SUITE
