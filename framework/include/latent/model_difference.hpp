#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <latent/model_file.hpp>

// How far two fitted models are from each other, whatever order their components stand in.

namespace latent {

// Of one field of the parameters, its components paired.
struct FieldDifference {
  std::string field;         // "emissions.means"
  std::string not_compared;  // why; empty: it is
  double absolute = 0;       // the largest |first - second|
  double relative = 0;       // the largest |first - second| / max(|first|, |second|)
  std::string place;         // of the largest absolute one, in the first model, counted from 1: "2, 1"; empty: a number
  double first = 0, second = 0;  // the values there
};

struct ModelDifference {
  std::string not_compared;          // why the parameters cannot be compared at all; empty: they can
  std::vector<std::size_t> pairing;  // component k of the first model is pairing[k] of the second
  std::vector<FieldDifference> fields;

  double largest() const;  // of the absolute differences
};

// Components are paired so that the sum of their squared differences is least, each number in the unit of its spread
// over the components of both models. What belongs to components is known by shape alone. With K components,
//   K or K x ...  is of components: the first axis is paired;
//   K x K         of a model of sequences, not part of another field, with rows that sum to one, is a matrix of
//                 transitions: both axes are paired, and its diagonal counts in the cost;
//   K M x ...     beside a field K x M with rows that sum to one has M parts for each component: the parts of paired
//                 components are paired likewise;
//   n x n         symmetric to the last bit in both models, with rows that do not sum to one, is of columns (a
//                 covariance that components share), even if n is K; so is all else.
ModelDifference difference(const StoredModel& first, const StoredModel& second);

}  // namespace latent
