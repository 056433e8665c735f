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
  std::size_t rows = 0;                         // of components, or of their parts; 0: it is of no component
  std::size_t parts = 1;                        // of a component: row k * parts + m is part m of component k
  std::string owner;                            // "emissions": parts of the same owner are the same parts
  bool transitions = false;                     // of components on both axes

  bool comparable() const { return shape == other_shape && first.size() == second.size(); }
  std::size_t width() const { return first.size() / rows; }  // of a row

  // Where the second model has what stands at `index` in the first, by the pairing of its rows.
  std::size_t paired(std::size_t index, const std::vector<std::size_t>& pairing) const;
};

// Of all fields of either; what only one of them has is not comparable.
std::vector<ComponentField> component_fields(const StoredModel& first, const StoredModel& second);

}  // namespace latent::comparison
