#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "special_column.hpp"

namespace latent::input {

// A column of the table whose cells are texts of an alphabet: its values are their places there.
class SymbolColumn final : public SpecialColumn {
 public:
  // `target`: the column of the table. `alphabet`: empty: the texts that there are, in order.
  SymbolColumn(std::size_t target, const std::vector<std::string>& alphabet, bool may_be_missing);

  std::string take(std::string_view cell) override;
  std::string put_into(Table& table) override;

 private:
  static constexpr std::int32_t missing = -1;

  std::size_t target_;
  bool given_, may_be_missing_;
  std::map<std::string, std::int32_t, std::less<>> codes_;  // in the order in which they were met, or given
  std::vector<std::int32_t> rows_;                          // codes
};

}  // namespace latent::input
