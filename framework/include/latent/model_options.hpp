#pragma once

#include <cmath>
#include <concepts>
#include <cstddef>
#include <limits>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <vector>

#include <latent/any_model.hpp>
#include <latent/error.hpp>
#include <latent/text.hpp>

// The options of a model, named once, so that programs can set them:
//
//   struct Mixture {
//     std::size_t components = 2;
//     double concentration = 1;
//     std::string start = "random";
//     static constexpr auto options() {
//       return latent::options(latent::option("components", "K", &Mixture::components, "number of components"),
//                              latent::option("concentration", "C", &Mixture::concentration, "of the Dirichlet prior"),
//                              latent::option("start", "HOW", &Mixture::start, "random or spread"));
//     }
//   };
//
// An option is a whole number (std::size_t), a number (double) or a text (std::string). What a fresh model holds is its
// default. What no type can say (a text that is one of three) a member says that throws OptionError:
//   void validate() const;

namespace latent {

template <class Owner, class Value>
struct OptionOf {
  std::string_view name;
  std::string_view value;  // what stands for its value in help: "K"
  Value Owner::*member;
  std::string_view description;
  std::size_t least;  // of a whole number
};

template <class Owner, class Value>
requires std::same_as<Value, std::size_t> || std::same_as<Value, double> || std::same_as<Value, std::string>
constexpr OptionOf<Owner, Value> option(std::string_view name, std::string_view value, Value Owner::*member,
                                        std::string_view description, std::size_t least = 1) {
  return {name, value, member, description, least};
}

template <class... Options>
constexpr std::tuple<Options...> options(Options... all) {
  return {all...};
}

template <class Model>
concept HasOptions = requires {
  Model::options();
};

template <class Model>
concept ValidatesOptions = requires(const Model& model) {
  model.validate();
};

// As help shows them. A model without options() has none.
template <class Model>
std::vector<ModelOption> options_of() {
  std::vector<ModelOption> list;
  if constexpr (HasOptions<Model>) {
    const Model fresh{};
    const auto text_of = [](const auto& value) -> std::string {
      if constexpr (std::is_same_v<std::remove_cvref_t<decltype(value)>, std::string>) {
        return value;
      } else if constexpr (std::is_same_v<std::remove_cvref_t<decltype(value)>, double>) {
        return number(value);
      } else {
        return std::to_string(value);
      }
    };
    std::apply(
        [&](const auto&... one) {
          (list.push_back({std::string(one.name), std::string(one.value), std::string(one.description),
                           text_of(fresh.*one.member)}),
           ...);
        },
        Model::options());
  }
  return list;
}

// A model with those options. Throws OptionError.
template <class Model>
Model with_options(Model model, const OptionTexts& texts) {
  if constexpr (HasOptions<Model>) {
    const auto set = [&](const auto& option) {
      const std::string name(option.name);
      auto& value = model.*option.member;
      if constexpr (std::is_same_v<std::remove_reference_t<decltype(value)>, std::string>) {
        value = texts.text(name);
      } else if constexpr (std::is_same_v<std::remove_reference_t<decltype(value)>, double>) {
        value = texts.real_number(name);
      } else {
        value = texts.whole_number(name, option.least);
      }
    };
    std::apply([&](const auto&... option) { (set(option), ...); }, Model::options());
  }
  if constexpr (ValidatesOptions<Model>) model.validate();
  return model;
}

// As they stand in a model file.
template <class Model>
Json options_to_json(const Model& model) {
  Json json = Json::object();
  if constexpr (HasOptions<Model>) {
    std::apply([&](const auto&... option) { ((json[std::string(option.name)] = model.*option.member), ...); },
               Model::options());
  }
  return json;
}

}  // namespace latent
