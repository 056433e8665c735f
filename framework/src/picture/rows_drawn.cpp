#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "picture_panels.hpp"

namespace latent::picture {

std::vector<std::size_t> even_sample(std::size_t rows, std::size_t count) {
  count = std::min(rows, count);
  std::vector<std::size_t> sample(count);
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t begin = i * rows / count;
    const std::size_t end = (i + 1) * rows / count;
    std::uint64_t mixed = (i + 1) * 0x9E3779B97F4A7C15u;
    mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9u;
    mixed ^= mixed >> 31;
    sample[i] = begin + mixed % (end - begin);
  }
  return sample;
}

Interval interval_of(const Observations& rows, std::size_t column) {
  Interval interval{std::numeric_limits<double>::infinity(), -std::numeric_limits<double>::infinity()};
  bool whole = true;
  for (std::size_t row = 0; row < rows.size(); ++row) {
    const double value = rows(row, column);
    if (!std::isfinite(value)) continue;
    interval.low = std::min(interval.low, value);
    interval.high = std::max(interval.high, value);
    whole = whole && value == std::floor(value);
  }
  if (interval.low > interval.high) return {};
  if (whole && interval.high - interval.low < 20) return {interval.low - 0.5, interval.high + 0.5};
  return interval;
}

}  // namespace latent::picture
