#include "npy.hpp"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <new>
#include <ostream>
#include <string>
#include <type_traits>
#include <vector>

#include <latent/error.hpp>

#include "column_choice.hpp"
#include "growing_matrix.hpp"
#include "npy_header.hpp"
#include "npy_item.hpp"
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
    if (target < choice_.values.size()) {
      if (!is_value(item, missing_cells_)) fail(row, column, refusal_of(item));
      table_.row(row)[target] = static_cast<Scalar>(item);
    } else {
      const std::size_t special = target - choice_.values.size();
      const std::string bad = give(item, choice_.specials[special].role, missing_cells_, *specials_[special]);
      if (!bad.empty()) fail(row, column, bad);
    }
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
    throw DataError(place_of(source_.name(), row, column) + what);
  }
  [[noreturn]] void fail_truncated() const { throw DataError(truncated(source_.name(), header_)); }
  [[noreturn]] void fail_longer() const { throw DataError(longer(source_.name(), header_)); }

  ByteSource& source_;
  const NpyHeader& header_;
  const ColumnChoice& choice_;
  std::vector<std::size_t> targets_;
  SpecialColumns specials_;
  bool missing_cells_;
  GrowingMatrix<Scalar> table_;
};

Table read_items(ByteSource& source, const NpyHeader& header, const ColumnChoice& choice, const TableOptions& options) {
  return with_item_type(header, [&](auto item) {
    using Item = decltype(item);
    using Scalar = std::conditional_t<std::is_same_v<Item, float>, float, double>;
    return NpyReader<Scalar>(source, header, choice, options).template read<Item>();
  });
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
