#pragma once

#include <concepts>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <Eigen/Core>
#include <latent/error.hpp>
#include <latent/fields.hpp>
#include <latent/iteration.hpp>
#include <latent/json_form.hpp>
#include <latent/summary.hpp>

namespace latent {

class SavedState;
template <class Object>
concept HasState = requires(Object& object, SavedState& state) {
  object.visit_state(state);
};

// Gives a value that can have any size that shape; throws FileError for the shape of another kind of value.
[[noreturn]] void refuse_shape();
inline std::size_t extent_at(std::span<const std::size_t> shape, std::size_t index) {
  if (index >= shape.size()) refuse_shape();
  return shape[index];
}
inline void take_shape(std::span<const std::size_t>, double&) {}
template <EigenArray Value>
void take_shape(std::span<const std::size_t> shape, Value& value) {
  if constexpr (Value::IsVectorAtCompileTime) {
    if constexpr (Value::SizeAtCompileTime == Eigen::Dynamic) {
      value.resize(static_cast<Eigen::Index>(extent_at(shape, 0)));
    }
  } else if constexpr (Value::SizeAtCompileTime == Eigen::Dynamic) {
    const auto rows = static_cast<Eigen::Index>(extent_at(shape, 0));
    const auto columns = static_cast<Eigen::Index>(extent_at(shape, 1));
    if (Value::RowsAtCompileTime != Eigen::Dynamic && Value::RowsAtCompileTime != rows) refuse_shape();
    if (Value::ColsAtCompileTime != Eigen::Dynamic && Value::ColsAtCompileTime != columns) refuse_shape();
    value.resize(rows, columns);
  }
}
template <class List>
requires requires(const List& list) {
  list.front();
} &&(!EigenArray<List>)void take_shape(std::span<const std::size_t> shape, List& list) {
  const std::size_t size = extent_at(shape, 0);
  if constexpr (requires { list.resize(size); }) list.resize(size);
  if (list.size() != size) refuse_shape();
  for (auto& part : list) take_shape(shape.subspan(1), part);
}

// The state of an object, to go on from later, bit for bit. The object names its members once for both ways: a visit
// stores the member, or gives it what was stored.
//
//   void visit_state(SavedState& state) {
//     state.visit("order", order_);
//     state.visit("steps", steps_);  // a list of objects that have a state themselves
//   }
//
// What does not fit throws FileError.
class SavedState {
 public:
  SavedState() = default;  // stores
  explicit SavedState(Json stored) : json_(std::move(stored)), restores_(true) {}

  bool restores() const { return restores_; }
  const Json& json() const { return json_; }

  void visit(const char* name, bool& value);
  void visit(const char* name, int& value);
  void visit(const char* name, std::size_t& value);
  void visit(const char* name, double& value);
  void visit(const char* name, std::string& value);
  void visit(const char* name, std::vector<double>& value);
  void visit(const char* name, Eigen::VectorXd& value);
  void visit(const char* name, Eigen::MatrixXd& value);
  void visit(const char* name, Iteration& value);
  void visit(const char* name, Trace& value);
  void visit(const char* name, Warning& value);
  template <class Enumeration>
  requires std::is_enum_v<Enumeration>
  void visit(const char* name, Enumeration& value) {
    int number = static_cast<int>(value);
    visit(name, number);
    value = static_cast<Enumeration>(number);
  }
  template <HasState Object>
  void visit(const char* name, Object& value) {
    nest(name, [&](SavedState& inner) { value.visit_state(inner); });
  }
  template <class Object>
  requires HasFields<Object> &&(!HasState<Object>)void visit(const char* name, Object& value) {
    nest(name, [&](SavedState& inner) { inner.visit_fields(value); });
  }
  template <class Value>
  void visit(const char* name, std::optional<Value>& value) {
    bool there = value.has_value();
    nest(name, [&](SavedState& inner) {
      inner.visit("there", there);
      if (restores_) value = there ? std::optional<Value>(Value{}) : std::nullopt;
      if (there) inner.visit("value", *value);
    });
  }
  template <class Value>
  void visit(const char* name, std::vector<Value>& list) {
    nest(name, [&](SavedState& inner) {
      std::size_t size = list.size();
      inner.visit("size", size);
      if (restores_) list.resize(size);
      for (std::size_t i = 0; i < size; ++i) inner.visit(std::to_string(i).c_str(), list[i]);
    });
  }

 private:
  template <class Visit>
  void nest(const char* name, const Visit& visit_inner) {
    SavedState inner = restores_ ? SavedState(at(name)) : SavedState();
    visit_inner(inner);
    if (!restores_) json_[name] = std::move(inner.json_);
  }
  // The numbers of all fields, and their shapes, without which those that may have any size could not be read.
  template <HasFields Object>
  void visit_fields(Object& object) {
    std::vector<double> numbers, shapes;
    if (!restores_) {
      for_each_field(object, [&](const std::string&, const auto& value, const Constraint&) {
        append_numbers(value, numbers);
        const Shape shape = shape_of(value);
        shapes.push_back(static_cast<double>(shape.size()));
        for (const std::size_t extent : shape) shapes.push_back(static_cast<double>(extent));
      });
    }
    visit("shapes", shapes);
    visit("numbers", numbers);
    if (!restores_) return;
    std::span<const double> rest = numbers, extents = shapes;
    for_each_field(object, [&](const std::string&, auto& value, const Constraint&) {
      take_shape(next_shape(extents, rest.size()), value);
      if (numbers_of(value).size() > rest.size()) refuse_shape();
      assign_numbers(rest, value);
    });
    if (!rest.empty() || !extents.empty()) refuse_shape();
  }
  // That of the next field, of at most so many numbers; `shapes` moves on behind it.
  static Shape next_shape(std::span<const double>& shapes, std::size_t most);
  const Json& at(const char* name) const;

  Json json_ = Json::object();
  bool restores_ = false;
};

}  // namespace latent
