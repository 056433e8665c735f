#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <vector>

#include <Eigen/Core>
#include <latent/model_difference.hpp>
#include <latent/text.hpp>

#include "assignment.hpp"
#include "component_fields.hpp"

namespace latent {
namespace {

using comparison::ComponentField;

// Row k of the first model is row pairing[k] of the second.
using Pairing = std::vector<std::size_t>;

// What it costs to pair row a of the first model with row b of the second, as far as this field knows.
Eigen::MatrixXd costs_of(const ComponentField& field) {
  const auto rows = static_cast<Eigen::Index>(field.rows);
  // Of transitions only those that stay can be told before it is known who is who.
  const std::size_t counted = field.transitions ? 1 : field.width();
  Eigen::MatrixXd costs = Eigen::MatrixXd::Zero(rows, rows);
  Eigen::VectorXd first(rows), second(rows);
  for (std::size_t i = 0; i < counted; ++i) {
    for (std::size_t row = 0; row < field.rows; ++row) {
      const std::size_t place = row * field.width() + (field.transitions ? row : i);
      first[static_cast<Eigen::Index>(row)] = field.first[place];
      second[static_cast<Eigen::Index>(row)] = field.second[place];
    }
    const double spread = std::max(first.maxCoeff(), second.maxCoeff()) - std::min(first.minCoeff(), second.minCoeff());
    if (!(spread > 0)) continue;
    for (Eigen::Index b = 0; b < rows; ++b) {
      costs.col(b).array() += ((first.array() - second[b]) / spread).square() / static_cast<double>(counted);
    }
  }
  return costs;
}

// Who is who, of components and of the parts that components of an owner may have.
class Pairings {
 public:
  Pairings(const std::vector<ComponentField>& fields, std::size_t components) : components_(components) {
    const auto size = static_cast<Eigen::Index>(components);
    Eigen::MatrixXd costs = Eigen::MatrixXd::Zero(size, size);
    for (const ComponentField& field : fields) {
      if (field.rows == 0) continue;
      if (field.parts == 1) {
        costs += costs_of(field);
        continue;
      }
      const auto [entry, is_new] = part_costs_.try_emplace(field.owner, costs_of(field));
      if (!is_new) entry->second += costs_of(field);
    }
    for (const auto& [owner, part_costs] : part_costs_) {
      for (std::size_t a = 0; a < components; ++a) {
        for (std::size_t b = 0; b < components; ++b) {
          const Eigen::MatrixXd block = block_of(part_costs, a, b);
          const Pairing parts = comparison::least_cost_assignment(block);
          double cost = 0;
          for (std::size_t m = 0; m < parts.size(); ++m)
            cost += block(static_cast<Eigen::Index>(m), static_cast<Eigen::Index>(parts[m]));
          costs(static_cast<Eigen::Index>(a), static_cast<Eigen::Index>(b)) += cost;
        }
      }
    }
    components_paired_ = comparison::least_cost_assignment(costs);
  }

  const Pairing& of_components() const { return components_paired_; }

  // Of the rows of the field.
  Pairing of(const ComponentField& field) const {
    if (field.rows == 0) return {};
    if (field.parts == 1) return components_paired_;
    Pairing rows;
    for (std::size_t a = 0; a < components_; ++a) {
      const std::size_t b = components_paired_[a];
      for (const std::size_t part : comparison::least_cost_assignment(block_of(part_costs_.at(field.owner), a, b))) {
        rows.push_back(b * field.parts + part);
      }
    }
    return rows;
  }

 private:
  // The costs between the parts of two components.
  Eigen::MatrixXd block_of(const Eigen::MatrixXd& costs, std::size_t a, std::size_t b) const {
    const Eigen::Index parts = costs.rows() / static_cast<Eigen::Index>(components_);
    return costs.block(static_cast<Eigen::Index>(a) * parts, static_cast<Eigen::Index>(b) * parts, parts, parts);
  }

  std::size_t components_;
  std::map<std::string, Eigen::MatrixXd> part_costs_;  // by owner
  Pairing components_paired_;
};

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

FieldDifference compare(const ComponentField& field, const Pairing& pairing) {
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
  const Pairings pairings(fields, components);
  result.pairing = pairings.of_components();
  for (const ComponentField& field : fields) result.fields.push_back(compare(field, pairings.of(field)));
  return result;
}

}  // namespace latent
