#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include <Eigen/Core>
#include <latent/column_block.hpp>
#include <latent/observations.hpp>
#include <latent/random.hpp>

namespace latent {

// How a mixture starts. All starts state responsibilities; an M-step makes parameters of them, whatever the family.
enum class MixtureStart {
  kmeans_plus_plus,  // k-means++, then k-means, on a sample of the rows; each row belongs to the nearest centre
  random_points,     // each row belongs to the nearest of K rows drawn by their weights, on a sample of the rows
  random,            // each row is divided at random among the components
};
const char* name_of(MixtureStart start);
MixtureStart mixture_start(const std::string& name);  // throws OptionError

// What a start by distances works on: all rows, or of many a sample of max(4096, 64 K) drawn with probability
// proportional to their weights, so that the sample has none.
struct StartSample {
  RowMajorMatrix rows;          // m x D, float64
  std::vector<double> weights;  // m, the largest 1, or empty
};
StartSample start_sample(const Observations& rows, Weights weights, std::size_t components, Random& random);

// Which of `components` clusters each row belongs to, for the starts by distances.
std::vector<std::size_t> start_labels(MixtureStart start, const Observations& rows, Weights weights,
                                      std::size_t components, Random& random);

// Responsibilities for known labels, r(n, label n) = w_n. With `softness` s, r = w_n ((1 - s) [k = label n] + s / K):
// every component then knows something of all rows, so that none starts out singular or with impossible values.
void fill_by_labels(std::span<const std::size_t> labels, Weights weights, double softness, Columns out);

// Responsibilities drawn uniformly from the simplex, times w_n.
void fill_at_random(std::size_t rows, Weights weights, Random& random, Columns out);

}  // namespace latent
