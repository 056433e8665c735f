#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include <latent/error.hpp>

namespace latent {

// What is known of the columns of a table besides their cells.
struct TableColumns {
  std::vector<std::string> names;  // one a column
  std::vector<std::vector<std::string>>
      levels;  // one a column: the texts that the cells 0, 1, ... stand for; none: the
               // cells are numbers. Empty: there are no texts, or they are not known

  TableColumns() = default;
  // TableColumns of numbers called x1, x2, ...
  explicit TableColumns(std::size_t count) {
    for (std::size_t j = 1; j <= count; ++j) names.push_back("x" + std::to_string(j));
  }
  TableColumns(std::vector<std::string> column_names, std::vector<std::vector<std::string>> column_levels)
      : names(std::move(column_names)), levels(std::move(column_levels)) {}

  std::size_t size() const { return names.size(); }

  // The place of a column; throws DataError if there is none of that name.
  std::size_t at(const std::string& name) const {
    const auto found = std::ranges::find(names, name);
    if (found == names.end()) throw DataError("there is no column \"" + name + "\"");
    return static_cast<std::size_t>(found - names.begin());
  }
  // The texts of a column, in order; none for a column of numbers. Throws DataError if there is none of that name.
  std::span<const std::string> levels_of(const std::string& name) const {
    const std::size_t column = at(name);
    return column < levels.size() ? std::span<const std::string>(levels[column]) : std::span<const std::string>{};
  }
};

}  // namespace latent
