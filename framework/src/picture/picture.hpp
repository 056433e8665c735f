#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "picture_axis.hpp"

// A picture as data: panels, each with axes and layers that lie on one another. Made by <picture_panels.hpp>, put into
// gnuplot's words by gnuplot_script().
namespace latent::picture {

using Point = std::array<double, 2>;  // in [0, 1] x [0, 1], from the lower left of the panel

struct Colour {
  unsigned rgb = 0;  // 0xRRGGBB
  double opacity = 1;
};

// Every layer has a name, which an SVG viewer shows under the pointer. None may be empty.
struct Dots {
  std::string name;
  std::vector<Point> points;
  Colour colour;
  std::size_t shape = 0;  // circle, triangle, ...
  double radius = 2;      // pixels
};
struct Line {
  std::string name;
  std::vector<Point> points;  // a point that is not a number parts the line: several may be one layer
  Colour colour;
  double width = 1;  // pixels
  bool dashed = false;
};
struct Bars {
  std::string name;
  std::vector<std::array<double, 3>> bars;  // centre, height, width
  Colour colour;
};
// Texts in discs.
struct Tag {
  Point at;
  std::string text;  // without spaces
  Colour colour;
};
struct Tags {
  std::string name;
  std::vector<Tag> tags;
  double radius = 9;  // pixels
};
using Layer = std::variant<Dots, Line, Bars, Tags>;

// Pixels from the upper left of the picture.
struct Frame {
  double left = 0;
  double top = 0;
  double width = 0;
  double height = 0;
};

struct Panel {
  Frame frame;
  std::string title;   // above, to the left
  std::string remark;  // above, to the right
  Axis x, y;
  std::string x_title, y_title;
  bool x_labels = true;
  bool y_labels = true;
  std::vector<Layer> layers;
  std::string note;  // in the middle, where there is nothing to draw
};

struct Picture {
  double width = 1200;  // pixels
  double height = 600;
  std::string title;
  std::string caption;
  std::vector<Panel> panels;
};

enum class Format { svg, png, pdf };

std::string gnuplot_script(const Picture& picture, Format format);

// An SVG as gnuplot writes it, with the names of the picture and its layers for those that gnuplot gives to its parts.
std::string mended_svg(const std::string& svg, const Picture& picture);

}  // namespace latent::picture
