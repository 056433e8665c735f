#include <string>
#include <string_view>

#include "page_html.hpp"
#include "page_parts.hpp"
#include "picture/gnuplot.hpp"

namespace latent::page {
namespace {

// Cuts everything from each `begin` to the next `end`.
void cut_all(std::string& text, std::string_view begin, std::string_view end) {
  std::string result;
  std::size_t done = 0;
  while (true) {
    const std::size_t from = text.find(begin, done);
    const std::size_t to = from == std::string::npos ? from : text.find(end, from + begin.size());
    if (to == std::string::npos) break;
    result.append(text, done, from - done);
    done = to + end.size();
  }
  text = result + text.substr(done);
}

// gnuplot opens a group for every change of style, also those in which nothing is drawn.
void cut_empty_groups(std::string& text) {
  constexpr std::string_view close = ">\n</g>\n";
  std::string result;
  std::size_t done = 0;
  for (std::size_t at = 0; (at = text.find(close, at)) != std::string::npos; at += close.size()) {
    const std::size_t open = text.rfind('<', at);
    if (open == std::string::npos || open < done || text.compare(open, 3, "<g ") != 0) continue;
    result.append(text, done, open - done);
    done = at + close.size();
  }
  text = result + text.substr(done);
}

}  // namespace

// Inside a page the parser knows what SVG is. Names of parts are cut, because those of two pictures would be the same,
// and with them the shapes of dots, which pictures of lines do not use.
std::string svg(const picture::Picture& picture, std::string_view description) {
  std::string drawn =
      picture::mended_svg(picture::run_gnuplot(picture::gnuplot_script(picture, picture::Format::svg)), picture);
  drawn.erase(0, drawn.find("<svg"));
  cut_all(drawn, " xmlns=\"", "\"\n");
  cut_all(drawn, " xmlns:xlink=\"", "\"\n");
  cut_all(drawn, "<defs>", "</defs>\n");
  cut_all(drawn, "<desc>", "</desc>\n");
  cut_all(drawn, " id=\"", "\"");
  cut_all(drawn, "<title></title", ">\n");
  cut_empty_groups(drawn);
  drawn.insert(4, " role=\"img\" aria-label=\"" + escaped(description) + "\"");
  return drawn;
}

std::string legend(const ModelStanding& model) {
  std::string html = "<div class=\"legend\">";
  for (const Standing& standing : model.contenders) {
    html += "<span>" + key(standing.contender->acceleration) + "</span>";
  }
  return html + "</div>\n";
}

// As wide as a page of 400 pixels can hold without making its letters smaller; three fit into one of 1280.
picture::Picture small_picture() {
  picture::Picture picture;
  picture.width = 352;
  picture.height = 276;
  return picture;
}

// To the right is room for half of the last label.
picture::Frame small_frame() { return {72, 32, 256, 188}; }

}  // namespace latent::page
