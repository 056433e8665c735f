#pragma once

#include <cstddef>
#include <span>

#include <Eigen/Core>

namespace latent {

using RowMajorMatrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

// A view of n rows of D numbers, row-major, of float64 or float32; it owns nothing and is passed by value. A part of it
// is again one, so a data set, a block of one and a mapped file are the same thing to a model.
class Observations {
 public:
  Observations() = default;
  Observations(const double* values, std::size_t rows, std::size_t columns)
      : values64_(values), rows_(rows), columns_(columns) {}
  Observations(const float* values, std::size_t rows, std::size_t columns)
      : values32_(values), rows_(rows), columns_(columns) {}
  Observations(const RowMajorMatrix& matrix)  // NOLINT(google-explicit-constructor): a matrix is its own view
      : Observations(matrix.data(), static_cast<std::size_t>(matrix.rows()), static_cast<std::size_t>(matrix.cols())) {}
  Observations(RowMajorMatrix&&) = delete;  // a view of a temporary

  std::size_t size() const { return rows_; }  // rows
  std::size_t columns() const { return columns_; }
  bool empty() const { return rows_ == 0; }
  bool is_float32() const { return values32_ != nullptr; }
  const double* float64() const { return values64_; }  // null when the values are float32
  const float* float32() const { return values32_; }   // null when the values are float64

  double operator()(std::size_t row, std::size_t column) const {
    const std::size_t at = row * columns_ + column;
    return values64_ ? values64_[at] : static_cast<double>(values32_[at]);
  }
  Eigen::VectorXd row(std::size_t index) const {
    Eigen::VectorXd result(static_cast<Eigen::Index>(columns_));
    for (std::size_t j = 0; j < columns_; ++j) result[static_cast<Eigen::Index>(j)] = (*this)(index, j);
    return result;
  }

  // The `count` rows from `first` on.
  Observations subspan(std::size_t first, std::size_t count) const {
    Observations part = *this;
    if (values64_) part.values64_ += first * columns_;
    if (values32_) part.values32_ += first * columns_;
    part.rows_ = count;
    return part;
  }

 private:
  const double* values64_ = nullptr;
  const float* values32_ = nullptr;
  std::size_t rows_ = 0;
  std::size_t columns_ = 0;
};

// One weight an observation, or empty: all are one.
using Weights = std::span<const double>;

}  // namespace latent
