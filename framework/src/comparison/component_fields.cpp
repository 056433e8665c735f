#include "component_fields.hpp"

#include <algorithm>
#include <cmath>

namespace latent::comparison {
namespace {

struct Named {
  std::string name;
  std::vector<std::size_t> shape;
  std::vector<double> numbers;
};

void add_numbers(const Json& json, std::vector<double>& numbers) {
  if (json.is_array()) {
    for (const Json& part : json) add_numbers(part, numbers);
  } else {
    numbers.push_back(json.get<double>());
  }
}

// Of nested lists whose parts are alike.
std::vector<std::size_t> shape_of(const Json& json) {
  std::vector<std::size_t> shape;
  for (const Json* at = &json; at->is_array(); at = &at->front()) {
    shape.push_back(at->size());
    if (at->empty()) break;
  }
  return shape;
}

void collect(const Json& json, const std::string& name, std::vector<Named>& fields) {
  if (json.is_object()) {
    for (const auto& [key, part] : json.items()) collect(part, name.empty() ? key : name + "." + key, fields);
    return;
  }
  fields.push_back({.name = name, .shape = shape_of(json), .numbers = {}});
  add_numbers(json, fields.back().numbers);
}

std::vector<Named> fields_of(const StoredModel& model) {
  std::vector<Named> fields;
  collect(model.model->parameters(), "", fields);
  return fields;
}

bool rows_sum_to_one(const std::vector<double>& matrix, std::size_t columns) {
  constexpr double slack = 1e-6;  // as in a model file
  for (std::size_t first = 0; first < matrix.size(); first += columns) {
    double sum = 0;
    for (std::size_t j = 0; j < columns; ++j) {
      if (matrix[first + j] < 0) return false;
      sum += matrix[first + j];
    }
    if (std::abs(sum - 1) > slack) return false;
  }
  return true;
}

bool symmetric(const std::vector<double>& matrix, std::size_t size) {
  for (std::size_t i = 0; i < size; ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (matrix[i * size + j] != matrix[j * size + i]) return false;
    }
  }
  return true;
}

std::string owner(const std::string& name) {
  const std::size_t point = name.rfind('.');
  return point == std::string::npos ? std::string() : name.substr(0, point);
}

bool has_shares(const std::vector<ComponentField>& fields, const ComponentField& field, std::size_t components) {
  return std::ranges::any_of(fields, [&](const ComponentField& other) {
    return owner(other.name) == owner(field.name) && other.comparable() && other.shape.size() == 2 &&
           other.shape[0] == components && other.shape[1] * components == field.shape.front() &&
           rows_sum_to_one(other.first, other.shape[1]);
  });
}

void classify(ComponentField& field, const std::vector<ComponentField>& all, std::size_t components, bool sequences) {
  if (!field.comparable() || field.shape.empty()) return;
  const bool square = field.shape.size() == 2 && field.shape[0] == components && field.shape[1] == components;
  if (square && sequences && owner(field.name).empty() && rows_sum_to_one(field.first, components) &&
      rows_sum_to_one(field.second, components)) {
    field.parts = 1;
    field.transitions = true;
  } else if (square && components > 1 && symmetric(field.first, components) && symmetric(field.second, components)) {
    field.parts = 0;
  } else if (field.shape.front() == components) {
    field.parts = 1;
  } else if (field.shape.front() % components == 0 && has_shares(all, field, components)) {
    field.parts = field.shape.front() / components;
  }
}

}  // namespace

std::size_t ComponentField::paired(std::size_t index, const std::vector<std::size_t>& pairing) const {
  if (parts == 0) return index;
  const std::size_t row = index / width(), column = index % width();
  const std::size_t other_row = pairing[row / parts] * parts + row % parts;
  return other_row * width() + (transitions ? pairing[column] : column);
}

std::vector<ComponentField> component_fields(const StoredModel& first, const StoredModel& second) {
  std::vector<Named> others = fields_of(second);
  std::vector<ComponentField> fields;
  for (Named& named : fields_of(first)) {
    const auto other = std::ranges::find(others, named.name, &Named::name);
    fields.push_back({.name = std::move(named.name),
                      .shape = std::move(named.shape),
                      .other_shape = {},
                      .first = std::move(named.numbers),
                      .second = {}});
    if (other == others.end()) continue;
    fields.back().other_shape = std::move(other->shape);
    fields.back().second = std::move(other->numbers);
    others.erase(other);
  }
  for (Named& named : others) {
    fields.push_back({.name = std::move(named.name),
                      .shape = {},
                      .other_shape = std::move(named.shape),
                      .first = {},
                      .second = std::move(named.numbers)});
  }
  const std::size_t components = first.model->components();
  for (ComponentField& field : fields) classify(field, fields, components, first.model->needs().sequences);
  return fields;
}

}  // namespace latent::comparison
