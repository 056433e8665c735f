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

#include "growing_matrix.hpp"
#include "npy_item.hpp"
#include "rows_of_columns.hpp"

namespace latent::input {
namespace {

constexpr std::size_t chunk_bytes = std::size_t{1} << 20;

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
        throw DataError(truncated(source_.name(), header_));
      }
      for (std::size_t i = 0; i < count; ++i) {
        if (row == room_end_) make_room();
        store(load<Item>(bytes.data() + i * sizeof(Item)), row, column);
        step(row, column);
      }
      left -= count;
    }
    char beyond = 0;
    if (source_.read(&beyond, 1) != 0) throw DataError(longer(source_.name(), header_));
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
    if (target < choice_.values.size()) {
      if (!is_value(item, options_.missing_cells)) fail(row, column, refusal_of(item, options_.missing_refusal));
      room_.rows[(row - room_begin_) * choice_.values.size() + target] = static_cast<Scalar>(item);
    } else {
      const std::size_t special = target - choice_.values.size();
      const std::string bad = give(item, choice_.specials[special].role, options_.missing_cells, *specials_[special]);
      if (!bad.empty()) fail(row, column, bad);
    }
  }

  [[noreturn]] void fail(std::size_t row, std::size_t column, const std::string& what) const {
    throw DataError(place_of(source_.name(), row, column) + what);
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
  if (*bytes < expected) throw DataError(truncated(source_.name(), header_));
  if (*bytes > expected) throw DataError(longer(source_.name(), header_));
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
  with_item_type(header_, [&](auto item) { reader.template read<decltype(item)>(); });
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
