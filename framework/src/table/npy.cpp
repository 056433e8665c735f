#include "npy.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <new>
#include <ostream>
#include <string>
#include <type_traits>
#include <vector>

#include <latent/error.hpp>
#include <latent/text.hpp>

#include "column_choice.hpp"
#include "growing_matrix.hpp"
#include "npy_header.hpp"
#include "special_column.hpp"

namespace latent::input {
namespace {

constexpr std::size_t chunk_bytes = std::size_t{1} << 20;

// An array of items in C or Fortran order on its way into a table.
template <class Scalar>
class NpyReader {
 public:
  NpyReader(ByteSource& source, const NpyHeader& header, const ColumnChoice& choice, const TableOptions& options)
      : source_(source),
        header_(header),
        choice_(choice),
        targets_(choice.targets(header.columns)),
        specials_(choice.special_columns(options)),
        missing_cells_(options.missing_cells),
        table_(choice.values.size()) {}

  // Items of type Item become Scalars; the table takes no more memory than there are data, even if the header lies.
  template <class Item>
  Table read() {
    const bool known_size = check_size();
    if (known_size || header_.fortran_order) table_.resize(header_.rows);
    std::vector<char> bytes(std::min(chunk_bytes, header_.rows * header_.columns * sizeof(Item)));
    std::size_t row = 0;
    std::size_t column = 0;
    for (std::size_t left = header_.rows * header_.columns; left > 0;) {
      const std::size_t count = std::min(left, bytes.size() / sizeof(Item));
      if (source_.read(bytes.data(), count * sizeof(Item)) != count * sizeof(Item)) fail_truncated();
      for (std::size_t i = 0; i < count; ++i) {
        if (row == table_.room()) grow();
        store(load<Item>(bytes.data() + i * sizeof(Item)), row, column);
        step(row, column);
      }
      left -= count;
    }
    char beyond = 0;
    if (source_.read(&beyond, 1) != 0) fail_longer();
    return finished();
  }

 private:
  // Whether the number of bytes to come is known; then it must be right.
  bool check_size() {
    const std::optional<std::uint64_t> bytes = source_.remaining();
    if (!bytes) return false;
    const std::uint64_t expected = std::uint64_t{header_.rows} * header_.columns * header_.item_bytes;
    if (*bytes < expected) fail_truncated();
    if (*bytes > expected) fail_longer();
    return true;
  }
  void grow() {
    const std::size_t first = chunk_bytes / sizeof(Scalar) / header_.columns + 1;
    table_.resize(std::min(header_.rows, std::max(first, table_.room() + table_.room() / 2 + 1)));
  }

  void step(std::size_t& row, std::size_t& column) const {
    if (header_.fortran_order) {
      if (++row == header_.rows) row = 0, ++column;
    } else {
      if (++column == header_.columns) column = 0, ++row;
    }
  }

  template <class Item>
  Item load(const char* from) const {
    char bytes[sizeof(Item)];
    std::memcpy(bytes, from, sizeof(Item));
    if (header_.big_endian != (std::endian::native == std::endian::big)) std::reverse(bytes, bytes + sizeof(Item));
    Item item;
    std::memcpy(&item, bytes, sizeof(Item));
    return item;
  }

  template <class Item>
  void store(Item item, std::size_t row, std::size_t column) {
    const std::size_t target = targets_[column];
    if (target == ColumnChoice::unused) return;
    const bool is_value = target < choice_.values.size();
    const auto value = static_cast<Scalar>(item);
    if constexpr (std::is_floating_point_v<Item>) {
      const bool may_be_missing = missing_cells_ || (!is_value && role(target) == Role::known_states);
      if (!std::isfinite(item) && !(std::isnan(item) && may_be_missing)) fail_not_finite(value, row, column);
    } else if constexpr (sizeof(Item) == 8) {
      if (is_value && !is_exact(item, value)) {
        fail(row, column,
             "found " + std::to_string(item) +
                 ", a 64-bit integer that no float64 equals; save the array as float64 to have it rounded");
      }
    }
    if (is_value) {
      table_.row(row)[target] = value;
    } else {
      give(target, item, row, column);
    }
  }

  Role role(std::size_t target) const { return choice_.specials[target - choice_.values.size()].role; }

