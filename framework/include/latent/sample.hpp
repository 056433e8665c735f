#pragma once

#include <cmath>
#include <concepts>
#include <cstddef>
#include <string>
#include <utility>

#include <latent/error.hpp>
#include <latent/observations.hpp>
#include <latent/records.hpp>
#include <latent/text.hpp>

namespace latent {

// Data whose observations are of different size: extent(i) says of how many rows observation i consists (a sequence).
template <class Data>
concept HasExtents = requires(const Data& data, std::size_t index) {
  { data.extent(index) } -> std::convertible_to<double>;
};

// Observations and, if they have any, their weights; a view, like what it is made of. fit(model, rows) and
// fit(model, {rows, weights}) both make one. Of a std::span it holds <latent/records.hpp>.
template <class Data>
struct Sample {
  template <std::convertible_to<HeldData<Data>> Source>
  Sample(Source&& source) : observations(std::forward<Source>(source)) {}  // NOLINT(google-explicit-constructor)
  template <std::convertible_to<HeldData<Data>> Source>
  Sample(Source&& source, Weights observation_weights)
      : observations(std::forward<Source>(source)), weights(observation_weights) {}

  std::size_t size() const { return observations.size(); }
  double weight(std::size_t index) const { return weights.empty() ? 1 : weights[index]; }
  Sample subspan(std::size_t first, std::size_t count) const {
    return {observations.subspan(first, count), weights.empty() ? weights : weights.subspan(first, count)};
  }

  // Of how many rows observation `index` consists.
  double extent(std::size_t index) const {
    if constexpr (HasExtents<Data>) return observations.extent(index);
    return 1;
  }
  // The number of rows.
  double extent() const {
    if constexpr (!HasExtents<Data>) return static_cast<double>(size());
    double sum = 0;
    for (std::size_t i = 0; i < size(); ++i) sum += extent(i);
    return sum;
  }
  // The sum of the rows' weights: what takes the place of n in tolerances and criteria.
  double total_weight() const {
    if (weights.empty()) return extent();
    double sum = 0;
    for (std::size_t i = 0; i < size(); ++i) sum += weights[i] * extent(i);
    return sum;
  }

  // Throws DataError unless there are observations and weights that fit them.
  void validate() const {
    if (size() == 0) throw DataError("there are no observations");
    if (weights.empty()) return;
    if (weights.size() != size()) {
      throw DataError("there are " + std::to_string(weights.size()) + " weights for " +
                      count_of(size(), "observation"));
    }
    for (std::size_t i = 0; i < weights.size(); ++i) {
      if (!(weights[i] >= 0) || std::isinf(weights[i])) {
        throw DataError("weight " + std::to_string(i + 1) + " is " + number(weights[i]) +
                        ", weights must be finite and not negative");
      }
    }
    constexpr double least = 1e-280, most = 1e280;  // beyond, products of weights and numbers lose their digits
    const double total = total_weight();
    if (total == 0) throw DataError("all weights are zero");
    if (!(total >= least && total <= most)) {
      throw DataError("the weights sum to " + number(total) + ", it must be between 1e-280 and 1e280");
    }
  }

  HeldData<Data> observations;
  Weights weights;
};

}  // namespace latent
