#pragma once

#include <string>
#include <vector>

namespace latent::picture {

struct Tick {
  double at = 0;  // from 0 to 1 along the axis
  std::string label;
};

// From values to places along an axis. Scales and labels are made here and not by gnuplot, which would not draw 1e-100
// or tell 1000000.01 from 1000000.02.
class Axis {
 public:
  double low = 0;
  double high = 1;  // above low
  std::vector<Tick> ticks;
  std::string base;  // what the labels leave out: "+ 1000000"; empty: nothing

  // 0 at low, 1 at high; bounded, so that gnuplot can cut what lies outside.
  double place(double value) const;
};

// The direction of an axis and its length in pixels, which bound the number of its labels.
enum class Direction { across, up };

// Around [low, high] with a margin of `margin` times its length at both ends. An interval shorter than `resolution`
// times its values is drawn as one value in the middle.
Axis linear_axis(double low, double high, Direction direction, double pixels, double margin = 0.04,
                 double resolution = 1e-13);

// Upwards, from 0 to a little above `high`.
Axis axis_from_zero(double high, double pixels);

// Ticks at whole numbers only.
Axis counting_axis(double low, double high, Direction direction, double pixels);

// Of logarithms to base 10, between whole decades: place(std::log10(value)).
Axis decades_axis(double low, double high, double pixels);

// Of logarithms to base 10 as well, but from `low` to `high` and no further, with labels in plain numbers at 1, 2 and 5
// in each decade or as many as there is room for.
Axis logarithmic_axis(double low, double high, Direction direction, double pixels);

}  // namespace latent::picture
