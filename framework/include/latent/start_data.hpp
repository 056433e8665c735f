#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include <latent/records.hpp>
#include <latent/sample.hpp>
#include <latent/subset.hpp>

namespace latent {

inline constexpr std::size_t most_for_starts = std::size_t{1} << 17;

// What a model sees when it makes starts, in memory: all of the sample; of a span of more than `most_for_starts`
// observations so many, evenly spaced, of those that have a weight.
template <class Data>
class StartData {
 public:
  explicit StartData(const Sample<Data>& sample) : sample_(sample) {}
  const Data& observations() const { return sample_.observations; }
  Weights weights() const { return sample_.weights; }

 private:
  Sample<Data> sample_;
};

template <class Observation>
class StartData<std::span<const Observation>> {
 public:
  explicit StartData(const Sample<std::span<const Observation>>& sample) : weights_(sample.weights) {
    if (sample.size() <= most_for_starts) {
      observations_ = sample.observations.in(taken_);
      return;
    }
    const std::vector<std::size_t> chosen = evenly_spaced(sample.size(), sample.weights, most_for_starts);
    taken_ = take(sample.observations, chosen);
    observations_ = taken_;
    if (sample.weights.empty()) return;
    for (const std::size_t index : chosen) taken_weights_.push_back(sample.weights[index]);
    weights_ = taken_weights_;
  }
  StartData(const StartData&) = delete;
  StartData& operator=(const StartData&) = delete;

  std::span<const Observation> observations() const { return observations_; }
  Weights weights() const { return weights_; }

 private:
  std::vector<Observation> taken_;
  std::vector<double> taken_weights_;
  std::span<const Observation> observations_;
  Weights weights_;
};

}  // namespace latent
