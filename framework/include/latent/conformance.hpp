#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <thread>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include <latent/algebra.hpp>
#include <latent/conformance_report.hpp>
#include <latent/conformance_subject.hpp>
#include <latent/coordinates.hpp>
#include <latent/error.hpp>
#include <latent/expectation.hpp>
#include <latent/fit.hpp>
#include <latent/json_form.hpp>
#include <latent/latent_model.hpp>
#include <latent/restarts.hpp>
#include <latent/sample.hpp>
#include <latent/subset.hpp>
#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/task_arena.h>

// Verifies at run time what the concept LatentModel cannot: that the E-step adds and changes nothing else, that parts
// add up, that weights are felt, that the M-step maximises what the E-step expects, that EM's fixed points are
// stationary points of the log-likelihood that the E-step returns. Each failure is explained with its numbers and its
// likely cause.
//
//   const latent::Conformance found = latent::check_conformance(model, data);
//   if (!found.passed()) std::cerr << found.report();
//
// The checks are in framework/src/conformance; here is only what they need of a model's types.

namespace latent {

namespace conformance {

// Whether the sum of such statistics is the sum of their numbers, also of those inside.
template <class Statistics>
constexpr bool numbers_add_up() {
  if constexpr (AddsItself<Statistics>) {
    return false;
  } else if constexpr (HasFields<Statistics>) {
    return std::apply(
        [](const auto&... field) {
          return (numbers_add_up<std::remove_cvref_t<decltype(std::declval<Statistics&>().*field.member)>>() && ...);
        },
        Statistics::fields());
  } else {
    return true;
  }
}

// Names one a number: "counts[2]", counted from 1.
template <HasFields Object>
std::vector<std::string> names_of_numbers(const Object& object) {
  std::vector<std::string> names;
  for_each_field(object, [&](const std::string& name, const auto& value, const Constraint&) {
    const std::size_t count = numbers_of(value).size();
    for (std::size_t i = 0; i < count; ++i)
      names.push_back(count == 1 ? name : name + "[" + std::to_string(i + 1) + "]");
  });
  return names;
}

template <HasFields Object>
std::vector<double> all_numbers(const Object& object) {
  std::vector<double> numbers;
  for_each_field(object,
                 [&](const std::string&, const auto& value, const Constraint&) { append_numbers(value, numbers); });
  return numbers;
}

// Data with the observations of those indices, owned, for data that can be taken; else a view.
template <class Data>
struct OwnedData {
  using type = Data;
};
template <Takeable Data>
struct OwnedData<Data> {
  using type = decltype(take(std::declval<const Data&>(), std::span<const std::size_t>()));
};

template <LatentModel Model>
class SubjectOf final : public Subject {
 public:
  using Parameters = typename Model::Parameters;
  using Statistics = typename Model::Statistics;
  using Data = DataOf<Model>;
  using Owned = typename OwnedData<Data>::type;

  SubjectOf(const Model& model, const Sample<Data>& sample, const ConformanceOptions& options) : model_(model) {
    sample.validate();
    Random random = random_stream(options.seed, ~std::uint64_t{1});
    std::vector<std::size_t> chosen;
    if constexpr (std::same_as<Data, Sequences>) {
      CutSequences cut = cut_sequences(sample.observations, options.observations, random);
      base_ = std::make_shared<const Owned>(std::move(cut.sequences));
      chosen = std::move(cut.parents);
    } else if constexpr (Takeable<Data>) {
      chosen = indices_to_check(sample.size(), sample.weights, options.observations, random);
      base_ = std::make_shared<const Owned>(take(sample.observations, chosen));
    } else {
      for (std::size_t i = 0; i < std::min(sample.size(), options.observations); ++i) chosen.push_back(i);
      base_ = std::make_shared<const Owned>(sample.observations.subspan(0, chosen.size()));
    }
    if (sample.weights.empty()) return;
    for (const std::size_t index : chosen) weights_.push_back(sample.weights[index]);
  }

  Abilities abilities() const override {
    Abilities can;
    can.fields = HasFields<Parameters>;
    can.numbers_add = HasFields<Statistics> && numbers_add_up<Statistics>();
    can.additive = Additive<Statistics>;
    can.takes_weights = TakesWeights<Model>;
    can.selects = Takeable<Data>;
    can.initializes = Initializes<Model>;
    can.log_prior = HasLogPrior<Model>;
    can.expected_log_likelihood = HasExpectedLogLikelihood<Model>;
    can.generalized = MaximizesInPart<Model>;
    can.simulates = Draws<Model> || SamplesRows<Model>;
    return can;
  }
  std::size_t size() const override { return sample().size(); }
  double total_weight() const override { return sample().total_weight(); }
  std::size_t grain() const override {
    if constexpr (HasGrain<Model>) return model_.grain();
    return 512;
  }

  Held start(std::uint64_t seed, std::size_t index) const override {
    if constexpr (Initializes<Model>) {
      return held(latent::draw_start(model_, sample(), seed, index));
    } else {
      return held(Parameters{});
    }
  }

