#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "picture.hpp"
#include "picture_text.hpp"

namespace latent::picture {
namespace {

constexpr const char* ink = "#333333";
constexpr const char* grey = "#6b6b6b";
constexpr const char* hair = "#e4e4e4";

std::string decimal(double value) { return with_decimals(value, 4); }

// gnuplot takes a text in single quotes as it is, but for the quote itself, which is doubled.
std::string in_quotes(std::string_view text) {
  std::string result = "'";
  for (const char letter : printable(text)) result += letter == '\'' ? "''" : std::string(1, letter);
  return result + "'";
}

// The label of a tick is a format, in which a percent sign is doubled.
std::string as_format(const std::string& label) {
  std::string result;
  for (const char letter : label) result += letter == '%' ? "%%" : std::string(1, letter);
  return result;
}

std::string in_quotes(Colour colour) {
  std::array<char, 16> text{};
  const auto transparency = static_cast<unsigned>(std::lround((1 - colour.opacity) * 255));
  std::snprintf(text.data(), text.size(), "'#%02X%06X'", transparency, colour.rgb);
  return text.data();
}

class Script {
 public:
  Script(const Picture& picture, Format format) : picture_(picture), format_(format) {}

  std::string write() {
    begin();
    label(30, 32, shortened(picture_.title, letters(picture_.width - 60, 17)), "left font 'sans-serif:Bold,17'", ink);
    label(30, picture_.height - 18, shortened(picture_.caption, letters(picture_.width - 60, 11)), "left", grey);
    for (const Panel& panel : picture_.panels) write(panel);
    text_ += "unset multiplot\n";
    return std::move(text_);
  }

 private:
  void begin() {
    const std::string size = decimal(picture_.width) + "," + decimal(picture_.height);
    text_ = "set encoding utf8\nset terminal ";
    // The scales make letters, lines and dots of the same size in pixels of the picture; found by measuring.
    switch (format_) {
      case Format::svg: text_ += "svg size " + size; break;
      case Format::png:  // two by two to a pixel of the picture, for the screens and the print of today
        text_ += "pngcairo fontscale 1.5 linewidth 2 pointscale 3.1 size " + decimal(2 * picture_.width) + "," +
                 decimal(2 * picture_.height);
        break;
      case Format::pdf:  // a pixel is 1/72 inch
        text_ += "pdfcairo fontscale 0.75 linewidth 1.7 pointscale 1.6 size " + decimal(picture_.width / 72) + "in," +
                 decimal(picture_.height / 72) + "in";
        break;
    }
    text_ +=
        " noenhanced rounded background '#ffffff' font 'sans-serif,12'\nset multiplot\nset key off\nset clip two\nset "
        "tics out nomirror scale 0.5 textcolor rgb '" +
        std::string(ink) +
        "' font 'sans-serif,11'\nset border 3 lw 1 lc rgb '#8c8c8c'\nset grid xtics ytics back lt 1 lw 1 lc rgb '" +
        hair + "', lt 1 lw 1 lc rgb '" + hair + "'\nset boxwidth 1 relative\n";
  }

  // How many letters of a size fit.
  static std::size_t letters(double pixels, double size) {
    return static_cast<std::size_t>(std::max(1.0, pixels / (0.57 * size)));
  }

  void label(double x, double y, const std::string& text, const std::string& how, const char* colour) {
    if (text.empty()) return;
    text_ += "set label " + in_quotes(text) + " at screen " + decimal(x / picture_.width) + "," +
             decimal(1 - y / picture_.height) + " " + how + " textcolor rgb '" + colour + "'\n";
  }

  void ticks(const char* axis, const Axis& on, bool labels) {
    if (on.ticks.empty()) {
      text_ += std::string("unset ") + axis + "\n";
      return;
    }
    text_ += std::string("set ") + axis + " out nomirror scale 0.5 textcolor rgb '" + ink + "' font 'sans-serif,11' (";
    for (std::size_t i = 0; i < on.ticks.size(); ++i) {
      text_ += (i ? ", " : "") + in_quotes(labels ? as_format(on.ticks[i].label) : "") + " " + decimal(on.ticks[i].at);
    }
    text_ += ")\n";
  }

  void margin(const char* which, double place) {
    text_ += std::string("set ") + which + " at screen " + decimal(place) + "\n";
  }

  void write(const Panel& panel) {
    const Frame& frame = panel.frame;
    margin("lmargin", frame.left / picture_.width);
    margin("rmargin", (frame.left + frame.width) / picture_.width);
    margin("tmargin", 1 - frame.top / picture_.height);
    margin("bmargin", 1 - (frame.top + frame.height) / picture_.height);
    ticks("xtics", panel.x, panel.x_labels);
    ticks("ytics", panel.y, panel.y_labels);
    titles(panel);
    for (std::size_t i = 0; i < panel.layers.size(); ++i) {
      text_ += "$layer" + std::to_string(i) + " << END\n";
      std::visit([this](const auto& layer) { points(layer); }, panel.layers[i]);
      text_ += "END\n";
    }
    text_ += "plot [0:1] [0:1] ";
    if (panel.layers.empty()) text_ += "-1 notitle";
    for (std::size_t i = 0; i < panel.layers.size(); ++i) {
      text_ += (i ? ", $layer" : "$layer") + std::to_string(i);
      std::visit([this](const auto& layer) { style(layer); }, panel.layers[i]);
    }
    text_ += "\nunset label\n";
  }

