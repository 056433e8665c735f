#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numbers>

#include <latent/components/log_factorial.hpp>

namespace latent {
namespace {

constexpr std::size_t table_size = 256;

std::array<double, table_size> make_table() {
  std::array<double, table_size> table{};
  long double sum = 0;
  for (std::size_t x = 1; x < table_size; ++x) {
    sum += std::log(static_cast<long double>(x));
    table[x] = static_cast<double>(sum);
  }
  return table;
}

double stirling(double x) {
  const double inverse = 1 / x, square = inverse * inverse;
  const double series = inverse * (1.0 / 12 - square * (1.0 / 360 - square * (1.0 / 1260 - square / 1680)));
  return (x + 0.5) * std::log(x) - x + 0.5 * std::log(2 * std::numbers::pi) + series;
}

}  // namespace

double log_factorial(double x) {
  static const std::array<double, table_size> table = make_table();
  if (!(x >= 0)) return std::numeric_limits<double>::quiet_NaN();
  return x < static_cast<double>(table_size) ? table[static_cast<std::size_t>(x)] : stirling(x);
}

}  // namespace latent
