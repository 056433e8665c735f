#include <string>

#include <latent/error.hpp>
#include <latent/record.hpp>
#include <latent/text.hpp>

namespace latent::record {

void refuse_cell(double cell, std::size_t row, std::size_t column, double most) {
  throw DataError("row " + std::to_string(row + 1) + ", column " + std::to_string(column + 1) + ": found " +
                  number(cell) + ", expected a whole number" + (most > 0 ? " from 0 to " + rounded(most) : ""));
}

}  // namespace latent::record
