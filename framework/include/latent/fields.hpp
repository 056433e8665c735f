#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include <Eigen/Core>
#include <latent/constraint.hpp>

// You write, once for each struct of parameters or statistics:
//
//   struct Parameters {
//     double theta = 0.5;
//     static constexpr auto fields() {
//       return latent::fields(latent::field("theta", &Parameters::theta, latent::unit_interval));
//     }
//   };
//
// You get: vector forms, free-parameter counts, JSON, printing, merging, comparison (see <latent/coordinates.hpp>,
// <latent/algebra.hpp>, <latent/json_form.hpp>). A field may be a double, an Eigen vector or matrix, a std::vector or
// std::array of such, or another struct with fields.

namespace latent {

template <class Owner, class Value>
struct Field {
  std::string_view name;  // empty: the fields of `member` stand beside this struct's own
  Value Owner::*member;
  Constraint constraint;
};

template <class Owner, class Value>
constexpr Field<Owner, Value> field(std::string_view name, Value Owner::*member, Constraint constraint = real) {
  return {name, member, constraint};
}

// A struct with fields whose fields stand beside those of its owner, in files and in print.
template <class Owner, class Value>
constexpr Field<Owner, Value> embedded(Value Owner::*member) {
  return {"", member, real};
}

template <class... Fields>
constexpr std::tuple<Fields...> fields(Fields... all) {
  return {all...};
}

template <class T>
concept HasFields = requires {
  T::fields();
};

// Calls visit(name, value, constraint) for every field of `object` itself; a nested struct is one value.
template <class Object, class Visit>
void for_each_member(Object& object, Visit&& visit) {
  std::apply([&](const auto&... field) { (visit(field.name, object.*field.member, field.constraint), ...); },
             std::remove_const_t<Object>::fields());
}

// The same for the fields of nested structs too, which are named "outer.inner".
template <class Object, class Visit>
void for_each_field(Object& object, Visit&& visit, const std::string& prefix = "") {
  for_each_member(object, [&](std::string_view name, auto& value, Constraint constraint) {
    if constexpr (HasFields<std::remove_cvref_t<decltype(value)>>) {
      for_each_field(value, visit, name.empty() ? prefix : prefix + std::string(name) + ".");
    } else {
      visit(prefix + std::string(name), value, constraint);
    }
  });
}

template <class T>
concept EigenArray = std::derived_from<T, Eigen::DenseBase<T>>;

// The shape of a value as nested lists: a double has none, a vector {n}, a matrix {rows, columns}, a list of matrices
// {n, rows, columns}.
using Shape = std::vector<std::size_t>;

inline Shape shape_of(double) { return {}; }
template <EigenArray Value>
Shape shape_of(const Value& value) {
  if constexpr (Value::IsVectorAtCompileTime) return {static_cast<std::size_t>(value.size())};
  return {static_cast<std::size_t>(value.rows()), static_cast<std::size_t>(value.cols())};
}
template <class List>
requires requires(const List& list) { list.front(); } &&(!EigenArray<List>)Shape shape_of(const List& list) {
  Shape shape{list.size()};
  if (!list.empty()) {
    const Shape inner = shape_of(list.front());
    shape.insert(shape.end(), inner.begin(), inner.end());
  }
  return shape;
}

// The numbers of a value in row-major order, appended to `numbers`.
inline void append_numbers(double value, std::vector<double>& numbers) { numbers.push_back(value); }
template <EigenArray Value>
void append_numbers(const Value& value, std::vector<double>& numbers) {
  for (Eigen::Index i = 0; i < value.rows(); ++i) {
    for (Eigen::Index j = 0; j < value.cols(); ++j) numbers.push_back(value(i, j));
  }
}
template <class List>
requires requires(const List& list) {
  list.front();
} &&(!EigenArray<List>)void append_numbers(const List& list, std::vector<double>& numbers) {
  for (const auto& value : list) append_numbers(value, numbers);
}

template <class Value>
std::vector<double> numbers_of(const Value& value) {
  std::vector<double> numbers;
  append_numbers(value, numbers);
  return numbers;
}

// Puts numbers in row-major order into a value that has the right shape already; `numbers` moves on behind them.
inline void assign_numbers(std::span<const double>& numbers, double& value) {
  value = numbers.front();
  numbers = numbers.subspan(1);
}
template <EigenArray Value>
void assign_numbers(std::span<const double>& numbers, Value& value) {
  for (Eigen::Index i = 0; i < value.rows(); ++i) {
    for (Eigen::Index j = 0; j < value.cols(); ++j) assign_numbers(numbers, value(i, j));
  }
}
template <class List>
requires requires(const List& list) {
  list.front();
} &&(!EigenArray<List>)void assign_numbers(std::span<const double>& numbers, List& list) {
  for (auto& value : list) assign_numbers(numbers, value);
}

// The numbers of all fields, those of nested structs too, appended; and back into an object of the same shape.
template <HasFields Object>
void append_fields(const Object& object, std::vector<double>& numbers) {
  for_each_field(object,
                 [&](const std::string&, const auto& value, const Constraint&) { append_numbers(value, numbers); });
}
template <HasFields Object>
void assign_fields(std::span<const double> numbers, Object& object) {
  for_each_field(object, [&](const std::string&, auto& value, const Constraint&) { assign_numbers(numbers, value); });
}

}  // namespace latent
