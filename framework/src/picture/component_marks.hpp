#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "picture.hpp"

// How a component is known throughout a picture: by its colour, the shape of its dots and its number.
namespace latent::picture {

Colour colour_of(std::size_t component, double opacity = 1);
std::size_t shape_of(std::size_t component);
std::string name_of(std::size_t component);  // "component 3", counted from 1

bool is_small(const Frame& frame);  // one of a matrix

// Whether the marks of so many components would cover one another in a panel.
bool is_crowded(const Frame& frame, std::size_t components);

// The numbers at the places of the components, kept from lying on one another where there is room beside.
class ComponentTags {
 public:
  ComponentTags(const std::string& name, const Frame& frame, std::size_t components);

  void add(std::size_t component, Point wanted);
  void put_on(Panel& panel) &&;

 private:
  bool is_free(const Point& at) const;  // in pixels, as below

  Frame frame_;
  Tags tags_;
  std::vector<Point> taken_;
};

}  // namespace latent::picture