  std::vector<Sums> expect_each(const Held& at, const std::vector<Selection>& selections) const override {
    const PreparedOf<Model> prepared = prepare(model_, parameters(at));
    std::vector<Sums> all;
    for (const Selection& selection : selections) {
      const Statistics empty = empty_statistics(model_, prepared);
      Statistics sums = empty;
      const double log_likelihood = add(prepared, selection, empty, sums);
      all.push_back({held(std::move(sums)), log_likelihood});
    }
    return all;
  }
  Sums expect_in_turn(const Held& at, const std::vector<Selection>& selections) const override {
    const PreparedOf<Model> prepared = prepare(model_, parameters(at));
    const Statistics empty = empty_statistics(model_, prepared);
    Statistics sums = empty;
    double log_likelihood = 0;
    for (const Selection& selection : selections) log_likelihood = add(prepared, selection, empty, sums);
    return {held(std::move(sums)), log_likelihood};
  }
  Sums expect_by_threads(const Held& at, const Selection& selection, std::size_t threads) const override {
    std::optional<Expectation<Model>> found;
    const std::size_t there = tbb::global_control::active_value(tbb::global_control::max_allowed_parallelism);
    with(selection, [&](const Sample<Data>& chosen) {
      tbb::task_arena(static_cast<int>(std::min(threads, there))).execute([&] {
        found.emplace(latent::expect(model_, parameters(at), chosen));
      });
    });
    return {held(std::move(found->statistics)), found->log_likelihood};
  }
  bool agree_at_once(const Held& a, const Held& b, const Selection& selection, double seconds) const override {
    std::atomic<bool> agree = true;
    with(selection, [&](const Sample<Data>& chosen) {
      const auto expect_at = [&](const Held& at) {
        const PreparedOf<Model> prepared = prepare(model_, parameters(at));
        const Statistics empty = empty_statistics(model_, prepared);
        Statistics sums = empty;
        return expect_block(model_, prepared, chosen, empty, sums);
      };
      const double alone[] = {expect_at(a), expect_at(b)};
      std::atomic<int> waiting = 2;
      const auto repeat = [&](const Held& at, double expected) {
        try {
          for (--waiting; waiting > 0;) std::this_thread::yield();
          const auto begin = std::chrono::steady_clock::now();
          while (agree && std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count() < seconds) {
            const double found = expect_at(at);
            if (found != expected && !(std::isnan(found) && std::isnan(expected))) agree = false;
          }
        } catch (...) {
          agree = false;  // alone it did not throw
        }
      };
      std::thread other(repeat, b, alone[1]);
      repeat(a, alone[0]);
      other.join();
    });
    return agree;
  }
  Held maximize(const Held& sums, const Held& current, std::vector<Note>& notes) const override {
    if constexpr (TakesNotes<Model>) {
      return held(Parameters(model_.maximization(statistics(sums), parameters(current), Notes(notes))));
    } else {
      return held(Parameters(model_.maximization(statistics(sums), parameters(current))));
    }
  }
  double log_prior(const Held& at) const override {
    if constexpr (HasLogPrior<Model>) return model_.log_prior(parameters(at));
    return 0;
  }
  double expected_log_likelihood(const Held& sums, const Held& at) const override {
    if constexpr (HasExpectedLogLikelihood<Model>) {
      return model_.expected_log_likelihood(statistics(sums), parameters(at));
    }
    return 0;
  }
  Held fitted(const Held& start, std::size_t iterations) const override {
    const FitOptions options{.tolerance = 1e-13, .max_iterations = iterations};
    EmRun<Model> run(model_, sample(), parameters(start), options);
    run.run(iterations);
    return held(run.parameters());
  }

  Held added(const Held& a, const Held& b) const override {
    Statistics sum = statistics(a);
    if constexpr (Additive<Statistics>) latent::add(sum, statistics(b));
    return held(std::move(sum));
  }
  Held scaled(const Held& sums, double factor) const override {
    Statistics result = statistics(sums);
    if constexpr (Additive<Statistics>) latent::scale(result, factor);
    return held(std::move(result));
  }
  std::vector<double> statistic_numbers(const Held& sums) const override {
    if constexpr (HasFields<Statistics>) return all_numbers(statistics(sums));
    return {};
  }
  std::vector<std::string> statistic_names(const Held& sums) const override {
    if constexpr (HasFields<Statistics>) return names_of_numbers(statistics(sums));
    return {};
  }

