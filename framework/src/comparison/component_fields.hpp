#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <latent/model_file.hpp>

namespace latent::comparison {

// The same field of two models of K components, and what of it belongs to components: <latent/model_difference.hpp>.
struct ComponentField {
  std::string name;
  std::vector<std::size_t> shape, other_shape;  // of the first and the second model
  std::vector<double> first, second;            // row-major
  std::size_t parts = 0;                        // rows of the first axis for each component; 0: of no component
  bool transitions = false;                     // of components on both axes

  bool comparable() const { return shape == other_shape && first.size() == second.size(); }
  std::size_t width() const { return shape.empty() ? 1 : first.size() / shape.front(); }  // of a row of the first axis

  // Where the second model has what stands at `index` in the first.
  std::size_t paired(std::size_t index, const std::vector<std::size_t>& pairing) const;
};

// Of all fields of either; what only one of them has is not comparable.
std::vector<ComponentField> component_fields(const StoredModel& first, const StoredModel& second);

}  // namespace latent::comparison
