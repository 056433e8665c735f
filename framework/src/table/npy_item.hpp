#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <type_traits>

#include <latent/table.hpp>
#include <latent/text.hpp>

#include "npy_header.hpp"
#include "special_column.hpp"

// One item of a .npy array: what a table makes of it.

namespace latent::input {

// visit(Item{}) for the type that the items of the array have in this machine.
template <class Visit>
auto with_item_type(const NpyHeader& header, const Visit& visit) {
  if (header.kind == 'f') return header.item_bytes == 4 ? visit(float{}) : visit(double{});
  const bool is_signed = header.kind == 'i';
  switch (header.item_bytes) {
    case 1:  // bool is a byte, 0 or 1
      return is_signed ? visit(std::int8_t{}) : visit(std::uint8_t{});
    case 2: return is_signed ? visit(std::int16_t{}) : visit(std::uint16_t{});
    case 4: return is_signed ? visit(std::int32_t{}) : visit(std::uint32_t{});
    default: return is_signed ? visit(std::int64_t{}) : visit(std::uint64_t{});
  }
}

// The comparison in floating point would round; back in integers it is exact, unless the value is beyond them.
template <class Item>
bool is_exact(Item item, double value) {
  constexpr double beyond = std::is_signed_v<Item> ? 0x1p63 : 0x1p64;
  return value < beyond && static_cast<Item>(value) == item;
}

// Whether the item can be a cell of values.
template <class Item>
bool is_value(Item item, bool may_be_missing) {
  if constexpr (std::is_floating_point_v<Item>) {
    return std::isfinite(item) || (may_be_missing && std::isnan(item));
  } else if constexpr (sizeof(Item) == 8) {
    return is_exact(item, static_cast<double>(item));
  } else {
    return true;
  }
}

// Why it cannot. `of_missing`: what is said of NaN (TableOptions::missing_refusal).
template <class Item>
std::string refusal_of(Item item, const std::string& of_missing = TableOptions().missing_refusal) {
  if constexpr (std::is_floating_point_v<Item>) {
    if (!std::isnan(item)) return "found " + number(static_cast<double>(item)) + ", expected a finite number";
    return "found NaN, expected a number; " + of_missing;
  } else {
    return "found " + std::to_string(item) +
           ", a 64-bit integer that no float64 equals; save the array as float64 to have it rounded";
  }
}

// Gives an item away as text to a column that is no number of the table: whole numbers without exponent, 100000 and not
// 1e+05, where they are exact; NaN as nothing. Returns what is wrong with it, or nothing.
template <class Item>
std::string give(Item item, Role role, bool missing_cells, SpecialColumn& column) {
  if constexpr (std::is_floating_point_v<Item>) {
    if (!is_value(item, missing_cells || role == Role::known_states)) return refusal_of(item);
    if (std::isnan(item)) return column.take({});
    const auto value = static_cast<double>(item);
    const bool whole = value == std::floor(value);
    if (role == Role::symbols && !whole) return "found " + number(value) + ", expected a whole number for a symbol";
    return column.take(whole && std::abs(value) < 0x1p53 ? std::to_string(static_cast<std::int64_t>(value))
                                                         : number(value));
  } else {
    return column.take(std::to_string(item));
  }
}

// "FILE: row 3, column 2 (counted from 1): ", both counted from 0 here.
inline std::string place_of(const std::string& file, std::size_t row, std::size_t column) {
  return file + ": row " + std::to_string(row + 1) + ", column " + std::to_string(column + 1) + " (counted from 1): ";
}

}  // namespace latent::input
