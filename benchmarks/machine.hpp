#pragma once

#include <string>
#include <utility>
#include <vector>

// What the program runs on.

namespace latent::benchmarks {

// What one thread of this machine can do a second, measured when it is first asked for.
struct Machine {
  double eigen_product = 0, openblas_product = 0;  // floating-point operations in a product of matrices; 0: not there
  double exponentials = 0, logarithms = 0;         // latent::simd's
  double product_rate() const;                     // the better of the two
};
const Machine& machine();

// Names and values for the head of a table: date, processor, load, compiler, libraries, the rates above.
std::vector<std::pair<std::string, std::string>> surroundings();

}  // namespace latent::benchmarks
