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

#include "growing_matrix.hpp"
#include "rows_of_columns.hpp"

namespace latent::input {
namespace {

constexpr std::size_t chunk_bytes = std::size_t{1} << 20;

[[noreturn]] void fail_truncated(const ByteSource& source, const NpyHeader& header) {
  throw DataError(source.name() + ": the .npy file ends before its " + count_of(header.rows, "row") + " of " +
                  count_of(header.columns, "column") + " do");
}

[[noreturn]] void fail_longer(const ByteSource& source, const NpyHeader& header) {
  throw DataError(source.name() + ": the .npy file goes on after its " + count_of(header.rows, "row") + " of " +
                  count_of(header.columns, "column") + ", expected one array");
}

// The items of an array in C or Fortran order on their way into a sink.
template <class Scalar>
class ItemReader {
 public:
  ItemReader(ByteSource& source, const NpyHeader& header, const ColumnChoice& choice, const SpecialColumns& specials,
             const TableOptions& options, RowSink<Scalar>& sink)
      : source_(source),
        header_(header),
        choice_(choice),
        targets_(choice.targets(header.columns)),
        specials_(specials),
        options_(options),
        sink_(sink) {}

  // Items of type Item become Scalars.
  template <class Item>
  void read() {
    std::vector<char> bytes(std::min(chunk_bytes, header_.rows * header_.columns * sizeof(Item)));
    make_room();
    std::size_t row = 0;
    std::size_t column = 0;
    for (std::size_t left = header_.rows * header_.columns; left > 0;) {
      const std::size_t count = std::min(left, bytes.size() / sizeof(Item));
      if (source_.read(bytes.data(), count * sizeof(Item)) != count * sizeof(Item)) {
        fail_truncated(source_, header_);
      }
      for (std::size_t i = 0; i < count; ++i) {
        if (row == room_end_) make_room();
        store(load<Item>(bytes.data() + i * sizeof(Item)), row, column);
        step(row, column);
      }
      left -= count;
    }
    char beyond = 0;
    if (source_.read(&beyond, 1) != 0) fail_longer(source_, header_);
    sink_.end(header_.rows - room_begin_);
  }

 private:
  void make_room() {
    room_ = sink_.more();
    room_begin_ = room_end_;
    room_end_ += room_.count;
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
      const bool may_be_missing = options_.missing_cells || (!is_value && role(target) == Role::known_states);
      if (!std::isfinite(item) && !(std::isnan(item) && may_be_missing)) fail_not_finite(value, row, column);
    } else if constexpr (sizeof(Item) == 8) {
      if (is_value && !is_exact(item, value)) {
        fail(row, column,
             "found " + std::to_string(item) +
                 ", a 64-bit integer that no float64 equals; save the array as float64 to have it rounded");
      }
    }
    if (is_value) {
      room_.rows[(row - room_begin_) * choice_.values.size() + target] = value;
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

  [[noreturn]] void fail(std::size_t row, std::size_t column, const std::string& what) const {
    throw DataError(source_.name() + ": row " + std::to_string(row + 1) + ", column " + std::to_string(column + 1) +
                    " (counted from 1): " + what);
  }
  [[noreturn]] void fail_not_finite(double value, std::size_t row, std::size_t column) const {
    fail(row, column,
         std::isnan(value) ? "found NaN, expected a number; " + options_.missing_refusal
                           : "found " + number(value) + ", expected a finite number");
  }

  ByteSource& source_;
  const NpyHeader& header_;
  const ColumnChoice& choice_;
  std::vector<std::size_t> targets_;
  const SpecialColumns& specials_;
  const TableOptions& options_;
  RowSink<Scalar>& sink_;
  typename RowSink<Scalar>::Room room_;
  std::size_t room_begin_ = 0, room_end_ = 0;  // rows of the array
};

}  // namespace

NpyArray::NpyArray(ByteSource& source, const TableOptions& options)
    : source_(source),
      header_(read_npy_header(source)),
      options_(options),
      choice_(choose_columns(options, {}, header_.columns, source.name())),
      specials_(choice_.special_columns(options)) {
  const std::optional<std::uint64_t> bytes = source_.remaining();
  if (!bytes) return;
  const std::uint64_t expected = std::uint64_t{header_.rows} * header_.columns * header_.item_bytes;
  if (*bytes < expected) fail_truncated(source_, header_);
  if (*bytes > expected) fail_longer(source_, header_);
}

void NpyArray::come_by_rows() {
  by_rows_ = rows_of_columns(source_, header_);
  header_.fortran_order = false;
}

void NpyArray::read_rows(RowSink<float>& sink) {
  ItemReader<float>(items(), header_, choice_, specials_, options_, sink).read<float>();
}

void NpyArray::read_rows(RowSink<double>& sink) {
  ItemReader<double> reader(items(), header_, choice_, specials_, options_, sink);
  if (header_.kind == 'f') return reader.read<double>();
  const bool is_signed = header_.kind == 'i';
  switch (header_.item_bytes) {
    case 1:  // bool is a byte, 0 or 1
      return is_signed ? reader.read<std::int8_t>() : reader.read<std::uint8_t>();
    case 2: return is_signed ? reader.read<std::int16_t>() : reader.read<std::uint16_t>();
    case 4: return is_signed ? reader.read<std::int32_t>() : reader.read<std::uint32_t>();
    default: return is_signed ? reader.read<std::int64_t>() : reader.read<std::uint64_t>();
  }
}

void NpyArray::put_specials_into(Table& table) const {
  for (std::size_t k = 0; k < specials_.size(); ++k) {
    const std::string bad = specials_[k]->put_into(table);
    if (bad.empty()) continue;
    throw DataError(source_.name() + ": column " + std::to_string(choice_.specials[k].column + 1) + ": " + bad);
  }
}

namespace {

// The matrix takes no more memory than there are data, even if the header lies.
template <class Scalar>
void read_values(NpyArray& array, bool size_known, Table& table) {
  const bool at_once = size_known || array.header().fortran_order;
  GrowingMatrix<Scalar> rows(table.columns(), array.header().rows, at_once);
  array.read_rows(rows);
  rows.move_to(table);
}

}  // namespace

bool is_npy(ByteSource& source, const std::filesystem::path& file) {
  const std::string_view start = source.peek();
  if (start.empty()) throw DataError(source.name() + ": the file is empty");
  // No text in UTF-8 begins with the first byte of a .npy file.
  return file.extension() == ".npy" || start.front() == '\x93';
}

Table read_npy(ByteSource& source, const TableOptions& options) {
  NpyArray array(source, options);
  Table table;
  table.names = array.names();
  const bool size_known = source.remaining().has_value();
  array.is_float32() ? read_values<float>(array, size_known, table) : read_values<double>(array, size_known, table);
  array.put_specials_into(table);
  return table;
}

}  // namespace latent::input

namespace latent {

void write_npy(std::ostream& stream, const RowMajorMatrix& values) {
  const std::string header = input::npy_header_of(static_cast<std::size_t>(values.rows()),
                                                  static_cast<std::size_t>(values.cols()), sizeof(double));
  stream.write(header.data(), static_cast<std::streamsize>(header.size()));
  stream.write(reinterpret_cast<const char*>(values.data()),
               static_cast<std::streamsize>(static_cast<std::size_t>(values.size()) * sizeof(double)));
}

}  // namespace latent
