#pragma once

#include <algorithm>
#include <cstddef>
#include <limits>
#include <new>
#include <utility>

#include <Eigen/Core>
#include <latent/table.hpp>

namespace latent::input {

// The values and weights of a table whose number of rows is not known beforehand. Room is made by realloc, which
// on Linux moves the pages of a large matrix and copies none, and room that is not yet written to takes no memory.
template <class Scalar>
class GrowingMatrix {
 public:
  using Matrix = Eigen::Matrix<Scalar, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

  GrowingMatrix(std::size_t columns, bool weighted) : columns_(columns), weighted_(weighted) {}

  std::size_t room() const { return room_; }
  Scalar* row(std::size_t index) { return values_.data() + index * columns_; }
  double* weight(std::size_t index) { return weights_.data() + index; }

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
    if (weighted_) weights_.conservativeResize(static_cast<Eigen::Index>(rows));
    room_ = rows;
  }

  bool has_only_zero_weights() const {
    return weighted_ && std::all_of(weights_.begin(), weights_.end(), [](double weight) { return weight == 0; });
  }

  void move_to(Table& table) {
    table.values = std::move(values_);
    table.weights = std::move(weights_);
  }

 private:
  Matrix values_;
  Eigen::VectorXd weights_;
  std::size_t columns_;
  std::size_t room_ = 0;
  bool weighted_;
};

}  // namespace latent::input
