#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include <latent/text.hpp>

#include "page_html.hpp"
#include "page_parts.hpp"
#include "picture/picture_panels.hpp"
#include "profile.hpp"

namespace latent::page {
namespace {

using picture::Point;

constexpr double most_shown = 1000;  // a factor beyond it looks like no solution

picture::Axis share_axis() {
  picture::Axis axis;
  axis.low = -0.02;
  axis.high = 1.04;
  for (const int percent : {0, 25, 50, 75, 100}) {
    axis.ticks.push_back({axis.place(percent / 100.0), std::to_string(percent) + " %"});
  }
  return axis;
}

// A step at each ratio.
std::vector<Point> steps(const Profile& profile, std::size_t contender, const picture::Panel& panel) {
  std::vector<Point> line;
  double height = panel.y.place(profile.share(contender, 1));
  line.push_back({panel.x.place(0), height});
  for (const double ratio : profile.ratios[contender]) {
    if (ratio <= 1 || ratio > most_shown) continue;
    const double next = panel.y.place(profile.share(contender, ratio));
    if (next == height) continue;
    line.push_back({panel.x.place(std::log10(ratio)), height});
    line.push_back({panel.x.place(std::log10(ratio)), next});
    height = next;
  }
  line.push_back({1, height});
  return picture::simplified(line, panel.frame);
}

picture::Picture profile_picture(const ModelStanding& model, const Profile& profile, const std::string& cost) {
  picture::Picture picture = small_picture();
  picture::Panel panel;
  panel.frame = small_frame();
  panel.title = "Starts solved, by " + cost;
  panel.x_title = "times the cheapest, in " + cost;
  panel.y_title = "share of starts";
  double most = 2;
  for (const std::vector<double>& ratios : profile.ratios) {
    if (!ratios.empty()) most = std::max(most, std::min(ratios.back(), most_shown));
  }
  panel.x = picture::logarithmic_axis(0, std::log10(most) + 0.05, picture::Direction::across, panel.frame.width);
  panel.y = share_axis();
  // Where lines lie on one another the wider one below is still seen.
  double width = 2 + 0.9 * static_cast<double>(model.contenders.size());
  for (std::size_t i = 0; i < model.contenders.size(); ++i) {
    const Acceleration acceleration = model.contenders[i].contender->acceleration;
    width -= 0.9;
    panel.layers.push_back(picture::Line{acceleration == Acceleration::none ? "plain EM" : name_of(acceleration),
                                         steps(profile, i, panel), line_colour(acceleration), width});
  }
  picture.panels.push_back(std::move(panel));
  return picture;
}

// The same in numbers.
std::string summary_of(const ModelStanding& model, const Profile& profile) {
  std::string html =
      "<div class=\"scroll\" tabindex=\"0\"><table class=\"profile\"><thead><tr><th class=\"text\">contender</th>"
      "<th>solved<br>starts</th><th>fewest<br>passes</th><th>within 2 ×<br>the fewest</th></tr></thead>\n<tbody>\n";
  const auto count = [&](std::size_t i, double factor) {
    return std::to_string(std::lround(profile.share(i, factor) * static_cast<double>(profile.starts)));
  };
  for (std::size_t i = 0; i < model.contenders.size(); ++i) {
    html += "<tr><th scope=\"row\">" + key(model.contenders[i].contender->acceleration) + "</th><td>" +
            share_text(profile.ratios[i].size(), profile.starts) + "</td><td>" + count(i, 1) + "</td><td>" +
            count(i, 2) + "</td></tr>\n";
  }
  return html + "</tbody></table></div>\n";
}

}  // namespace

std::string profile_pictures(const Comparison& comparison, const ModelStanding& model) {
  if (model.model->optima.empty()) return "";
  const auto observations = static_cast<double>(comparison.observations);
  const Profile passes = profile_of(model, observations, ProfileCost::passes);
  const Profile seconds = profile_of(model, observations, ProfileCost::seconds);
  if (std::ranges::all_of(passes.ratios, [](const auto& ratios) { return ratios.empty(); })) return "";
  return "<h4>Who solves the most starts, and how cheaply</h4>\n<figure>" + legend(model) +
         "<div class=\"pictures\">\n" + svg(profile_picture(model, passes, "passes"), "Performance profile in passes") +
         svg(profile_picture(model, seconds, "seconds"), "Performance profile in seconds") + "<div>" +
         summary_of(model, passes) +
         "</div></div><figcaption>Higher is better: at the left edge, how often a contender was the cheapest; at the "
         "right edge, how often it gets to the best end known from that start at all (" +
         count_of(passes.starts, "start") + ").</figcaption></figure>\n";
}

}  // namespace latent::page
