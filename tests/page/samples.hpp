#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <exception>
#include <optional>
#include <string>
#include <vector>

#include <latent/comparison.hpp>
#include <latent/fit.hpp>
#include <latent/gmm/gaussian_mixture.hpp>

#include "support/gaussian_data.hpp"

// Comparisons of real fits, small ones, made here by hand: the page is tested for whatever a comparison may hold.
namespace samples {

inline constexpr std::array every_acceleration{latent::Acceleration::none, latent::Acceleration::squarem,
                                               latent::Acceleration::anderson, latent::Acceleration::acx,
                                               latent::Acceleration::automatic};

// Sorts the ends of the runs of a model into optima.
inline void find_optima(latent::Comparison& comparison, std::size_t model) {
  std::vector<latent::Optimum>& optima = comparison.models[model].optima;
  const auto slack = [&](double objective) {
    return latent::same_objective * (std::abs(objective) + static_cast<double>(comparison.observations));
  };
  const auto same = [&](const latent::Optimum& optimum, const latent::Summary& end) {
    return optimum.degenerate == end.degenerate() &&
           std::abs(optimum.objective - end.objective) <= slack(end.objective);
  };
  for (const latent::Contender& contender : comparison.contenders) {
    if (contender.model != model) continue;
    for (const latent::ComparedRun& run : contender.runs) {
      if (!run.error.empty() || run.summary.verdict != latent::Verdict::converged) continue;
      if (std::ranges::any_of(optima, [&](const auto& any) { return same(any, run.summary); })) continue;
      optima.push_back({run.summary.objective, run.summary.degenerate(),
                        std::vector<std::size_t>(comparison.contenders.size()), latent::Json{{"weights", {0.5, 0.5}}}});
    }
  }
  std::ranges::sort(optima, [](const auto& a, const auto& b) {
    return a.degenerate != b.degenerate ? b.degenerate : a.objective > b.objective;
  });
  for (std::size_t i = 0; i < comparison.contenders.size(); ++i) {
    if (comparison.contenders[i].model != model) continue;
    for (latent::ComparedRun& run : comparison.contenders[i].runs) {
      if (!run.error.empty()) continue;
      const auto at = std::ranges::find_if(optima, [&](const auto& any) { return same(any, run.summary); });
      if (at == optima.end()) continue;
      run.optimum = static_cast<std::size_t>(at - optima.begin());
      ++at->runs[i];
    }
  }
}

// A mixture with every acceleration from the same random starts. Accelerations that are `failing` throw at every other
// start, those that are `misled` begin elsewhere than the others.
struct Setting {
  std::size_t components = 2;
  std::string text = "mixture";
  std::vector<latent::Acceleration> accelerations{every_acceleration.begin(), every_acceleration.end()};
  std::vector<latent::Acceleration> failing = {};
  std::vector<latent::Acceleration> misled = {};
  std::string complaint = "the step is not finite";
};

inline void add_mixture(latent::Comparison& comparison, const gaussian_data::Rows& rows, const Setting& setting) {
  const std::size_t model = comparison.models.size();
  const latent::GaussianMixture<> mixture{.components = setting.components, .start = latent::MixtureStart::random};
  comparison.models.push_back({.text = setting.text, .error = {}, .optima = {}, .criteria = {}});
  comparison.observations = static_cast<std::size_t>(rows.values.rows());
  const auto has = [](const auto& list, latent::Acceleration any) {
    return std::ranges::find(list, any) != list.end();
  };
  for (const latent::Acceleration acceleration : setting.accelerations) {
    latent::Contender contender{model, acceleration, {}};
    for (std::size_t start = 0; start < comparison.options.starts; ++start) {
      latent::ComparedRun run{.start = start, .error = {}, .summary = {}, .trace = {}, .optimum = {}};
      latent::Random random = latent::random_stream(has(setting.misled, acceleration) ? 77 : 1, start);
      latent::FitOptions options = comparison.options;
      options.acceleration = acceleration;
      options.threads = 1;
      try {
        if (has(setting.failing, acceleration) && start % 2 == 0) throw latent::Error(setting.complaint);
        auto fitted = latent::fit(mixture, rows.sample(), mixture.initialize(rows.observations(), random), options);
        run.summary = std::move(fitted.summary);
        run.trace = std::move(fitted.trace);
      } catch (const std::exception& error) {
        run.error = error.what();
      }
      contender.runs.push_back(std::move(run));
    }
    comparison.contenders.push_back(std::move(contender));
  }
}

// To be called once, when all models are there.
inline void finish(latent::Comparison& comparison) {
  for (latent::Contender& contender : comparison.contenders) {
    for (const latent::ComparedRun& run : contender.runs) {
      if (run.summary.free_parameters)
        comparison.models[contender.model].free_parameters = *run.summary.free_parameters;
    }
  }
  for (std::size_t i = 0; i < comparison.models.size(); ++i) {
    latent::ComparedModel& model = comparison.models[i];
    find_optima(comparison, i);
    if (model.optima.empty() || model.optima.front().degenerate) continue;
    const auto n = static_cast<double>(comparison.observations);
    model.criteria = latent::criteria(model.optima.front().objective, model.free_parameters, n,
                                      0.05 * n * static_cast<double>(model.free_parameters));
  }
}

inline latent::Comparison begin(const std::string& data, std::size_t starts, std::size_t max_iterations = 3000) {
  latent::Comparison comparison;
  comparison.data = data;
  comparison.options.starts = starts;
  comparison.options.max_iterations = max_iterations;
  return comparison;
}

// Well apart: everything works.
inline latent::Comparison easy() {
  latent::Comparison comparison = begin("clusters.csv", 12);
  const auto rows = gaussian_data::clusters(300, 2, 2, {.separation = 4});
  add_mixture(comparison, rows, {.components = 2, .text = "mixture --components 2"});
  finish(comparison);
  return comparison;
}

// Many optima, some contenders that fail or end elsewhere, a model that cannot be used, names to be escaped.
inline latent::Comparison hard() {
  using latent::Acceleration;
  latent::Comparison comparison = begin("<b>noise & \"quotes\"</b>.csv", 10, 400);
  const auto rows = gaussian_data::clusters(250, 3, 5, {.separation = 1.6});
  add_mixture(comparison, rows,
              {.components = 4,
               .text = "mixture --components 4",
               .failing = {Acceleration::anderson},
               .complaint = "<script>alert('a')</script> & a matrix that is not positive definite"});
  add_mixture(comparison, rows,
              {.components = 3,
               .text = "mixture --components 3 --a-very-long-option-name "
                       "/somewhere/a/path/without/any/place/to/break/it/that/goes/on/and/on/and/on/"
                       "andonandonandonandonandonandonandonandonandonandonandonandonandonandonandon.json --covariance "
                       "full --prior <none> & more",
               .misled = {Acceleration::acx}});
  finish(comparison);
  // One that never comes to where the others do.
  for (latent::Contender& contender : comparison.contenders) {
    if (contender.model != 1 || contender.acceleration != Acceleration::squarem) continue;
    std::vector<latent::Optimum>& optima = comparison.models[1].optima;
    optima.push_back({optima.back().objective - 7, false, std::vector<std::size_t>(comparison.contenders.size()), {}});
    const auto self = static_cast<std::size_t>(&contender - comparison.contenders.data());
    for (latent::Optimum& optimum : optima) optimum.runs[self] = 0;
    optima.back().runs[self] = contender.runs.size();
    for (latent::ComparedRun& run : contender.runs) {
      const double shift = run.summary.objective - optima.back().objective;
      for (latent::Iteration& at : run.trace) at.objective -= shift;
      run.summary.objective -= shift;
      run.optimum = optima.size() - 1;
    }
  }
  comparison.models.push_back({.text = "another --order 5",
                               .error = "observation 17 is \"<NA>\", it must be a whole number of 0 or more",
                               .optima = {},
                               .criteria = {}});
  for (const Acceleration acceleration : every_acceleration) comparison.contenders.push_back({2, acceleration, {}});
  return comparison;
}

// Everything throws.
inline latent::Comparison failing() {
  latent::Comparison comparison = begin("nothing works.csv", 3);
  const auto rows = gaussian_data::clusters(60, 2, 2);
  add_mixture(comparison, rows, {.components = 2, .text = "mixture --components 2"});
  for (latent::Contender& contender : comparison.contenders) {
    for (latent::ComparedRun& run : contender.runs) {
      run = {run.start, "start " + std::to_string(run.start) + " has no density anywhere", {}, {}, {}};
    }
  }
  finish(comparison);
  return comparison;
}

// Many models and starts.
inline latent::Comparison large(std::size_t models = 6, std::size_t starts = 40) {
  latent::Comparison comparison = begin("large.csv", starts, 1500);
  const auto rows = gaussian_data::clusters(400, 2, 4, {.separation = 2.5});
  for (std::size_t k = 1; k <= models; ++k) {
    add_mixture(comparison, rows, {.components = k, .text = "mixture --components " + std::to_string(k)});
  }
  finish(comparison);
  return comparison;
}

// One start, one contender, no iteration: little to show.
inline latent::Comparison small() {
  latent::Comparison comparison = begin("small.csv", 1, 0);
  const auto rows = gaussian_data::clusters(40, 1, 2);
  add_mixture(comparison, rows,
              {.components = 2, .text = "mixture --components 2", .accelerations = {latent::Acceleration::none}});
  finish(comparison);
  return comparison;
}

}  // namespace samples