  std::vector<double> numbers(const Held& at) const override {
    if constexpr (HasFields<Parameters>) return all_numbers(parameters(at));
    return {};
  }
  std::vector<std::string> number_names(const Held& at) const override {
    if constexpr (HasFields<Parameters>) return names_of_numbers(parameters(at));
    return {};
  }
  Eigen::VectorXd vector(const Held& at, Coordinates coordinates) const override {
    if constexpr (HasFields<Parameters>) return to_vector(parameters(at), coordinates);
    return {};
  }
  Held from(const Eigen::VectorXd& vector, Coordinates coordinates, const Held& like) const override {
    if constexpr (HasFields<Parameters>) {
      Parameters result = from_vector(vector, coordinates, parameters(like));
      if constexpr (Admits<Model>) result = model_.admissible(result);
      return held(std::move(result));
    }
    return like;
  }
  std::vector<CoordinateInfo> coordinates(const Held& at) const override {
    std::vector<CoordinateInfo> all;
    if constexpr (HasFields<Parameters>) {
      for_each_field(parameters(at), [&](const std::string& name, const auto& value, const Constraint& constraint) {
        const std::size_t first = all.size();
        for_each_block(value, constraint, [&](std::span<const double> block) {
          const bool edge = constraint.at_edge(block);
          const std::size_t count = coordinate_count(constraint, Coordinates::stabilized, block.size());
          for (std::size_t i = 0; i < count; ++i)
            all.push_back({name + "[" + std::to_string(all.size() - first + 1) + "]", edge});
        });
        if (all.size() == first + 1) all.back().name = name;
      });
    }
    return all;
  }
  std::optional<std::string> violation(const Held& at) const override {
    if constexpr (HasFields<Parameters>) return latent::violation(parameters(at));
    return std::nullopt;
  }
  Held through_json(const Held& at, const Held& like) const override {
    if constexpr (HasFields<Parameters>) {
      Parameters read = parameters(like);
      const Json json = Json::parse(json_text(to_json(parameters(at))));
      from_json(json, read);
      return held(std::move(read));
    }
    return at;
  }

  Held simulate(const Held& at, std::size_t count, Random& random) const override {
    if constexpr (Draws<Model>) {
      std::vector<typename Model::Observation> drawn;
      for (std::size_t i = 0; i < count; ++i) drawn.push_back(model_.draw(parameters(at), random));
      return std::make_shared<const decltype(drawn)>(std::move(drawn));
    } else if constexpr (SamplesRows<Model>) {
      RowMajorMatrix rows = model_.sample(parameters(at), sample().observations.columns(), count, random).rows;
      return std::make_shared<const RowMajorMatrix>(std::move(rows));
    } else {
      return nullptr;
    }
  }
  double log_likelihood_of(const Held& data, const Held& at) const override {
    if constexpr (Draws<Model>) {
      const auto& drawn = *static_cast<const std::vector<typename Model::Observation>*>(data.get());
      return latent::log_likelihood(model_, parameters(at), Sample<Data>(Data(drawn)));
    } else if constexpr (SamplesRows<Model>) {
      return latent::log_likelihood(model_, parameters(at),
                                    Sample<Data>(Data(*static_cast<const RowMajorMatrix*>(data.get()))));
    } else {
      return 0;
    }
  }

 private:
  template <class Value>
  static Held held(Value value) {
    return std::make_shared<const Value>(std::move(value));
  }
  static const Parameters& parameters(const Held& at) { return *static_cast<const Parameters*>(at.get()); }
  static const Statistics& statistics(const Held& sums) { return *static_cast<const Statistics*>(sums.get()); }
  Sample<Data> sample() const { return {Data(*base_), Weights(weights_)}; }

  // visit(sample) with the observations selected.
  template <class Visit>
  void with(const Selection& selection, const Visit& visit) const {
    std::vector<double> weights;
    for (std::size_t i = 0; i < selection.indices.size() && (!weights_.empty() || !selection.factors.empty()); ++i) {
      weights.push_back(sample().weight(selection.indices[i]) * (selection.factors.empty() ? 1 : selection.factors[i]));
    }
    if constexpr (Takeable<Data>) {
      const Owned taken = take(Data(*base_), selection.indices);
      visit(Sample<Data>(Data(taken), weights));
    } else {
      const std::size_t first = selection.indices.empty() ? 0 : selection.indices.front();
      visit(Sample<Data>(base_->subspan(first, selection.indices.size()), weights));
    }
  }
  double add(const PreparedOf<Model>& prepared, const Selection& selection, const Statistics& empty,
             Statistics& sums) const {
    double log_likelihood = 0;
    with(selection,
         [&](const Sample<Data>& chosen) { log_likelihood = expect_block(model_, prepared, chosen, empty, sums); });
    return log_likelihood;
  }

  const Model& model_;
  std::shared_ptr<const Owned> base_;
  std::vector<double> weights_;  // one an observation, or empty
};

}  // namespace conformance

// Checks the model on the data, of which it takes a random part if they are many. Throws DataError for data that cannot
// be used, OptionError for wrong options. What a check needs and the model has not (fields(), weights,
// expected_log_likelihood, draw or sample) is skipped with a reason.
template <LatentModel Model>
Conformance check_conformance(const Model& model, const Sample<DataOf<Model>>& sample,
                              const ConformanceOptions& options = {}) {
  options.validate();
  return conformance::check(conformance::SubjectOf<Model>(model, sample, options), options);
}

}  // namespace latent
