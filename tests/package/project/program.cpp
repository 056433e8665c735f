#include <iostream>

#include <latent/error.hpp>
#include <latent/observations.hpp>

int main() {
  const latent::RowMajorMatrix rows{{1, 2}, {3, 4}, {5, 6}};
  const latent::Observations observations = rows;
  std::cout << observations.size() << " rows of " << observations.columns() << '\n';
  return observations.size() == 3 ? 0 : 1;
}
