#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

#include "picture_panels.hpp"

namespace latent::picture {
namespace {

double distance(const Point& from, const Point& a, const Point& b) {
  const Point along{b[0] - a[0], b[1] - a[1]};
  const double length2 = along[0] * along[0] + along[1] * along[1];
  const double share = length2 > 0 ? ((from[0] - a[0]) * along[0] + (from[1] - a[1]) * along[1]) / length2 : 0;
  const double t = std::clamp(share, 0.0, 1.0);
  return std::hypot(from[0] - a[0] - t * along[0], from[1] - a[1] - t * along[1]);
}

}  // namespace

// Ramer, Douglas and Peucker: the point farthest from the chord stays if it is far, and so on to both its sides.
std::vector<Point> simplified(const std::vector<Point>& line, const Frame& frame) {
  constexpr double tolerance = 0.1;  // pixels
  if (line.size() < 3) return line;
  const auto pixels = [&](std::size_t i) { return Point{line[i][0] * frame.width, line[i][1] * frame.height}; };
  std::vector<bool> kept(line.size(), false);
  kept.front() = kept.back() = true;
  std::vector<std::pair<std::size_t, std::size_t>> open{{0, line.size() - 1}};
  while (!open.empty()) {
    const auto [first, last] = open.back();
    open.pop_back();
    std::size_t farthest = first;
    double most = tolerance;
    for (std::size_t i = first + 1; i < last; ++i) {
      const double away = distance(pixels(i), pixels(first), pixels(last));
      if (away > most) {
        most = away;
        farthest = i;
      }
    }
    if (farthest == first) continue;
    kept[farthest] = true;
    open.push_back({first, farthest});
    open.push_back({farthest, last});
  }
  std::vector<Point> result;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (kept[i]) result.push_back(line[i]);
  }
  return result;
}

}  // namespace latent::picture
