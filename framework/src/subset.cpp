#include <algorithm>
#include <numeric>
#include <set>

#include <boost/random/uniform_int_distribution.hpp>
#include <boost/random/uniform_real_distribution.hpp>
#include <latent/subset.hpp>

namespace latent {
namespace {

// Floyd's algorithm (Bentley & Floyd 1987): as many random numbers as are drawn, however many there are to draw from.
std::vector<std::size_t> draw_few(std::size_t n, std::size_t count, Random& random) {
  std::set<std::size_t> chosen;
  for (std::size_t last = n - count; last < n; ++last) {
    boost::random::uniform_int_distribution<std::size_t> any(0, last);
    if (!chosen.insert(any(random)).second) chosen.insert(last);
  }
  return {chosen.begin(), chosen.end()};
}

}  // namespace

std::vector<std::size_t> draw_subset(std::size_t n, Weights weights, std::size_t count, Random& random) {
  constexpr std::size_t many = std::size_t{1} << 24;
  if (weights.empty() && n > many && count < n / 64) return draw_few(n, count, random);
  std::vector<std::size_t> chosen;
  chosen.reserve(count);
  boost::random::uniform_real_distribution<double> uniform(0, 1);
  if (weights.empty()) {  // Knuth, TAOCP 2, section 3.4.2, algorithm S
    for (std::size_t i = 0; i < n && chosen.size() < count; ++i) {
      if (static_cast<double>(n - i) * uniform(random) < static_cast<double>(count - chosen.size()))
        chosen.push_back(i);
    }
    return chosen;
  }
  // Equal steps from a random beginning through the running sum of the weights (systematic sampling).
  const double step = std::accumulate(weights.begin(), weights.end(), 0.0) / static_cast<double>(count);
  double at = step * uniform(random), sum = 0;
  for (std::size_t i = 0; i < n; ++i) {
    for (sum += weights[i]; at < sum && chosen.size() < count; at += step) chosen.push_back(i);
  }
  return chosen;
}

std::vector<std::size_t> evenly_spaced(std::size_t n, Weights weights, std::size_t count) {
  const auto without = static_cast<std::size_t>(std::ranges::count(weights, 0.0));
  const std::size_t there = n - without;
  count = std::min(count, there);
  std::vector<std::size_t> chosen;
  chosen.reserve(count);
  for (std::size_t i = 0, passed = 0; chosen.size() < count; ++i) {
    if (weights.empty()) {
      chosen.push_back(there * i / count);
    } else if (weights[i] != 0) {
      if (passed == there * chosen.size() / count) chosen.push_back(i);
      ++passed;
    }
  }
  return chosen;
}

RowMajorMatrix take(const Observations& rows, std::span<const std::size_t> indices) {
  RowMajorMatrix taken(static_cast<Eigen::Index>(indices.size()), static_cast<Eigen::Index>(rows.columns()));
  for (std::size_t i = 0; i < indices.size(); ++i) {
    const Observations row = rows.piece(indices[i], 1);
    for (std::size_t j = 0; j < rows.columns(); ++j) {
      taken(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(j)) = row(0, j);
    }
  }
  return taken;
}

}  // namespace latent
