#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <latent/error.hpp>

namespace latent {

// What is known of the columns of a table besides their cells.
struct TableColumns {
  std::size_t count = 0;
  std::vector<std::string> names = {};  // one a column; empty: they are called x1, x2, ...
  // One a column: the texts that its cells 0, 1, ... stand for, none if they are numbers. Empty: there are no texts, or
  // they are not known.
  std::vector<std::vector<std::string>> levels = {};

  TableColumns() = default;
  explicit TableColumns(std::size_t columns) : count(columns) {}
  TableColumns(std::vector<std::string> column_names, std::vector<std::vector<std::string>> column_levels)
      : count(column_names.size()), names(std::move(column_names)), levels(std::move(column_levels)) {}

  std::size_t size() const { return count; }
  std::string name(std::size_t column) const {
    return names.empty() ? "x" + std::to_string(column + 1) : names[column];
  }

  // The place of a column; throws DataError if there is none of that name.
  std::size_t at(const std::string& wanted) const {
    for (std::size_t j = 0; j < count; ++j) {
      if (name(j) == wanted) return j;
    }
    throw DataError("there is no column \"" + wanted + "\"");
  }
  // The texts of a column, in order; none for a column of numbers. Throws DataError if there is none of that name.
  std::span<const std::string> levels_of(const std::string& wanted) const {
    const std::size_t column = at(wanted);
    return column < levels.size() ? std::span<const std::string>(levels[column]) : std::span<const std::string>{};
  }
};

}  // namespace latent
