#include <algorithm>

#include <latent/observations.hpp>
#include <latent/row_source.hpp>

namespace latent {

Observations::Observations(const RowSource& source)
    : source_(&source), rows_(source.rows()), columns_(source.columns()) {}

Observations Observations::piece(std::size_t first, std::size_t count) const {
  count = std::min(count, rows_ - first);
  return source_ ? source_->read(first_row_ + first, count) : subspan(first, count);
}

double Observations::read_cell(std::size_t row, std::size_t column) const {
  return source_->read(first_row_ + row, 1)(0, column);
}

}  // namespace latent
