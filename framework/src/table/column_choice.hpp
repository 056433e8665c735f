#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <latent/table.hpp>

#include "special_column.hpp"

namespace latent::input {

// Which columns of a file become what; all counted from 0.
struct ColumnChoice {
  struct Special {
    Role role;
    std::size_t column;      // of the file
    std::size_t target = 0;  // for symbols: the column of the table
  };

  std::vector<std::size_t> values;  // for each column of the table, its column in the file
  std::vector<std::string> names;   // of the columns of the table
  std::vector<Special> specials;

  static constexpr std::size_t unused = static_cast<std::size_t>(-1);
  // For each of the `width` columns of the file: its column in the table; values.size() and the number of the special
  // column that it is; or unused.
  std::vector<std::size_t> targets(std::size_t width) const;
  SpecialColumns special_columns(const TableOptions& options) const;  // as `specials`
};

// `header` holds the names of the `width` columns of the file, or is empty. Throws DataError, naming `file` and the
// columns there are, for a column that is not there, is there twice, or is asked for twice.
ColumnChoice choose_columns(const TableOptions& options, const std::vector<std::string>& header, std::size_t width,
                            const std::string& file);

// Whether a column is asked for by what can only be a name.
bool asks_for_a_name(const TableOptions& options);

}  // namespace latent::input
