#pragma once

#include <cstddef>
#include <span>

#include <Eigen/Core>

namespace latent {

using RowMajorMatrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

class RowSource;

// A view of n rows of D numbers, row-major, of float64 or float32, or of rows that a source reads when somebody looks
// at them (<latent/row_source.hpp>); it owns nothing and is passed by value. A part of it is again one, so a data set, a
// block of one and rows in files are the same thing to a model. Cells of a source are read one row at a time, which is
// fast only in the order of the rows; what goes through many rows does it with for_each_piece.
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
  explicit Observations(const RowSource& source);

  std::size_t size() const { return rows_; }  // rows
  std::size_t columns() const { return columns_; }
  bool empty() const { return rows_ == 0; }
  bool in_memory() const { return source_ == nullptr; }
  bool is_float32() const { return values32_ != nullptr; }
  const double* float64() const { return values64_; }  // null unless the values are float64 in memory
  const float* float32() const { return values32_; }   // null unless the values are float32 in memory

  double operator()(std::size_t row, std::size_t column) const {
    const std::size_t at = row * columns_ + column;
    if (values64_) return values64_[at];
    return values32_ ? static_cast<double>(values32_[at]) : read_cell(row, column);
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
    part.first_row_ += first;
    part.rows_ = count;
    return part;
  }

  // At most `count` of the rows from `first` on, at least one, in memory: valid as RowSource::read says.
  Observations piece(std::size_t first, std::size_t count) const;

 private:
  double read_cell(std::size_t row, std::size_t column) const;

  const double* values64_ = nullptr;
  const float* values32_ = nullptr;
  const RowSource* source_ = nullptr;  // if the values are not in memory
  std::size_t first_row_ = 0;          // of the source
  std::size_t rows_ = 0;
  std::size_t columns_ = 0;
};

// visit(first, piece) for the rows one after the other, in pieces that are in memory.
template <class Visit>
void for_each_piece(const Observations& rows, const Visit& visit) {
  for (std::size_t first = 0; first < rows.size();) {
    const Observations piece = rows.piece(first, rows.size() - first);
    visit(first, piece);
    first += piece.size();
  }
}

// One weight an observation, or empty: all are one.
using Weights = std::span<const double>;

}  // namespace latent
