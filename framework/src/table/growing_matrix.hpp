#pragma once

#include <algorithm>
#include <cstddef>
#include <limits>
#include <new>
#include <utility>

#include <Eigen/Core>
#include <latent/table.hpp>

namespace latent::input {

// The values of a table whose number of rows is not known beforehand. Room is made by realloc, which
// on Linux moves the pages of a large matrix and copies none, and room that is not yet written to takes no memory.
template <class Scalar>
class GrowingMatrix {
 public:
  using Matrix = Eigen::Matrix<Scalar, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

  explicit GrowingMatrix(std::size_t columns) : columns_(columns) {}

  std::size_t room() const { return room_; }
  Scalar* row(std::size_t index) { return values_.data() + index * columns_; }

  // Room for at least one row more.
  void grow() {
    const std::size_t first = std::max<std::size_t>(1, (std::size_t{1} << 16) / columns_);
    resize(std::max(first, room_ + room_ / 2 + 1));
  }

  // Room for exactly `rows` rows; throws std::bad_alloc.
  void resize(std::size_t rows) {
    constexpr auto most = static_cast<std::size_t>(std::numeric_limits<std::ptrdiff_t>::max());
    if (rows > most / sizeof(double) / columns_) throw std::bad_alloc();
    values_.conservativeResize(static_cast<Eigen::Index>(rows), static_cast<Eigen::Index>(columns_));
    room_ = rows;
  }

  void move_to(Table& table) { table.values = std::move(values_); }

 private:
  Matrix values_;
  std::size_t columns_;
  std::size_t room_ = 0;
};

}  // namespace latent::input
