#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <Eigen/Core>
#include <latent/constraint.hpp>
#include <latent/fields.hpp>

// Parameters as vectors. Natural coordinates are the numbers themselves (of a symmetric matrix the lower triangle);
// unconstrained ones run over all of R^m, m the number of free parameters; stabilized ones are those that extrapolation
// uses (<latent/constraint.hpp>).

namespace latent {

// Calls visit(block, constraint) for the blocks of a field; see Constraint::block_size.
template <class Value, class Visit>
void for_each_block(const Value& value, const Constraint& constraint, Visit&& visit) {
  const std::vector<double> numbers = numbers_of(value);
  const std::size_t size = constraint.block_size(shape_of(value));
  for (std::size_t at = 0; at < numbers.size(); at += size) visit(std::span(numbers).subspan(at, size));
}

template <HasFields Parameters>
std::size_t free_parameters(const Parameters& parameters) {
  std::size_t count = 0;
  for_each_field(parameters, [&](const std::string&, const auto& value, const Constraint& constraint) {
    for_each_block(value, constraint,
                   [&](std::span<const double> block) { count += constraint.free_size(block.size()); });
  });
  return count;
}

enum class Coordinates { natural, unconstrained, stabilized };

// How many coordinates a block of `size` values has.
inline std::size_t coordinate_count(const Constraint& constraint, Coordinates coordinates, std::size_t size) {
  switch (coordinates) {
    case Coordinates::natural: return constraint.natural_size(size);
    case Coordinates::unconstrained: return constraint.free_size(size);
    case Coordinates::stabilized: return constraint.stabilized_size(size);
  }
  return 0;
}

inline void block_to_coordinates(const Constraint& constraint, Coordinates coordinates, std::span<const double> block,
                                 std::span<double> here) {
  switch (coordinates) {
    case Coordinates::natural: return constraint.to_natural(block, here);
    case Coordinates::unconstrained: return constraint.to_unconstrained(block, here);
    case Coordinates::stabilized: return constraint.to_stabilized(block, here);
  }
}

template <HasFields Parameters>
Eigen::VectorXd to_vector(const Parameters& parameters, Coordinates coordinates) {
  std::vector<double> vector;
  for_each_field(parameters, [&](const std::string&, const auto& value, const Constraint& constraint) {
    if (constraint.kind() == Constraint::Kind::real) return append_numbers(value, vector);  // as they are
    for_each_block(value, constraint, [&](std::span<const double> block) {
      const std::size_t at = vector.size();
      vector.resize(at + coordinate_count(constraint, coordinates, block.size()));
      block_to_coordinates(constraint, coordinates, block, std::span(vector).subspan(at));
    });
  });
  return Eigen::Map<const Eigen::VectorXd>(vector.data(), static_cast<Eigen::Index>(vector.size()));
}

// The parameters at that vector; `like` gives the shapes and the values of fixed fields, and to the bit those of every
// block that has its coordinates. Natural coordinates are taken as they are: whether they satisfy the constraints is for
// violation() to say.
template <HasFields Parameters>
Parameters from_vector(const Eigen::VectorXd& vector, Coordinates coordinates, const Parameters& like) {
  Parameters result = like;
  std::size_t at = 0;
  std::vector<double> alike;
  for_each_field(result, [&](const std::string&, auto& value, const Constraint& constraint) {
    if (constraint.kind() == Constraint::Kind::real) {
      std::span<const double> rest{vector.data() + at, static_cast<std::size_t>(vector.size()) - at};
      const std::size_t before = rest.size();
      assign_numbers(rest, value);
      at += before - rest.size();
      return;
    }
    std::vector<double> numbers = numbers_of(value);
    const std::size_t size = constraint.block_size(shape_of(value));
    for (std::size_t first = 0; first < numbers.size(); first += size) {
      const std::span<const double> here{vector.data() + at, coordinate_count(constraint, coordinates, size)};
      const std::span<double> block = std::span(numbers).subspan(first, size);
      at += here.size();
      alike.resize(here.size());
      block_to_coordinates(constraint, coordinates, block, alike);
      if (std::ranges::equal(alike, here)) continue;
      switch (coordinates) {
        case Coordinates::natural: constraint.from_natural(here, block); break;
        case Coordinates::unconstrained: constraint.from_unconstrained(here, block); break;
        case Coordinates::stabilized: constraint.from_stabilized(here, block); break;
      }
    }
    std::span<const double> all = numbers;
    assign_numbers(all, value);
  });
  return result;
}

// The first field that breaks its constraint, by name and reason, or nothing.
template <HasFields Parameters>
std::optional<std::string> violation(const Parameters& parameters) {
  std::optional<std::string> found;
  for_each_field(parameters, [&](const std::string& name, const auto& value, const Constraint& constraint) {
    std::size_t index = 0;
    const std::size_t blocks =
        numbers_of(value).size() / std::max<std::size_t>(1, constraint.block_size(shape_of(value)));
    for_each_block(value, constraint, [&](std::span<const double> block) {
      ++index;
      if (found) return;
      if (const std::optional<std::string> reason = constraint.violation(block)) {
        found = name + (blocks > 1 ? " (" + std::to_string(index) + " of " + std::to_string(blocks) + ")" : "") + " " +
                *reason;
      }
    });
  });
  return found;
}

// The largest change of a parameter, relative to the largest number of its field: free of units, and not upset by one
// mean that happens to be near zero.
template <HasFields Parameters>
double relative_change(const Parameters& before, const Parameters& after) {
  std::vector<std::vector<double>> old_values;
  for_each_field(before, [&](const std::string&, const auto& value, const Constraint&) {
    old_values.push_back(numbers_of(value));
  });
  double largest = 0;
  std::size_t index = 0;
  for_each_field(after, [&](const std::string&, const auto& value, const Constraint&) {
    const std::vector<double> now = numbers_of(value);
    const std::vector<double>& old = old_values[index++];
    double size = 0, change = 0;
    for (std::size_t i = 0; i < now.size(); ++i) {
      size = std::max({size, std::abs(now[i]), std::abs(old[i])});
      change = std::max(change, std::abs(now[i] - old[i]));
    }
    if (size > 0) largest = std::max(largest, change / size);
  });
  return largest;
}

}  // namespace latent
