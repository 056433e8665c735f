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

std::string owner_of(const std::string& name) {
  const std::size_t point = name.rfind('.');
  return point == std::string::npos ? std::string() : name.substr(0, point);
}

// Whether `shares` says what share of its component each row of `field` is.
bool are_shares_of(const ComponentField& shares, const ComponentField& field, std::size_t components) {
  return shares.owner == field.owner && shares.comparable() && shares.shape.size() == 2 &&
         shares.shape[0] == components && shares.shape[1] > 1 && field.comparable() && !field.shape.empty() &&
         field.shape.front() == components * shares.shape[1] && rows_sum_to_one(shares.first, shares.shape[1]);
}

// How many parts the components of the field's owner have.
std::size_t parts_of(const std::vector<ComponentField>& all, const ComponentField& field, std::size_t components) {
  for (const ComponentField& other : all) {
    if (are_shares_of(other, field, components)) return other.shape[1];
    if (are_shares_of(field, other, components)) return field.shape[1];
  }
  return 1;
}

// A covariance, say, that all components share.
bool is_of_columns(const ComponentField& field) {
  const std::size_t size = field.shape.front();
  return field.shape.size() == 2 && field.shape[1] == size && size > 1 && symmetric(field.first, size) &&
         symmetric(field.second, size) && !rows_sum_to_one(field.first, size);
}

void classify(ComponentField& field, const std::vector<ComponentField>& all, std::size_t components, bool sequences) {
  if (!field.comparable() || field.shape.empty() || is_of_columns(field)) return;
  const bool square = field.shape.size() == 2 && field.shape[0] == components && field.shape[1] == components;
  if (square && sequences && field.owner.empty() && rows_sum_to_one(field.first, components) &&
      rows_sum_to_one(field.second, components)) {
    field.rows = components;
    field.transitions = true;
    return;
  }
  field.parts = parts_of(all, field, components);
  if (field.parts > 1 || field.shape.front() == components) field.rows = components * field.parts;
}

}  // namespace

std::size_t ComponentField::paired(std::size_t index, const std::vector<std::size_t>& pairing) const {
  if (rows == 0) return index;
  const std::size_t row = index / width(), column = index % width();
  return pairing[row] * width() + (transitions ? pairing[column] : column);
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
  for (ComponentField& field : fields) field.owner = owner_of(field.name);
  const std::size_t components = first.model->components();
  for (ComponentField& field : fields) classify(field, fields, components, first.model->needs().sequences);
  return fields;
}

}  // namespace latent::comparison
