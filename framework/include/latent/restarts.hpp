#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numeric>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <latent/em_run.hpp>
#include <latent/latent_model.hpp>
#include <latent/random.hpp>
#include <latent/sample.hpp>
#include <latent/saved_state.hpp>
#include <latent/start_data.hpp>
#include <latent/subset.hpp>
#include <latent/summary.hpp>
#include <oneapi/tbb/parallel_for.h>

// Many starts. Fresh starts are run for a few iterations and the best continued (Biernacki, Celeux & Govaert 2003,
// "short runs of EM"); then, if the model can vary a solution (for a mixture: merge two components and split a third,
// Ueda, Nakano, Ghahramani & Hinton 2000), so are rounds of variations of the best, as long as they find something
// better. All this is done on a sample if the data are many, and the best is then continued on all of them.
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

// The fresh start `index` of a seed.
template <Initializes Model>
typename Model::Parameters draw_start(const Model& model, const StartData<DataOf<Model>>& data, std::uint64_t seed,
                                      std::size_t index) {
  Random random = random_stream(seed, index);
  if constexpr (InitializesWithWeights<Model>) {
    return model.initialize(data.observations(), random, data.weights());
  } else {
    return model.initialize(data.observations(), random);
  }
}
template <Initializes Model>
typename Model::Parameters draw_start(const Model& model, const Sample<DataOf<Model>>& sample, std::uint64_t seed,
                                      std::size_t index) {
  return draw_start(model, StartData<DataOf<Model>>(sample), seed, index);
}

// The search among starts over one data set. Nothing it is given may end before it does.
template <LatentModel Model>
class StartSearch {
 public:
  // `name` is that of its states in a checkpoint.
  StartSearch(const Model& model, const Sample<DataOf<Model>>& sample, const FitOptions& options,
              Clock::time_point begin, std::string name)
      : model_(model), sample_(sample), start_data_(sample), options_(options), begin_(begin), name_(std::move(name)) {}

  // The best run.
  EmRun<Model>& search() {
    std::size_t best = run_all(
        options_.starts, [&](std::size_t index) { return draw_start(model_, start_data_, options_.seed, index); });
    if constexpr (Varies<Model>) {
      std::size_t in_vain = 0;
      for (std::size_t round = 0; options_.starts > 1 && round < options_.variation_rounds && in_vain < 2; ++round) {
        if (interrupted()) {  // what follows would not be so in a fit that nobody stopped
          if (options_.checkpoint) options_.checkpoint->close();
          break;
        }
        const typename Model::Parameters centre = runs_[best].parameters();
        const std::size_t found = run_all(options_.starts, [&](std::size_t index) {
          Random random = random_stream(options_.seed, index);
          return model_.vary(centre, start_data_.observations(), index - options_.starts, random,
                             start_data_.weights());
        });
        const bool improved = better(runs_[found], runs_[best]) && !same_place(found, best);
        in_vain = improved ? 0 : in_vain + 1;
        if (better(runs_[found], runs_[best]) && !equally_good(found, best)) best = found;
      }
    }
    return runs_[best];
  }

  // What the search did and found.
  void add_to(Summary& summary) const {
    for (const EmRun<Model>& run : runs_) {
      run.add_to(summary);
      summary.starts.push_back(run.report());
      summary.starts.back().variation = summary.starts.back().start >= options_.starts;
    }
  }