  void titles(const Panel& panel) {
    const Frame& frame = panel.frame;
    const double middle = frame.left + frame.width / 2;
    label(frame.left, frame.top - 16, panel.title, "left font 'sans-serif:Bold,13'", ink);
    const double title_width = 7.2 * static_cast<double>(width_of(panel.title)) + 8;
    if (title_width + 6.7 * static_cast<double>(width_of(panel.remark)) < frame.width) {
      label(frame.left + frame.width, frame.top - 16, panel.remark, "right", grey);
    }
    const auto with_base = [](const std::string& title, const Axis& axis, double pixels) {
      const std::size_t room = letters(pixels, 12);
      const std::string base = axis.base.empty() ? "" : " (" + axis.base + ")";
      const std::size_t taken = width_of(base);
      return shortened(title, room > taken + 6 ? room - taken : 6) + base;
    };
    if (panel.x_labels) {
      label(middle, frame.top + frame.height + 40, with_base(panel.x_title, panel.x, frame.width + 20), "center", ink);
    }
    const std::size_t across = panel.y_labels ? widest(panel.y) : 0;
    label(frame.left - 26 - 6.8 * static_cast<double>(across), frame.top + frame.height / 2,
          with_base(panel.y_title, panel.y, frame.height + (panel.title.empty() ? 16 : 60)), "center rotate by 90",
          ink);
    label(middle, frame.top + frame.height / 2, panel.note, "center", grey);
  }

  static std::size_t widest(const Axis& axis) {
    std::size_t result = 1;
    for (const Tick& tick : axis.ticks) result = std::max(result, width_of(tick.label));
    return result;
  }

  void row(std::string_view first, std::string_view second, std::string_view third = {}) {
    text_.append(first).append(" ").append(second).append(" ").append(third).append("\n");
  }
  void points(const Dots& layer) {
    for (const Point& at : layer.points) row(decimal(at[0]), decimal(at[1]));
  }
  void points(const Line& layer) {
    for (const Point& at : layer.points) {
      if (std::isnan(at[0]) || std::isnan(at[1])) {
        text_ += "\n";
      } else {
        row(decimal(at[0]), decimal(at[1]));
      }
    }
  }
  void points(const Bars& layer) {
    for (const auto& bar : layer.bars) row(decimal(bar[0]), decimal(bar[1]), decimal(bar[2]));
  }
  void points(const Tags& layer) {
    for (const Tag& tag : layer.tags) {
      row(decimal(tag.at[0]), decimal(tag.at[1]), tag.text + " " + std::to_string(tag.colour.rgb));
    }
  }

  // gnuplot's shapes of size 1 are about this wide.
  static double point_size(double radius) { return radius / 4.5; }

  void style(const Dots& layer) {
    constexpr std::array<int, 5> filled{7, 9, 13, 5, 11};  // circle, triangle, diamond, square, triangle on its point
    text_ += " using 1:2 with points pt " + std::to_string(filled[layer.shape % filled.size()]) + " ps " +
             decimal(point_size(layer.radius)) + " lw 0.5 lc rgb " + in_quotes(layer.colour);
  }
  void style(const Line& layer) {
    text_ += " using 1:2 with lines lw " + decimal(layer.width) + (layer.dashed ? " dt (6,4)" : "") + " lc rgb " +
             in_quotes(layer.colour);
  }
  void style(const Bars& layer) {
    text_ += " using 1:2:3 with boxes fs solid border lc rgb '#ffffff' fc rgb " + in_quotes(layer.colour);
  }
  void style(const Tags& layer) {
    const std::string size = decimal(point_size(layer.radius));
    std::size_t length = 1;
    for (const Tag& tag : layer.tags) length = std::max(length, width_of(tag.text));
    text_ += " using 1:2 with points pt 7 ps " + size + " lc rgb '#ffffff', '' using 1:2:4 with points pt 6 ps " +
             size + " lw 1.8 lc rgb variable, '' using 1:2:3 with labels tc rgb '" + ink + "' font 'sans-serif:Bold," +
             decimal(layer.radius * (length > 2 ? 0.85 : 1.15)) + "'";
  }

  const Picture& picture_;
  Format format_;
  std::string text_;
};

}  // namespace

std::string gnuplot_script(const Picture& picture, Format format) { return Script(picture, format).write(); }

}  // namespace latent::picture
