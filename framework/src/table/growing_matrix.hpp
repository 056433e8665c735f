#pragma once

#include <algorithm>
#include <cstddef>
#include <limits>
#include <new>
#include <utility>

#include <Eigen/Core>
#include <latent/table.hpp>

#include "row_sink.hpp"

namespace latent::input {

// The values of a table whose number of rows is not known beforehand. Room is made by realloc, which
// on Linux moves the pages of a large matrix and copies none, and room that is not yet written to takes no memory.
template <class Scalar>
class GrowingMatrix final : public RowSink<Scalar> {
 public:
  using typename RowSink<Scalar>::Room;

  // There will be `most` rows or fewer; with `at_once` there is room for all of them from the start.
  explicit GrowingMatrix(std::size_t columns, std::size_t most = std::numeric_limits<std::size_t>::max(),
                         bool at_once = false)
      : columns_(columns), most_(most), at_once_(at_once) {}

  Room more() override {
    const std::size_t full = room_;
    const std::size_t first = std::max<std::size_t>(1, (std::size_t{1} << 16) / columns_);
    resize(at_once_ ? most_ : std::min(most_, std::max(first, full + full / 2 + 1)));
    last_begin_ = full;
    return {values_.data() + full * columns_, room_ - full};
  }
  void end(std::size_t count) override { resize(last_begin_ + count); }

  void move_to(Table& table) { table.values = std::move(values_); }

 private:
  // Throws std::bad_alloc.
  void resize(std::size_t rows) {
    constexpr auto limit = static_cast<std::size_t>(std::numeric_limits<std::ptrdiff_t>::max());
    if (rows > limit / sizeof(double) / columns_) throw std::bad_alloc();
    values_.conservativeResize(static_cast<Eigen::Index>(rows), static_cast<Eigen::Index>(columns_));
    room_ = rows;
  }

  Eigen::Matrix<Scalar, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor> values_;
  std::size_t columns_, most_;
  bool at_once_;
  std::size_t room_ = 0;
  std::size_t last_begin_ = 0;  // of the room given last
};

}  // namespace latent::input
