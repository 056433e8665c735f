#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <type_traits>

#include <latent/algebra.hpp>
#include <latent/blocked_sum.hpp>
#include <latent/error.hpp>
#include <latent/fields.hpp>
#include <latent/latent_model.hpp>
#include <latent/records.hpp>
#include <latent/sample.hpp>

// The E-step over a whole data set: the model's expectation of each block, added up (<latent/blocked_sum.hpp>).

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

template <LatentModel Model>
Expectation<Model> expect(const Model& model, const typename Model::Parameters& parameters,
                          const Sample<DataOf<Model>>& sample) {
  const PreparedOf<Model> prepared = prepare(model, parameters);
  const typename Model::Statistics empty = empty_statistics(model, prepared);
  const auto sum_range = [&](std::size_t first, std::size_t count) {
    Expectation<Model> sum{empty, 0};
    sum.log_likelihood = expect_block(model, prepared, sample.subspan(first, count), empty, sum.statistics);
    return sum;
  };
  if constexpr (Additive<typename Model::Statistics>) {
    std::size_t grain = 512;
    if constexpr (HasGrain<Model>) grain = model.grain();
    return blocked_sum(sample.size(), leaf_count(sample.size(), grain, bytes_of(empty)), sum_range,
                       [](Expectation<Model>& into, const Expectation<Model>& other) {
                         add(into.statistics, other.statistics);
                         into.log_likelihood += other.log_likelihood;
                       });
  } else {
    return sum_range(0, sample.size());  // statistics that cannot be added up are summed by one thread
  }
}

// The observed-data log-likelihood of a sample, weighted.
template <LatentModel Model>
double log_likelihood(const Model& model, const typename Model::Parameters& parameters,
                      const Sample<DataOf<Model>>& sample) {
  return expect(model, parameters, sample).log_likelihood;
}

}  // namespace latent
