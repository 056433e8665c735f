#include "component_marks.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace latent::picture {
namespace {

// Okabe and Ito's colours that stand out on white; they stay apart for colour-blind eyes. Beyond seven components the
// shape of the dots tells those of one colour apart, and the number always.
constexpr std::array<unsigned, 7> palette{0x0072B2, 0xD55E00, 0x009E73, 0xCC79A7, 0xE69F00, 0x56B4E9, 0x4D4D4D};

}  // namespace

Colour colour_of(std::size_t component, double opacity) { return {palette[component % palette.size()], opacity}; }

std::size_t shape_of(std::size_t component) { return component / palette.size(); }

std::string name_of(std::size_t component) { return "component " + std::to_string(component + 1); }

bool is_small(const Frame& frame) { return frame.height < 250; }

bool is_crowded(const Frame& frame, std::size_t components) { return is_small(frame) && components > 12; }

ComponentTags::ComponentTags(const std::string& name, const Frame& frame, std::size_t components)
    : frame_(frame),
      tags_{name,
            {},
            frame.height > 250              ? 9.5
            : is_crowded(frame, components) ? 6
                                            : 7.5} {}

void ComponentTags::add(std::size_t component, Point wanted) {
  const double radius = tags_.radius;
  const double x = std::clamp(wanted[0] * frame_.width, radius, std::max(radius, frame_.width - radius));
  const double y = std::clamp(wanted[1] * frame_.height, radius, std::max(radius, frame_.height - radius));
  Point place{x, y};
  for (int step = 0; step < 60; ++step) {  // outwards along a spiral
    const double away = radius * 0.6 * std::sqrt(step);
    const Point at{x + away * std::cos(2.4 * step), y + away * std::sin(2.4 * step)};
    if (is_free(at)) {
      place = at;
      break;
    }
  }
  taken_.push_back(place);
  const Point share{place[0] / frame_.width, place[1] / frame_.height};
  tags_.tags.push_back({share, std::to_string(component + 1), colour_of(component)});
}

void ComponentTags::put_on(Panel& panel) && {
  if (!tags_.tags.empty()) panel.layers.push_back(std::move(tags_));
}

bool ComponentTags::is_free(const Point& at) const {
  const double radius = tags_.radius;
  if (at[0] < radius || at[0] > frame_.width - radius) return false;
  if (at[1] < radius || at[1] > frame_.height - radius) return false;
  return std::all_of(taken_.begin(), taken_.end(), [&](const Point& other) {
    return std::hypot(at[0] - other[0], at[1] - other[1]) > 2 * radius + 2;
  });
}

}  // namespace latent::picture
