#pragma once

#include <cstddef>
#include <memory>
#include <new>
#include <span>

#include <Eigen/Core>
#include <latent/observations.hpp>

namespace latent {

// Doubles aligned to a cache line, which grow and never shrink, so that a loop over blocks allocates in its first turn
// alone. What it held is lost when it grows.
class AlignedBuffer {
 public:
  static constexpr std::size_t alignment = 64;  // bytes

  // At least `count` doubles, of any value.
  double* reserve(std::size_t count) {
    if (count > capacity_) {
      values_.reset();
      capacity_ = 0;
      values_.reset(static_cast<double*>(::operator new[](count * sizeof(double), std::align_val_t{alignment})));
      capacity_ = count;
    }
    return values_.get();
  }
  double* data() const { return values_.get(); }

 private:
  struct Deleter {
    void operator()(double* values) const { ::operator delete[](values, std::align_val_t{alignment}); }
  };
  std::unique_ptr<double[], Deleter> values_;
  std::size_t capacity_ = 0;
};

// Numbers of a block's rows, one quantity a column: padded_rows x (whatever the columns are), columns 64-byte aligned.
using Columns = Eigen::Map<Eigen::ArrayXXd, Eigen::Aligned64>;
using ConstColumns = Eigen::Map<const Eigen::ArrayXXd, Eigen::Aligned64>;

// A multiple of 8 doubles (every pack size divides it), and of these 64-byte lines an odd number, so that the columns
// of a block begin in different sets of the cache.
constexpr std::size_t padded_rows(std::size_t rows) { return ((rows + 7) / 8 | 1) * 8; }

// How many rows to take at a time: the columns of a block, as many again for working on them and the densities of all
// components together fill half a mebibyte, half of a usual second-level cache. It depends on the shape of the problem
// alone, never on machine or threads, so that sums over blocks are the same bits everywhere.
std::size_t block_rows(std::size_t columns, std::size_t components);

// A block of rows turned on its side: column by column, so that a SIMD register holds one coordinate of several rows.
class ColumnBlock {
 public:
  // Takes all of `rows`, float64 or float32, minus `origin` (one number a column, or empty). Lanes beyond the last row
  // hold 0. The result does not depend on the alignment of the input.
  void gather(const Observations& rows, std::span<const double> origin = {});

  std::size_t rows() const { return rows_; }
  std::size_t padded_rows() const { return padded_rows_; }
  std::size_t columns() const { return columns_; }
  const double* column(std::size_t j) const { return buffer_.data() + j * padded_rows_; }
  ConstColumns array() const {
    return {buffer_.data(), static_cast<Eigen::Index>(padded_rows_), static_cast<Eigen::Index>(columns_)};
  }

 private:
  AlignedBuffer buffer_;
  std::size_t rows_ = 0;
  std::size_t padded_rows_ = 0;
  std::size_t columns_ = 0;
};

}  // namespace latent
