#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <latent/table.hpp>

namespace latent::input {

// What a column of a file may be besides numbers of the table.
enum class Role {
  weights,
  sequence,
  known_states,
  symbols,  // a column of the table, whose values are places in an alphabet
};

// A column of a file with such a role. It takes its cells row by row, and then puts what it made of them into the
// table.
class SpecialColumn {
 public:
  virtual ~SpecialColumn() = default;
  // The cell of the next row, without its quotes or else the blanks around it. Returns what is wrong with it, or
  // nothing.
  virtual std::string take(std::string_view cell) = 0;
  // After the last row, when the values of the table are there. Returns what is wrong with the column as a whole, or
  // nothing.
  virtual std::string put_into(Table& table) = 0;
};
using SpecialColumns = std::vector<std::unique_ptr<SpecialColumn>>;

// `target`: for symbols, the column of the table.
std::unique_ptr<SpecialColumn> special_column(Role role, std::size_t target, const TableOptions& options);

}  // namespace latent::input
