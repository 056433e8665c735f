#include <algorithm>
#include <cassert>

#include <latent/column_block.hpp>
#include <latent/simd.hpp>

namespace latent {
namespace {

using simd::Pack;
using simd::pack_size;

// Square tiles of pack_size rows and columns are loaded row by row, transposed in registers and stored column by
// column. A tile at the right edge reads on into the next row and drops what it read there; tiles that would read
// beyond the last value go through a small copy. Rows of that copy that do not exist are set to the origin, so that
// they become 0.
template <class Real>
void transpose_rows(const Real* values, std::size_t rows, std::size_t columns, const double* origin, double* out,
                    std::size_t stride) {
  const std::size_t size = rows * columns;
  for (std::size_t first_row = 0; first_row < rows; first_row += pack_size) {
    for (std::size_t first_column = 0; first_column < columns; first_column += pack_size) {
      const std::size_t first = first_row * columns + first_column;
      const std::size_t tile_columns = std::min(pack_size, columns - first_column);
      Pack tile[pack_size];
      if (first + (pack_size - 1) * columns + pack_size <= size) {
        simd::unroll<pack_size>([&](auto i) { tile[i] = simd::load_unaligned(values + first + i * columns); });
      } else {
        double copy[pack_size * pack_size] = {};
        for (std::size_t i = 0; i < pack_size; ++i) {
          for (std::size_t j = 0; j < tile_columns; ++j) {
            const bool exists = first_row + i < rows;
            copy[i * pack_size + j] = exists ? static_cast<double>(values[first + i * columns + j])
                                             : (origin ? origin[first_column + j] : 0.0);
          }
        }
        simd::unroll<pack_size>([&](auto i) { tile[i] = simd::load_unaligned(copy + i * pack_size); });
      }
      simd::transpose(tile);
      double* to = out + first_column * stride + first_row;
      simd::unroll<pack_size>([&](auto j) {
        if (j < tile_columns) simd::store(to + j * stride, origin ? tile[j] - origin[first_column + j] : tile[j]);
      });
    }
  }
}

void transpose_piece(const Observations& rows, const double* origin, double* out, std::size_t stride) {
  if (rows.is_float32()) {
    transpose_rows(rows.float32(), rows.size(), rows.columns(), origin, out, stride);
  } else {
    transpose_rows(rows.float64(), rows.size(), rows.columns(), origin, out, stride);
  }
}

// Rows that come in several pieces, put together: float32 is exact as float64, so the block is the same.
Observations together(const Observations& rows, const Observations& first_piece) {
  static thread_local AlignedBuffer buffer;
  double* const all = buffer.reserve(rows.size() * rows.columns());
  Observations piece = first_piece;
  for (std::size_t first = 0;;) {
    const std::size_t cells = piece.size() * piece.columns();
    double* const to = all + first * rows.columns();
    if (piece.is_float32()) {
      std::copy_n(piece.float32(), cells, to);
    } else {
      std::copy_n(piece.float64(), cells, to);
    }
    first += piece.size();
    if (first == rows.size()) return {all, rows.size(), rows.columns()};
    piece = rows.piece(first, rows.size() - first);
  }
}

}  // namespace

std::size_t block_rows(std::size_t columns, std::size_t components) {
  constexpr std::size_t doubles = (512 << 10) / sizeof(double);
  const std::size_t lines = doubles / (2 * columns + components) / 8;
  return ((std::clamp<std::size_t>(lines, 10, 64) - 1) | 1) * 8;  // 72 to 504, an odd number of lines
}

void ColumnBlock::gather(const Observations& rows, std::span<const double> origin) {
  assert(origin.empty() || origin.size() == rows.columns());
  rows_ = rows.size();
  columns_ = rows.columns();
  padded_rows_ = latent::padded_rows(rows_);
  double* out = buffer_.reserve(padded_rows_ * columns_);
  const double* subtract = origin.empty() ? nullptr : origin.data();
  if (rows.in_memory()) {
    transpose_piece(rows, subtract, out, padded_rows_);
  } else if (rows_ > 0) {
    const Observations piece = rows.piece(0, rows_);
    transpose_piece(piece.size() == rows_ ? piece : together(rows, piece), subtract, out, padded_rows_);
  }
  const std::size_t written = (rows_ + pack_size - 1) / pack_size * pack_size;
  for (std::size_t j = 0; j < columns_; ++j) {
    std::fill(out + j * padded_rows_ + written, out + (j + 1) * padded_rows_, 0.0);
  }
}

}  // namespace latent
