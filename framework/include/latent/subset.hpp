#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include <Eigen/Core>
#include <latent/observations.hpp>
#include <latent/random.hpp>
#include <latent/records.hpp>

// A part of a data set, as data of its own.

namespace latent {

// `count` of the indices below n, increasing, drawn without replacement; or, with weights, with probability
// proportional to weight (the same index may then come more than once), so that what is drawn has equal weights.
std::vector<std::size_t> draw_subset(std::size_t n, Weights weights, std::size_t count, Random& random);

// `count` of the indices below n, increasing and evenly spaced; with weights, of those whose weight is not zero, and all
// of these if they are fewer.
std::vector<std::size_t> evenly_spaced(std::size_t n, Weights weights, std::size_t count);

// The observations with those indices.
RowMajorMatrix take(const Observations& rows, std::span<const std::size_t> indices);

template <class Observation>
std::vector<Observation> take(std::span<const Observation> observations, std::span<const std::size_t> indices) {
  std::vector<Observation> taken;
  taken.reserve(indices.size());
  for (std::size_t index : indices) taken.push_back(observations[index]);
  return taken;
}

template <class Observation>
std::vector<Observation> take(const Records<Observation>& records, std::span<const std::size_t> indices) {
  std::vector<Observation> taken, one;
  taken.reserve(indices.size());
  for (std::size_t index : indices) taken.push_back(records.subspan(index, 1).in(one).front());
  return taken;
}

// Data of which a part can be taken.
template <class Data>
concept Takeable = requires(const Data& data, std::span<const std::size_t> indices) {
  take(data, indices);
};

}  // namespace latent
