#include "rows_of_columns.hpp"

#include <algorithm>
#include <cstring>
#include <vector>

#include <latent/error.hpp>

namespace latent::input {
namespace {

constexpr std::size_t block_bytes = std::size_t{1} << 22;  // large, so that the pieces are long

class RowsOfColumns final : public ByteSource {
 public:
  RowsOfColumns(ByteSource& columns, const NpyHeader& header, std::uint64_t first_item)
      : ByteSource(columns.name()), columns_(columns), header_(header), first_item_(first_item) {
    const std::size_t row_bytes = header.columns * header.item_bytes;
    block_.resize(std::clamp<std::size_t>(block_bytes / row_bytes, 1, header.rows) * row_bytes);
    piece_.resize(block_.size() / header.columns);
    at_ = block_.size();
  }

 private:
  std::size_t read_some(char* to, std::size_t count) override {
    if (at_ == block_.size() && !next_block()) return 0;
    const std::size_t given = std::min(count, block_.size() - at_);
    std::copy_n(block_.data() + at_, given, to);
    at_ += given;
    return given;
  }
  std::optional<std::uint64_t> unread() override { return std::nullopt; }

  bool next_block() {
    const std::size_t row_bytes = header_.columns * header_.item_bytes;
    const std::size_t rows = std::min<std::size_t>(block_.size() / row_bytes, header_.rows - next_row_);
    if (rows == 0) return false;
    block_.resize(rows * row_bytes);
    for (std::size_t column = 0; column < header_.columns; ++column) {
      const std::uint64_t item = std::uint64_t{column} * header_.rows + next_row_;
      const std::size_t bytes = rows * header_.item_bytes;
      columns_.move_to(first_item_ + item * header_.item_bytes);
      if (columns_.read(piece_.data(), bytes) != bytes) throw DataError(name() + ": the .npy file became shorter");
      scatter(rows, column);
    }
    next_row_ += rows;
    at_ = 0;
    return true;
  }

  void scatter(std::size_t rows, std::size_t column) {
    switch (header_.item_bytes) {
      case 1: return scatter_items<1>(rows, column);
      case 2: return scatter_items<2>(rows, column);
      case 4: return scatter_items<4>(rows, column);
      default: return scatter_items<8>(rows, column);
    }
  }
  template <std::size_t item_bytes>
  void scatter_items(std::size_t rows, std::size_t column) {
    for (std::size_t i = 0; i < rows; ++i) {
      std::memcpy(block_.data() + (i * header_.columns + column) * item_bytes, piece_.data() + i * item_bytes,
                  item_bytes);
    }
  }

  ByteSource& columns_;
  NpyHeader header_;
  std::uint64_t first_item_;  // its place in the file
  std::size_t next_row_ = 0;
  std::vector<char> block_;  // of rows
  std::vector<char> piece_;  // of a column
  std::size_t at_;           // what is not yet given of the block
};

}  // namespace

std::unique_ptr<ByteSource> rows_of_columns(ByteSource& columns, const NpyHeader& header) {
  const std::optional<std::uint64_t> first_item = columns.place();
  if (!first_item) {
    throw DataError(columns.name() +
                    ": the array is in Fortran order, whose rows cannot be taken from a pipe: name a file");
  }
  return std::make_unique<RowsOfColumns>(columns, header, *first_item);
}

}  // namespace latent::input
