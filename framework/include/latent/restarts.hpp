#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numeric>
#include <span>
#include <vector>

#include <oneapi/tbb/parallel_for.h>

#include <latent/em_run.hpp>
#include <latent/latent_model.hpp>
#include <latent/random.hpp>
#include <latent/sample.hpp>
#include <latent/subset.hpp>

// Many starts. Fresh starts are run for a few iterations and the best continued (Biernacki, Celeux & Govaert 2003, "short
// runs of EM"); then, if the model can vary a solution (for a mixture: merge two components and split a third, Ueda,
// Nakano, Ghahramani & Hinton 2000), so are rounds of variations of the best, as long as they find something better. All
// this is done on a sample if the data are many, and the best is then continued on all of them.
//
// Starts are independent and run in parallel; each draws from its own random stream, so that the result depends on the
// seed alone.

namespace latent {

// Whether `a` ended in a better place than `b`: a proper optimum before one at the edge of the parameter space, whose
// likelihood may be as high as one likes, then the higher objective.
template <LatentModel Model>
bool better(const EmRun<Model>& a, const EmRun<Model>& b) {
  if (a.degenerate() != b.degenerate()) return b.degenerate();
  const auto rank = [](double objective) {  // NaN has no order
    return std::isfinite(objective) ? objective : -std::numeric_limits<double>::infinity();
  };
  return rank(a.objective()) > rank(b.objective());
}

// The search among starts over one data set. The runs it makes are appended to `runs`.
template <LatentModel Model>
class StartSearch {
 public:
  StartSearch(const Model& model, const Sample<DataOf<Model>>& sample, const FitOptions& options, Clock::time_point begin,
              std::vector<EmRun<Model>>& runs)
      : model_(model), sample_(sample), options_(options), begin_(begin), runs_(runs) {}

  // The index of the best run.
  std::size_t search() {
    std::size_t best = run_all(options_.starts, [&](std::size_t index) { return draw_start(index); });
    if constexpr (Varies<Model>) {
      std::size_t in_vain = 0;
      for (std::size_t round = 0; options_.starts > 1 && round < options_.variation_rounds && in_vain < 2; ++round) {
        const typename Model::Parameters centre = runs_[best].parameters();
        const std::size_t found = run_all(options_.starts, [&](std::size_t index) {
          Random random = random_stream(options_.seed, index);
          return model_.vary(centre, sample_.observations, index - options_.starts, random, sample_.weights);
        });
        const bool improved = better(runs_[found], runs_[best]) && !same_place(found, best);
        in_vain = improved ? 0 : in_vain + 1;
        if (improved) best = found;
      }
    }
    return best;
  }

 private:
  // Makes `count` runs from start(index), short; runs the best of them to the end; returns the index of the best.
  template <class Start>
  std::size_t run_all(std::size_t count, const Start& start) {
    const std::size_t first = runs_.size();
    for (std::size_t i = 0; i < count; ++i) {
      runs_.emplace_back(model_, sample_, typename Model::Parameters{}, options_, begin_, first + i);
    }
    const std::size_t most = options_.max_iterations;
    const std::size_t short_run = options_.starts == 1 ? most : std::min(options_.short_iterations, most);
    tbb::parallel_for(std::size_t{0}, count, [&](std::size_t i) {
      runs_[first + i].start_at(start(first + i));
      runs_[first + i].run(short_run);
    });

    std::vector<std::size_t> order(count);
    std::iota(order.begin(), order.end(), first);
    const auto by_rank = [&](std::size_t a, std::size_t b) { return better(runs_[a], runs_[b]); };
    std::stable_sort(order.begin(), order.end(), by_rank);
    const auto on_the_same_path = [&](std::size_t a, std::size_t b) {
      return runs_[a].degenerate() == runs_[b].degenerate() &&
             std::abs(runs_[a].objective() - runs_[b].objective()) <= rounding_of(runs_[a].objective(), total_weight_);
    };
    order.erase(std::unique(order.begin(), order.end(), on_the_same_path), order.end());

    std::size_t ended = 0;
    const auto ended_at_the_edge = [&](std::size_t index) { return runs_[index].degenerate(); };
    do {  // the next best too, as long as all have ended at the edge of the parameter space
      const std::size_t until = std::min(order.size(), ended + options_.continued);
      tbb::parallel_for(ended, until, [&](std::size_t rank) { runs_[order[rank]].run(most); });
      ended = until;
    } while (ended < order.size() && std::ranges::all_of(std::span(order).first(ended), ended_at_the_edge));
    order.resize(ended);
    return *std::min_element(order.begin(), order.end(), by_rank);
  }

  typename Model::Parameters draw_start(std::size_t index) const {
    Random random = random_stream(options_.seed, index);
    if constexpr (InitializesWithWeights<Model>) {
      return model_.initialize(sample_.observations, random, sample_.weights);
    } else {
      return model_.initialize(sample_.observations, random);
    }
  }

  bool same_place(std::size_t a, std::size_t b) const {
    return runs_[a].degenerate() == runs_[b].degenerate() &&
           std::abs(runs_[a].objective() - runs_[b].objective()) <=
               same_objective * (std::abs(runs_[a].objective()) + total_weight_);
  }

  const Model& model_;
  const Sample<DataOf<Model>>& sample_;
  const FitOptions& options_;
  Clock::time_point begin_;
  std::vector<EmRun<Model>>& runs_;
  double total_weight_ = sample_.total_weight();
};

// Appends the runs of all starts to `runs` and returns the index of the best, which is over all the data. If a sample was
// searched, `searched` becomes its size.
template <LatentModel Model>
std::size_t run_starts(const Model& model, const Sample<DataOf<Model>>& sample, const FitOptions& options,
                       Clock::time_point begin, std::vector<EmRun<Model>>& runs, std::size_t& searched) {
  if constexpr (Takeable<DataOf<Model>>) {
    if (options.starts > 1 && sample.size() > options.search_observations) {
      Random random = random_stream(options.seed, ~std::uint64_t{0});
      const auto part = take(sample.observations, draw_subset(sample.size(), sample.weights, options.search_observations, random));
      FitOptions unseen = options;
      unseen.observer = nullptr;  // sees what happens over all the data
      if (unseen.tolerance > 0) unseen.tolerance = std::max(unseen.tolerance, 1e-6);  // to tell optima apart is enough
      const Sample<DataOf<Model>> small(part);
      const std::size_t best = StartSearch<Model>(model, small, unseen, begin, runs).search();
      searched = options.search_observations;
      runs.emplace_back(model, sample, runs[best].parameters(), options, begin, best);
      runs.back().run(options.max_iterations);
      return runs.size() - 1;
    }
  }
  return StartSearch<Model>(model, sample, options, begin, runs).search();
}

// Of the runs that made the search.
template <LatentModel Model>
void report_starts(std::span<const EmRun<Model>> runs, Summary& summary) {
  for (const EmRun<Model>& run : runs) {
    StartReport report;
    report.start = summary.starts.size();
    report.objective = run.objective();
    report.initial_objective = run.trace().empty() ? run.objective() : run.trace().front().objective;
    report.iterations = run.trace().empty() ? 0 : run.trace().back().iteration;
    report.verdict = run.verdict();
    report.continued = run.verdict() != Verdict::not_run;
    report.degenerate = run.degenerate();
    summary.starts.push_back(report);
  }
}

}  // namespace latent