 private:
  // Makes `count` runs from start(index), short; runs the best of them to the end; returns the index of the best.
  template <class Start>
  std::size_t run_all(std::size_t count, const Start& start) {
    const std::size_t first = runs_.size();
    for (std::size_t i = 0; i < count; ++i) {
      runs_.emplace_back(model_, sample_, typename Model::Parameters{}, options_, begin_, first + i);
    }
    if (const std::optional<std::size_t> best = ended_before(first)) return *best;
    const std::size_t most = options_.max_iterations;
    const std::size_t short_run = options_.starts == 1 ? most : std::min(options_.short_iterations, most);
    for_each_run(0, count, [&](std::size_t i) {
      EmRun<Model>& run = runs_[first + i];
      if (!run.keep_as(state_name(first + i) + "short")) {
        if (i > 0 && interrupted()) return;
        run.start_at(start(first + i));
      }
      if (first > 0 && options_.variant == Variant::annealing) run.begin_with(Variant::batch);  // see run_starts
      run.run(short_run, short_run == most);  // to tell starts apart their own paths are enough
    });

    close_if_paused(first);
    std::vector<std::size_t> order(count);
    std::iota(order.begin(), order.end(), first);
    std::erase_if(order, [&](std::size_t index) { return !runs_[index].begun(); });
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
      for_each_run(ended, until, [&](std::size_t rank) {
        EmRun<Model>& run = runs_[order[rank]];
        run.keep_as(state_name(order[rank]) + "long");
        run.run(most);
      });
      ended = until;
    } while (ended < order.size() && std::ranges::all_of(std::span(order).first(ended), ended_at_the_edge));
    order.resize(ended);
    const std::size_t highest = *std::min_element(order.begin(), order.end(), by_rank);
    std::size_t best = highest;
    for (const std::size_t index : order) {
      if (equally_good(index, highest)) best = std::min(best, index);
    }
    for (std::size_t index = first; index < runs_.size(); ++index) {
      if (index != best) runs_[index].release();  // many starts of a large model must not fill the memory
    }
    close_if_paused(first);
    keep_ended(first, best);
    return best;
  }

  // At the same time, but for several processes, which must all be at the same E-step.
  template <class Run>
  void for_each_run(std::size_t first, std::size_t last, const Run& run) const {
    if (is_shared(options_.execution.get())) {
      for (std::size_t i = first; i < last; ++i) run(i);
    } else {
      tbb::parallel_for(first, last, run);
    }
  }

  // In a checkpoint a run has a state at the end of its short run, by which starts are told apart, and one of its way to
  // the end. When all have ended, one state of all takes their place.
  std::string state_name(std::size_t index) const { return name_ + "/" + std::to_string(index) + "/"; }
  std::string state_of_all(std::size_t first) const { return state_name(first) + "all"; }

  void keep_ended(std::size_t first, std::size_t best) {
    if (!options_.checkpoint) return;
    std::vector<std::string> outdated;
    Json runs = Json::array();
    for (std::size_t index = first; index < runs_.size(); ++index) {
      outdated.push_back(state_name(index));
      runs.push_back(runs_[index].state());
    }
    options_.checkpoint->keep_instead(outdated, state_of_all(first), {{"best", best}, {"runs", std::move(runs)}});
  }

  // The best of those from `first` on, if they had ended when the checkpoint was written.
  std::optional<std::size_t> ended_before(std::size_t first) {
    const std::optional<Json> kept =
        options_.checkpoint ? options_.checkpoint->state(state_of_all(first)) : std::nullopt;
    if (!kept) return std::nullopt;
    const Json& runs = kept->at("runs");
    for (std::size_t index = first; index < runs_.size(); ++index) runs_[index].restore(runs.at(index - first));
    return kept->at("best").get<std::size_t>();
  }

  bool interrupted() const { return first_rank_says(options_.execution.get(), options_.interrupted); }
  // What follows would be another search than the one that nobody stops.
  void close_if_paused(std::size_t first) {
    const auto complete = [](const EmRun<Model>& run) { return run.begun() && !run.paused(); };
    if (options_.checkpoint &&
        !std::all_of(runs_.begin() + static_cast<std::ptrdiff_t>(first), runs_.end(), complete)) {
      options_.checkpoint->close();
    }
  }

  bool same_place(std::size_t a, std::size_t b) const { return agree(a, b, same_objective); }
  // Runs that converged to the same optimum differ by less: the first of them is taken, which does not depend on the
  // last digits, and so not on the processor.
  bool equally_good(std::size_t a, std::size_t b) const { return agree(a, b, 1e-10); }
  bool agree(std::size_t a, std::size_t b, double slack) const {
    const double here = runs_[a].objective(), there = runs_[b].objective();
    return runs_[a].degenerate() == runs_[b].degenerate() && std::isfinite(here) &&
           std::abs(here - there) <= slack * (std::abs(here) + total_weight_);
  }

  const Model& model_;
  const Sample<DataOf<Model>>& sample_;
  StartData<DataOf<Model>> start_data_;
  const FitOptions& options_;
  Clock::time_point begin_;
  std::string name_;
  std::vector<EmRun<Model>> runs_;
  double total_weight_ = sample_.total_weight();
};

