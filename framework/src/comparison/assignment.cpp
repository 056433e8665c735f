#include "assignment.hpp"

#include <algorithm>
#include <limits>

namespace latent::comparison {

std::vector<std::size_t> least_cost_assignment(const Eigen::MatrixXd& costs) {
  const auto size = static_cast<std::size_t>(costs.rows());
  const auto cost = [&](std::size_t row, std::size_t column) {
    return costs(static_cast<Eigen::Index>(row), static_cast<Eigen::Index>(column));
  };
  // Column `size` is where a path begins: it holds the row that is to be assigned. The potentials keep every reduced
  // cost, cost - row potential - column potential, at zero or above, and at zero for what is assigned.
  std::vector<double> of_row(size, 0), of_column(size + 1, 0);
  const std::size_t nobody = size;
  std::vector<std::size_t> row_of(size + 1, nobody);
  for (std::size_t row = 0; row < size; ++row) {
    std::vector<double> distance(size, std::numeric_limits<double>::infinity());
    std::vector<std::size_t> came_from(size, size);
    std::vector<bool> done(size + 1, false);
    std::size_t at = size;
    row_of[at] = row;
    while (row_of[at] != nobody) {
      done[at] = true;
      double step = std::numeric_limits<double>::infinity();
      std::size_t next = size;
      for (std::size_t column = 0; column < size; ++column) {
        if (done[column]) continue;
        const double reduced = cost(row_of[at], column) - of_row[row_of[at]] - of_column[column];
        if (reduced < distance[column]) {
          distance[column] = reduced;
          came_from[column] = at;
        }
        if (distance[column] < step) {
          step = distance[column];
          next = column;
        }
      }
      for (std::size_t column = 0; column <= size; ++column) {
        if (done[column]) {
          of_row[row_of[column]] += step;
          of_column[column] -= step;
        } else if (column < size) {
          distance[column] -= step;
        }
      }
      at = next;
    }
    for (; at != size; at = came_from[at]) row_of[at] = row_of[came_from[at]];
    row_of[size] = nobody;
  }
  std::vector<std::size_t> column_of(size);
  for (std::size_t column = 0; column < size; ++column) column_of[row_of[column]] = column;
  return column_of;
}

}  // namespace latent::comparison
