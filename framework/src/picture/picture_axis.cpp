#include "picture_axis.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <initializer_list>
#include <limits>
#include <string_view>

#include <latent/text.hpp>

#include "picture_text.hpp"

namespace latent::picture {
namespace {

constexpr std::size_t longest_label = 7;  // beyond it, labels leave out what they have in common

std::string fixed_or_scientific(double value, int step_exponent, double largest) {
  if (value == 0) return "0";
  if (largest < 1e6 && (step_exponent >= -4 || largest >= 1)) {
    return with_minus(with_decimals(value, std::max(0, -step_exponent)));
  }
  const int digits = static_cast<int>(std::floor(std::log10(std::abs(value)) + 1e-9)) - step_exponent;
  return with_minus(in_powers_of_ten(value, std::max(0, digits)));
}

// The next of 1, 2, 5, 10, 20, ... at or above.
double round_step(double at_least) {
  const double decade = std::pow(10.0, std::floor(std::log10(at_least)));
  for (const double factor : {1.0, 2.0, 5.0}) {
    if (factor * decade >= at_least * (1 - 1e-9)) return factor * decade;
  }
  return 10 * decade;
}

// Ticks at the multiples of `step` above `base`.
std::vector<Tick> ticks_at(const Axis& axis, double step, double base) {
  const double low = axis.low - base;
  const double high = axis.high - base;
  const double first = std::ceil(low / step - 1e-9);
  const double last = std::floor(high / step + 1e-9);
  const int step_exponent = static_cast<int>(std::floor(std::log10(step) + 1e-9));
  std::vector<Tick> ticks;
  for (double multiple = first; multiple <= last && ticks.size() < 100; ++multiple) {
    const double value = multiple * step;
    ticks.push_back({(value - low) / (high - low),
                     fixed_or_scientific(value, step_exponent, std::max(std::abs(low), std::abs(high)))});
  }
  return ticks;
}

std::size_t longest(const std::vector<Tick>& ticks) {
  std::size_t result = 0;
  for (const Tick& tick : ticks) result = std::max(result, width_of(tick.label));
  return result;
}

bool fit(const std::vector<Tick>& ticks, Direction direction, double pixels) {
  if (ticks.size() < 2) return true;
  const double room = (ticks[1].at - ticks[0].at) * pixels;
  return room >= (direction == Direction::up ? 26.0 : static_cast<double>(longest(ticks)) * 6.5 + 16);
}

// As many ticks as there is room for their labels.
void add_ticks(Axis& axis, Direction direction, double pixels, double least_step) {
  const double range = axis.high - axis.low;
  double base = 0;
  const auto fill = [&] {
    for (int count = direction == Direction::up ? 7 : 8; count > 0; --count) {
      axis.ticks = ticks_at(axis, std::max(round_step(range / count), least_step), base);
      if (fit(axis.ticks, direction, pixels)) return;
    }
  };
  fill();
  const double largest = std::max(std::abs(axis.low), std::abs(axis.high));
  if (longest(axis.ticks) <= longest_label || range > 1e-2 * largest) return;
  const double common = std::pow(10.0, std::ceil(std::log10(range)) + 1);
  base = std::round((axis.low + range / 2) / common) * common;
  fill();
  const int decimals = static_cast<int>(std::max(0.0, -std::round(std::log10(common))));
  const double size = std::abs(base);
  axis.base = (base < 0 ? "− " : "+ ") + (size < 1e15 && decimals <= 15 ? with_decimals(size, decimals) : number(size));
}

Axis spanning(double low, double high, double margin, double resolution) {
  // Half of the largest double: the length must be one.
  const double limit = std::numeric_limits<double>::max() / 4;
  low = std::clamp(low, -limit, limit);
  high = std::clamp(high, -limit, limit);
  const double largest = std::max(std::abs(low), std::abs(high));
  double pad = (high - low) * margin;
  if (!(high - low > resolution * largest) || high - low < 1e-290) pad = largest < 1e-290 ? 1 : largest / 10;
  Axis axis;
  axis.low = low - pad;
  axis.high = high + pad;
  return axis;
}

// m x 10^exponent
std::string plain_label(int m, int exponent) {
  if (exponent >= 0 && exponent <= 5) return std::to_string(m) + std::string(static_cast<std::size_t>(exponent), '0');
  if (exponent < 0 && exponent >= -4) return with_decimals(m * std::pow(10.0, exponent), -exponent);
  return m == 1 ? power_of_ten(exponent) : std::to_string(m) + "·" + power_of_ten(exponent);
}

}  // namespace

double Axis::place(double value) const { return std::clamp((value / 2 - low / 2) / (high / 2 - low / 2), -10.0, 11.0); }

Axis linear_axis(double low, double high, Direction direction, double pixels, double margin, double resolution) {
  Axis axis = spanning(low, high, margin, resolution);
  add_ticks(axis, direction, pixels, 0);
  return axis;
}

Axis axis_from_zero(double high, double pixels) {
  Axis axis;
  axis.high = high > 0 && std::isfinite(high) ? std::min(high, std::numeric_limits<double>::max() / 4) * 1.06 : 1;
  add_ticks(axis, Direction::up, pixels, 0);
  return axis;
}

Axis counting_axis(double low, double high, Direction direction, double pixels) {
  Axis axis = spanning(low, std::max(high, low + 1), 0.03, 0);
  add_ticks(axis, direction, pixels, 1);
  return axis;
}

Axis decades_axis(double low, double high, double pixels) {
  Axis axis;
  axis.low = std::floor(low + 1e-9);
  axis.high = std::max(std::ceil(high - 1e-9), axis.low + 1);
  const double decades = axis.high - axis.low;
  const double step = std::max(1.0, std::ceil(decades * 24 / pixels));
  for (double exponent = axis.low; exponent <= axis.high; exponent += step) {
    axis.ticks.push_back({(exponent - axis.low) / decades, power_of_ten(static_cast<int>(exponent))});
  }
  return axis;
}

Axis logarithmic_axis(double low, double high, Direction direction, double pixels) {
  Axis axis;
  axis.low = low;
  axis.high = std::max(high, low + 0.7);  // 0.7: a factor of 5, within which there are two of 1, 2 and 5
  const double range = axis.high - axis.low;
  const auto fill = [&](std::initializer_list<int> factors, int every) {
    axis.ticks.clear();
    for (int exponent = static_cast<int>(std::floor(axis.low)); exponent <= axis.high; ++exponent) {
      if (exponent % every != 0) continue;
      for (const int m : factors) {
        const double at = (exponent + std::log10(m) - axis.low) / range;
        if (at > -1e-9 && at < 1 + 1e-9) axis.ticks.push_back({at, plain_label(m, exponent)});
      }
    }
    if (axis.ticks.size() < 2) return false;
    double room = pixels;  // between the closest two
    for (std::size_t i = 1; i < axis.ticks.size(); ++i) {
      room = std::min(room, (axis.ticks[i].at - axis.ticks[i - 1].at) * pixels);
    }
    return room >= (direction == Direction::up ? 24.0 : static_cast<double>(longest(axis.ticks)) * 6.5 + 10);
  };
  if (fill({1, 2, 5}, 1) || fill({1, 3}, 1)) return axis;
  for (int every = 1; every < 64; every *= 2) {
    if (fill({1}, every)) return axis;
  }
  return axis;
}

}  // namespace latent::picture
