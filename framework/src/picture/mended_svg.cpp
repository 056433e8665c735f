#include <cstddef>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "picture.hpp"
#include "picture_text.hpp"

namespace latent::picture {
namespace {

std::string escaped(const std::string& text) {
  std::string result;
  for (const char letter : printable(text)) {
    if (letter == '&') {
      result += "&amp;";
    } else if (letter == '<') {
      result += "&lt;";
    } else {
      result += letter;
    }
  }
  return result;
}

// gnuplot writes the style of a font into the name of its family.
std::string with_bold(std::string svg) {
  constexpr std::string_view written = "font-family=\"sans-serif:Bold\"";
  constexpr std::string_view meant = "font-family=\"sans-serif\" font-weight=\"bold\"";
  for (std::size_t at = 0; (at = svg.find(written, at)) != std::string::npos; at += meant.size()) {
    svg.replace(at, written.size(), meant);
  }
  return svg;
}

}  // namespace

std::string mended_svg(const std::string& svg, const Picture& picture) {
  std::vector<std::string> names{picture.title};  // in the order gnuplot draws
  for (const Panel& panel : picture.panels) {
    if (panel.layers.empty()) names.push_back("");
    for (const Layer& layer : panel.layers) {
      const std::string name = std::visit([](const auto& any) { return any.name; }, layer);
      names.insert(names.end(), std::holds_alternative<Tags>(layer) ? 3 : 1, name);
    }
  }
  constexpr std::string_view open = "<title>";
  std::string result;
  std::size_t done = 0;
  for (const std::string& name : names) {
    const std::size_t begin = svg.find(open, done);
    const std::size_t end = svg.find("</title>", begin);
    if (begin == std::string::npos || end == std::string::npos) break;
    result += svg.substr(done, begin + open.size() - done) + escaped(name);
    done = end;
  }
  return with_bold(result + svg.substr(done));
}

}  // namespace latent::picture
