#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <latent/algebra.hpp>
#include <latent/blocked_sum.hpp>
#include <latent/error.hpp>
#include <latent/execution.hpp>
#include <latent/fields.hpp>
#include <latent/latent_model.hpp>
#include <latent/node_sum.hpp>
#include <latent/notes.hpp>
#include <latent/records.hpp>
#include <latent/sample.hpp>

// The E-step over a whole data set: the model's expectation of each block, added up (<latent/blocked_sum.hpp>), by this
// process or by several (<latent/execution.hpp>).

namespace latent {

template <LatentModel Model>
struct Expectation {
  typename Model::Statistics statistics;
  double log_likelihood = 0;  // of the parameters that the E-step was made at, weighted
};

template <LatentModel Model>
PreparedOf<Model> prepare(const Model& model, const typename Model::Parameters& parameters) {
  if constexpr (Prepares<Model>) {
    return model.prepare(parameters);
  } else {
    return parameters;
  }
}

// Arrays without numbers cannot be added to. Throws Error naming the field.
template <HasFields Statistics>
void refuse_empty_arrays(const Statistics& statistics) {
  for_each_member(statistics, [](std::string_view name, const auto& value, const Constraint&) {
    using Value = std::remove_cvref_t<decltype(value)>;
    if constexpr (HasFields<Value>) {
      refuse_empty_arrays(value);
    } else if constexpr (EigenArray<Value>) {
      if (value.size() > 0) return;
      throw Error("the model's Statistics{} has no numbers in '" + std::string(name) +
                  "': its size must come from a member: Statistics statistics(const Parameters&) const");
    }
  });
}

template <LatentModel Model>
typename Model::Statistics empty_statistics(const Model& model, const PreparedOf<Model>& prepared) {
  if constexpr (ShapesStatistics<Model>) {
    return model.statistics(prepared);
  } else {
    typename Model::Statistics empty{};
    if constexpr (HasFields<typename Model::Statistics>) refuse_empty_arrays(empty);
    return empty;
  }
}

// Data as the model sees them, with their weights.
template <LatentModel Model>
double expect_data(const Model& model, const PreparedOf<Model>& prepared, const DataOf<Model>& data, Weights weights,
                   const typename Model::Statistics& empty, typename Model::Statistics& sums) {
  if constexpr (TakesWeights<Model>) {
    return model.expectation(prepared, data, sums, weights);
  } else {
    if (weights.empty()) return model.expectation(prepared, data, sums);
    if constexpr (Additive<typename Model::Statistics>) {
      double log_likelihood = 0;
      for (std::size_t i = 0; i < data.size(); ++i) {
        if (weights[i] == 0) continue;
        typename Model::Statistics own = empty;
        log_likelihood += weights[i] * model.expectation(prepared, data.subspan(i, 1), own);
        add(sums, own, weights[i]);
      }
      return log_likelihood;
    } else {
      throw Error(
          "this model cannot take weights: its Statistics need fields(), or its expectation a Weights argument");
    }
  }
}

// One block, on the calling thread; a span chunk by chunk, in memory or not, so that the bits are the same.
template <LatentModel Model>
double expect_block(const Model& model, const PreparedOf<Model>& prepared, const Sample<DataOf<Model>>& block,
                    const typename Model::Statistics& empty, typename Model::Statistics& sums) {
  double log_likelihood = 0;
  for_each_chunk(block.observations, [&](std::size_t first, const DataOf<Model>& chunk) {
    const Weights weights = block.weights.empty() ? block.weights : block.weights.subspan(first, chunk.size());
    log_likelihood += expect_data(model, prepared, chunk, weights, empty, sums);
  });
  return log_likelihood;
}

// The tree of the sums of n observations; `empty` as empty_statistics() makes it.
template <LatentModel Model>
SumTree sum_tree(const Model& model, const typename Model::Statistics& empty, std::size_t n) {
  std::size_t grain = 512;
  if constexpr (HasGrain<Model>) grain = model.grain();
  return {n, leaf_count(n, grain, bytes_of(empty))};
}

// sum(first, count) for the observations of a sample from `offset` on, which is the first that the sample has.
template <LatentModel Model>
auto range_sum(const Model& model, const PreparedOf<Model>& prepared, const typename Model::Statistics& empty,
               const Sample<DataOf<Model>>& sample, std::size_t offset = 0) {
  return [&, offset](std::size_t first, std::size_t count) {
    Expectation<Model> sum{empty, 0};
    sum.log_likelihood = expect_block(model, prepared, sample.subspan(first - offset, count), empty, sum.statistics);
    return sum;
  };
}

template <LatentModel Model>
void merge(Expectation<Model>& into, const Expectation<Model>& other) {
  add(into.statistics, other.statistics);
  into.log_likelihood += other.log_likelihood;
}

// As numbers, the log-likelihood first: what is sent and stored; and back, of as many numbers: else Error.
template <LatentModel Model>
requires HasFields<typename Model::Statistics>
void append_numbers(const Expectation<Model>& expectation, std::vector<double>& numbers) {
  numbers.push_back(expectation.log_likelihood);
  append_fields(expectation.statistics, numbers);
}
template <LatentModel Model>
requires HasFields<typename Model::Statistics> Expectation<Model> expectation_of(
    std::span<const double> numbers, const typename Model::Statistics& empty) {
  if (numbers.size() != 1 + bytes_of(empty) / sizeof(double)) {
    throw Error("the sums are " + std::to_string(numbers.size()) + " numbers, those of the model are " +
                std::to_string(1 + bytes_of(empty) / sizeof(double)));
  }
  Expectation<Model> expectation{empty, numbers.front()};
  assign_fields(numbers.subspan(1), expectation.statistics);
  return expectation;
}

// Of an E-step there: what all ranks must agree upon.
template <HasFields Parameters>
double signature_of(const SumTree& tree, const Parameters& parameters) {
  std::vector<double> numbers{static_cast<double>(tree.observations), static_cast<double>(tree.leaves)};
  append_fields(parameters, numbers);
  return digest_of(numbers);
}

// This rank's part of an E-step, exchanged for the whole.
template <LatentModel Model, class SumRange>
Expectation<Model> shared_expectation(Execution& execution, const SumTree& tree, double signature,
                                      const typename Model::Statistics& empty, const SumRange& sum_range, Vote* vote) {
  const auto own = [&](SumNode node) {
    Contribution made = contribution_of([&](Contribution& into) {
      append_numbers<Model>(blocked_sum(tree, node, sum_range, merge<Model>), into.numbers);
    });
    made.signature = signature;
    made.vote = vote ? vote->ask() : 0;
    return made;
  };
  const auto add = [&](Contribution& into, const Contribution& other) {
    Expectation<Model> sum = expectation_of<Model>(into.numbers, empty);
    merge(sum, expectation_of<Model>(other.numbers, empty));
    into.numbers.clear();
    append_numbers<Model>(sum, into.numbers);
  };
  const Contribution whole = sum_over_ranks(execution, tree, own, add);
  if (vote) vote->heard = whole.vote;
  rethrow(whole);
  return expectation_of<Model>(whole.numbers, empty);
}

// The E-step. With an execution of several ranks all of them call it, and get the same.
template <LatentModel Model>
Expectation<Model> expect(const Model& model, const typename Model::Parameters& parameters,
                          const Sample<DataOf<Model>>& sample, Execution* execution = nullptr, Vote* vote = nullptr) {
  const PreparedOf<Model> prepared = prepare(model, parameters);
  const typename Model::Statistics empty = empty_statistics(model, prepared);
  const auto sum_range = range_sum(model, prepared, empty, sample);
  if constexpr (Additive<typename Model::Statistics>) {
    const SumTree tree = sum_tree(model, empty, sample.size());
    if constexpr (HasFields<typename Model::Statistics> && HasFields<typename Model::Parameters>) {
      if (is_shared(execution)) {
        return shared_expectation<Model>(*execution, tree, signature_of(tree, parameters), empty, sum_range, vote);
      }
    }
    return blocked_sum(tree, {0, tree.leaves}, sum_range, merge<Model>);
  } else {
    return sum_range(0, sample.size());  // statistics that cannot be added up are summed by one thread
  }
}

// The sums of the nodes of a tree that have observations of the sample alone, which are those from `first` on.
template <LatentModel Model>
requires HasFields<typename Model::Statistics> std::vector<NodeSum> node_sums(
    const Model& model, const typename Model::Parameters& parameters, const Sample<DataOf<Model>>& sample,
    const SumTree& tree, std::size_t first) {
  const PreparedOf<Model> prepared = prepare(model, parameters);
  const typename Model::Statistics empty = empty_statistics(model, prepared);
  const auto sum_range = range_sum(model, prepared, empty, sample, first);
  std::vector<NodeSum> sums;
  for (const SumNode node : nodes_within(tree, first, sample.size())) {
    sums.push_back({node, {}});
    append_numbers<Model>(blocked_sum(tree, node, sum_range, merge<Model>), sums.back().numbers);
  }
  return sums;
}

// The M-step.
template <LatentModel Model>
typename Model::Parameters maximize(const Model& model, const typename Model::Statistics& statistics,
                                    const typename Model::Parameters& current, std::vector<Note>& notes) {
  if constexpr (TakesNotes<Model>) {
    return model.maximization(statistics, current, Notes(notes));
  } else {
    return model.maximization(statistics, current);
  }
}

// The observed-data log-likelihood of a sample, weighted.
template <LatentModel Model>
double log_likelihood(const Model& model, const typename Model::Parameters& parameters,
                      const Sample<DataOf<Model>>& sample, Execution* execution = nullptr) {
  return expect(model, parameters, sample, execution).log_likelihood;
}

}  // namespace latent