  // What is no number of the table is given away as text.
  template <class Item>
  void give(std::size_t target, Item item, std::size_t row, std::size_t column) {
    std::string text;
    if constexpr (std::is_floating_point_v<Item>) {
      if (role(target) == Role::symbols && item != std::floor(item) && !std::isnan(item)) {
        fail(row, column, "found " + number(static_cast<double>(item)) + ", expected a whole number for a symbol");
      }
      if (!std::isnan(item)) text = decimal(static_cast<double>(item));
    } else {
      text = std::to_string(item);
    }
    if (const std::string bad = specials_[target - choice_.values.size()]->take(text); !bad.empty()) {
      fail(row, column, bad);
    }
  }

  // Whole numbers without exponent, 100000 and not 1e+05, where they are exact.
  static std::string decimal(double value) {
    const bool whole = std::abs(value) < 0x1p53 && value == std::floor(value);
    return whole ? std::to_string(static_cast<std::int64_t>(value)) : number(value);
  }

  // The comparison in floating point would round; back in integers it is exact, unless the value is beyond them.
  template <class Item>
  static bool is_exact(Item item, double value) {
    constexpr double beyond = std::is_signed_v<Item> ? 0x1p63 : 0x1p64;
    return value < beyond && static_cast<Item>(value) == item;
  }

  Table finished() {
    Table result;
    result.names = choice_.names;
    table_.move_to(result);
    for (std::size_t k = 0; k < specials_.size(); ++k) {
      const std::string bad = specials_[k]->put_into(result);
      if (bad.empty()) continue;
      throw DataError(source_.name() + ": column " + std::to_string(choice_.specials[k].column + 1) + ": " + bad);
    }
    return result;
  }

  [[noreturn]] void fail(std::size_t row, std::size_t column, const std::string& what) const {
    throw DataError(source_.name() + ": row " + std::to_string(row + 1) + ", column " + std::to_string(column + 1) +
                    " (counted from 1): " + what);
  }
  [[noreturn]] void fail_not_finite(double value, std::size_t row, std::size_t column) const {
    fail(row, column,
         std::isnan(value) ? "found NaN, expected a number; this model takes no missing cells: remove the row or fill "
                             "the cell"
                           : "found " + number(value) + ", expected a finite number");
  }
  [[noreturn]] void fail_truncated() const {
    throw DataError(source_.name() + ": the .npy file ends before its " + count_of(header_.rows, "row") + " of " +
                    count_of(header_.columns, "column") + " do");
  }
  [[noreturn]] void fail_longer() const {
    throw DataError(source_.name() + ": the .npy file goes on after its " + count_of(header_.rows, "row") + " of " +
                    count_of(header_.columns, "column") + ", expected one array");
  }

  ByteSource& source_;
  const NpyHeader& header_;
  const ColumnChoice& choice_;
  std::vector<std::size_t> targets_;
  SpecialColumns specials_;
  bool missing_cells_;
  GrowingMatrix<Scalar> table_;
};

Table read_items(ByteSource& source, const NpyHeader& header, const ColumnChoice& choice, const TableOptions& options) {
  if (header.kind == 'f' && header.item_bytes == 4) {
    return NpyReader<float>(source, header, choice, options).read<float>();
  }
  NpyReader<double> reader(source, header, choice, options);
  if (header.kind == 'f') return reader.read<double>();
  const bool is_signed = header.kind == 'i';
  switch (header.item_bytes) {
    case 1:  // bool is a byte, 0 or 1
      return is_signed ? reader.read<std::int8_t>() : reader.read<std::uint8_t>();
    case 2: return is_signed ? reader.read<std::int16_t>() : reader.read<std::uint16_t>();
    case 4: return is_signed ? reader.read<std::int32_t>() : reader.read<std::uint32_t>();
    default: return is_signed ? reader.read<std::int64_t>() : reader.read<std::uint64_t>();
  }
}

}  // namespace

Table read_npy(ByteSource& source, const TableOptions& options) {
  const NpyHeader header = read_npy_header(source);
  const ColumnChoice choice = choose_columns(options, {}, header.columns, source.name());
  return read_items(source, header, choice, options);
}

}  // namespace latent::input

namespace latent {

void write_npy(std::ostream& stream, const RowMajorMatrix& values) {
  const std::string header =
      input::npy_header_of(static_cast<std::size_t>(values.rows()), static_cast<std::size_t>(values.cols()));
  stream.write(header.data(), static_cast<std::streamsize>(header.size()));
  stream.write(reinterpret_cast<const char*>(values.data()),
               static_cast<std::streamsize>(static_cast<std::size_t>(values.size()) * sizeof(double)));
}

}  // namespace latent
