#pragma once

#include <concepts>
#include <cstddef>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>

#include <latent/fields.hpp>

// The algebra of sufficient statistics: they add up over observations. Statistics with fields() have it for nothing;
// statistics whose sum is not the sum of their numbers (moments about different origins) say how they add:
//
//   void add(const Statistics& other, double factor);   // this += factor * other
//   void scale(double factor);                           // this *= factor

namespace latent {

template <class Statistics>
concept AddsItself = requires(Statistics& into, const Statistics& other, double factor) {
  into.add(other, factor);
  into.scale(factor);
};

inline void add_numbers(double& into, double other, double factor) { into += factor * other; }
template <EigenArray Value>
void add_numbers(Value& into, const Value& other, double factor) {
  into += factor * other;
}
template <class List>
requires requires(List& list) {
  list.front();
} &&(!EigenArray<List>)void add_numbers(List& into, const List& other, double factor) {
  for (std::size_t i = 0; i < into.size(); ++i) add_numbers(into[i], other[i], factor);
}

inline void scale_numbers(double& value, double factor) { value *= factor; }
template <EigenArray Value>
void scale_numbers(Value& value, double factor) {
  value *= factor;
}
template <class List>
requires requires(List& list) { list.front(); } &&(!EigenArray<List>)void scale_numbers(List& list, double factor) {
  for (auto& value : list) scale_numbers(value, factor);
}

template <class Statistics>
concept Additive = AddsItself<Statistics> || HasFields<Statistics>;

// into += factor * other. Both have the same shape.
template <Additive Statistics>
void add(Statistics& into, const Statistics& other, double factor = 1) {
  if constexpr (AddsItself<Statistics>) {
    into.add(other, factor);
  } else {
    std::apply(
        [&](const auto&... field) {
          const auto each = [&](auto& a, const auto& b) {
            if constexpr (Additive<std::remove_cvref_t<decltype(a)>>) {
              latent::add(a, b, factor);
            } else {
              add_numbers(a, b, factor);
            }
          };
          (each(into.*field.member, other.*field.member), ...);
        },
        Statistics::fields());
  }
}

// statistics *= factor: what an observation of that weight contributes.
template <Additive Statistics>
void scale(Statistics& statistics, double factor) {
  if constexpr (AddsItself<Statistics>) {
    statistics.scale(factor);
  } else {
    for_each_member(statistics, [&](std::string_view, auto& value, const Constraint&) {
      if constexpr (Additive<std::remove_cvref_t<decltype(value)>>) {
        latent::scale(value, factor);
      } else {
        scale_numbers(value, factor);
      }
    });
  }
}

// The bytes of the numbers in a struct with fields.
template <class Object>
std::size_t bytes_of(const Object& object) {
  if constexpr (HasFields<Object>) {
    std::size_t bytes = 0;
    for_each_field(object, [&](const std::string&, const auto& value, const Constraint&) {
      std::size_t numbers = 1;
      for (std::size_t extent : shape_of(value)) numbers *= extent;
      bytes += numbers * sizeof(double);
    });
    return bytes;
  } else {
    return sizeof(Object);
  }
}

}  // namespace latent
