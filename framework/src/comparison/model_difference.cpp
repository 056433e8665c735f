#include <algorithm>
#include <cmath>

#include <Eigen/Core>
#include <latent/model_difference.hpp>
#include <latent/text.hpp>

#include "assignment.hpp"
#include "component_fields.hpp"

namespace latent {
namespace {

using comparison::ComponentField;

// Adds what it costs to pair the component of each row with that of each column, as far as this field knows.
void add_costs(const ComponentField& field, Eigen::MatrixXd& costs) {
  const auto components = static_cast<std::size_t>(costs.rows());
  const std::size_t numbers = field.parts * field.width();  // of one component
  // Of transitions only those that stay can be told before it is known who is who.
  const auto place = [&](std::size_t component, std::size_t i) {
    return component * numbers + (field.transitions ? component : i);
  };
  const std::size_t counted = field.transitions ? 1 : numbers;
  for (std::size_t i = 0; i < counted; ++i) {
    double low = field.first[place(0, i)], high = low;
    for (std::size_t k = 0; k < components; ++k) {
      low = std::min({low, field.first[place(k, i)], field.second[place(k, i)]});
      high = std::max({high, field.first[place(k, i)], field.second[place(k, i)]});
    }
    if (!(high > low)) continue;
    for (std::size_t a = 0; a < components; ++a) {
      for (std::size_t b = 0; b < components; ++b) {
        const double apart = (field.first[place(a, i)] - field.second[place(b, i)]) / (high - low);
        costs(static_cast<Eigen::Index>(a), static_cast<Eigen::Index>(b)) +=
            apart * apart / static_cast<double>(counted);
      }
    }
  }
}

std::string shape_text(const std::vector<std::size_t>& shape) {
  std::string text;
  for (const std::size_t length : shape) text += (text.empty() ? "" : " x ") + std::to_string(length);
  return text.empty() ? "a number" : text;
}

std::string place_text(std::size_t index, const std::vector<std::size_t>& shape) {
  std::string text;
  for (std::size_t axis = shape.size(); axis-- > 0; index /= shape[axis]) {
    text = std::to_string(index % shape[axis] + 1) + (text.empty() ? "" : ", " + text);
  }
  return text;
}

FieldDifference compare(const ComponentField& field, const std::vector<std::size_t>& pairing) {
  FieldDifference result;
  result.field = field.name;
  if (!field.comparable()) {
    if (field.second.empty()) {
      result.not_compared = "only in the first";
    } else if (field.first.empty()) {
      result.not_compared = "only in the second";
    } else {
      result.not_compared = shape_text(field.shape) + " and " + shape_text(field.other_shape);
    }
    return result;
  }
  for (std::size_t i = 0; i < field.first.size(); ++i) {
    const double a = field.first[i], b = field.second[field.paired(i, pairing)];
    const double apart = std::abs(a - b), size = std::max(std::abs(a), std::abs(b));
    if (apart > 0) result.relative = std::max(result.relative, apart / size);
    if (i > 0 && apart <= result.absolute) continue;
    result.absolute = apart;
    result.place = place_text(i, field.shape);
    result.first = a;
    result.second = b;
  }
  return result;
}

}  // namespace

double ModelDifference::largest() const {
  double result = 0;
  for (const FieldDifference& field : fields) result = std::max(result, field.absolute);
  return result;
}

ModelDifference difference(const StoredModel& first, const StoredModel& second) {
  ModelDifference result;
  const std::size_t components = first.model->components(), others = second.model->components();
  if (first.name != second.name) {
    result.not_compared = "one is a model " + first.name + ", the other " + second.name;
  } else if (components != others) {
    result.not_compared = "one has " + count_of(components, "component") + ", the other " + std::to_string(others);
  }
  if (!result.not_compared.empty()) return result;

  const std::vector<ComponentField> fields = comparison::component_fields(first, second);
  const auto size = static_cast<Eigen::Index>(components);
  Eigen::MatrixXd costs = Eigen::MatrixXd::Zero(size, size);
  for (const ComponentField& field : fields) {
    if (field.parts > 0) add_costs(field, costs);
  }
  result.pairing = comparison::least_cost_assignment(costs);
  for (const ComponentField& field : fields) result.fields.push_back(compare(field, result.pairing));
  return result;
}

}  // namespace latent
