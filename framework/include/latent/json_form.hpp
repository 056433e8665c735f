#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include <latent/constraint.hpp>
#include <latent/error.hpp>
#include <latent/fields.hpp>
#include <nlohmann/json.hpp>

// Structs with fields() as JSON: an object with one key a field; matrices are lists of rows. Doubles survive the round
// trip bit for bit.

namespace latent {

using Json = nlohmann::ordered_json;

// Nested lists of that shape.
Json to_json(std::span<const double> numbers, const Shape& shape);

// The numbers of nested lists of that shape, in row-major order. Throws ModelError naming `key` and what is wrong: not
// a number, another shape.
std::vector<double> numbers_from_json(const Json& json, const Shape& shape, const std::string& key);

// How many numbers, or other plain values, are in it at any depth.
std::size_t count_values(const Json& json);

// Throws ModelError unless `json` is an object that has the key.
const Json& require_key(const Json& json, const std::string& key, const std::string& prefix = "");

// Throws ModelError if `json` or an object in it has a key that `known` has not: what is misspelled must not be
// ignored.
void refuse_unknown_keys(const Json& json, const Json& known, const std::string& prefix = "");

// "covariances[2]": where block number `index` of `size` numbers is in the lists of that shape.
std::string key_of_block(const std::string& key, const Shape& shape, std::size_t size, std::size_t index);

// A value for an error message: short, on one line, whatever it is.
std::string shown_value(const Json& json);

// Indented text, with every list of plain values on a line of its own. What is no number is null, as JSON has no other
// way; a text that is not UTF-8 has its wrong bytes replaced.
std::string json_text(const Json& json);

template <HasFields Object>
Json to_json(const Object& object) {
  Json json = Json::object();
  for_each_member(object, [&](std::string_view name, const auto& value, const Constraint&) {
    if constexpr (HasFields<std::remove_cvref_t<decltype(value)>>) {
      if (name.empty()) {
        json.update(to_json(value));
      } else {
        json[std::string(name)] = to_json(value);
      }
    } else {
      json[std::string(name)] = to_json(numbers_of(value), shape_of(value));
    }
  });
  return json;
}

// Gives a value that is empty and can have any size the size that it has in JSON; leaves any other as it is.
inline void take_size(const Json&, double&) {}
template <EigenArray Value>
void take_size(const Json& json, Value& value) {
  if (value.size() > 0 || !json.is_array()) return;
  const auto rows = static_cast<Eigen::Index>(json.size());
  if constexpr (Value::IsVectorAtCompileTime) {
    if constexpr (Value::SizeAtCompileTime == Eigen::Dynamic) value.resize(rows);
  } else if constexpr (Value::SizeAtCompileTime == Eigen::Dynamic) {
    const auto columns = static_cast<Eigen::Index>(json.empty() ? 0 : json.front().size());
    if (Value::RowsAtCompileTime != Eigen::Dynamic && Value::RowsAtCompileTime != rows) return;
    if (Value::ColsAtCompileTime != Eigen::Dynamic && Value::ColsAtCompileTime != columns) return;
    value.resize(rows, columns);
  }
}
template <class List>
requires requires(const List& list) {
  list.front();
} &&(!EigenArray<List>)void take_size(const Json& json, List& list) {
  if (!json.is_array()) return;
  if constexpr (requires { list.resize(json.size()); }) {
    if (list.empty()) list.resize(json.size());
  }
  for (std::size_t i = 0; i < std::min(list.size(), json.size()); ++i) take_size(json[i], list[i]);
}

// Reads every field of `object`, which must have the right shapes already; what is empty and can have any size takes
// that of the JSON. Throws ModelError naming the key that is
// missing, has another shape, or breaks its constraint.
template <HasFields Object>
void from_json(const Json& json, Object& object, const std::string& prefix = "") {
  for_each_member(object, [&](std::string_view name, auto& value, const Constraint& constraint) {
    const std::string key(name);
    if constexpr (HasFields<std::remove_cvref_t<decltype(value)>>) {
      key.empty() ? from_json(json, value, prefix)
                  : from_json(require_key(json, key, prefix), value, prefix + key + ".");
    } else {
      const Json& found = require_key(json, key, prefix);
      take_size(found, value);
      const Shape shape = shape_of(value);
      const std::vector<double> numbers = numbers_from_json(found, shape, prefix + key);
      const std::size_t size = constraint.block_size(shape);
      for (std::size_t at = 0; at < numbers.size(); at += size) {
        const auto reason = constraint.violation(std::span(numbers).subspan(at, size));
        if (!reason) continue;
        throw ModelError("key \"" + key_of_block(prefix + key, shape, size, at / size) + "\" " + *reason);
      }
      std::span<const double> rest = numbers;
      assign_numbers(rest, value);
    }
  });
}

}  // namespace latent