// How many of the observations tell good starts from bad ones: as many as have enough rows together, of sequences at
// least a few.
template <LatentModel Model>
std::size_t enough_for_search(const Model& model, const Sample<DataOf<Model>>& sample, const FitOptions& options) {
  constexpr double few = 20;
  auto rows = static_cast<double>(options.search_observations);
  if constexpr (SaysEnough<Model>) rows = std::max(rows, static_cast<double>(model.enough()));
  const double rows_each = sample.extent() / static_cast<double>(sample.size());
  return static_cast<std::size_t>(rows_each > 1 ? std::max(few, std::ceil(rows / rows_each)) : rows);
}

// Where a search ended, and with which start.
template <LatentModel Model>
struct Found {
  typename Model::Parameters parameters;
  std::size_t start = 0;
};

// The best of all starts, of a sample of so many observations.
template <LatentModel Model>
Found<Model> search_sample(const Model& model, const Sample<DataOf<Model>>& sample, std::size_t count,
                           const FitOptions& options, Clock::time_point begin, Summary& summary) {
  Random random = random_stream(options.seed, ~std::uint64_t{0});
  const auto part = take(sample.observations, draw_subset(sample.size(), sample.weights, count, random));
  const Sample<DataOf<Model>> small(part);
  FitOptions searching = options;
  searching.execution = nullptr;
  if (searching.tolerance > 0)
    searching.tolerance = std::max(searching.tolerance, 1e-6);  // to tell optima apart is enough
  if (options.observer) {
    searching.observer = [&options](Iteration now) {
      now.on_sample = true;
      return options.observer(now);
    };
  }
  StartSearch<Model> search(model, small, searching, begin, "sample");
  const EmRun<Model>& found = search.search();
  search.add_to(summary);
  summary.searched = static_cast<std::size_t>(small.extent());
  return {found.parameters(), found.report().start};
}

// A sample is small: one rank searches it, for all.
template <LatentModel Model, class Search>
Found<Model> found_by_first_rank(Execution* execution, const Search& search) {
  if constexpr (HasFields<typename Model::Parameters>) {
    if (is_shared(execution)) {
      const auto visit = [](SavedState& state, Found<Model>& found) {
        state.visit("start", found.start);
        state.visit("parameters", found.parameters);
      };
      const std::string told = from_first_rank(execution, [&] {
        Found<Model> found = search();
        SavedState state;
        visit(state, found);
        const auto bytes = Json::to_cbor(state.json());
        return std::string(bytes.begin(), bytes.end());
      });
      Found<Model> found;
      SavedState state(Json::from_cbor(told));
      visit(state, found);
      return found;
    }
  }
  return search();
}

// The best run of all starts, over all the data. What was done to find it is added to the summary (of a search that one
// rank made, to that rank's).
template <LatentModel Model>
EmRun<Model> run_starts(const Model& model, const Sample<DataOf<Model>>& sample, const FitOptions& options,
                        Clock::time_point begin, Summary& summary) {
  if constexpr (Takeable<DataOf<Model>>) {
    const std::size_t enough = enough_for_search(model, sample, options);
    if (options.starts > 1 && sample.size() > enough) {
      Found<Model> found = found_by_first_rank<Model>(
          options.execution.get(), [&] { return search_sample(model, sample, enough, options, begin, summary); });
      EmRun<Model> run(model, sample, std::move(found.parameters), options, begin, found.start);
      if (options.variant == Variant::annealing) run.begin_with(Variant::batch);  // heat would undo what was found
      run.keep_as("final");
      run.run(options.max_iterations);
      run.add_to(summary);
      // What is rare may be impossible for a model that has seen a sample without it: then all the data are searched.
      const bool begun = !run.trace().empty() && std::isfinite(run.trace().front().objective);
      if (begun || (run.verdict() != Verdict::not_finite && run.verdict() != Verdict::degenerate)) return run;
      summary.starts.clear();
      summary.searched = 0;
    }
  }
  StartSearch<Model> search(model, sample, options, begin, "starts");
  EmRun<Model>& found = search.search();
  search.add_to(summary);
  return std::move(found);
}

}  // namespace latent
