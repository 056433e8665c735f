#pragma once

#include <concepts>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <latent/any_model.hpp>
#include <latent/error.hpp>
#include <latent/latent_model.hpp>
#include <latent/member_names.hpp>
#include <latent/model_options.hpp>
#include <latent/optional_members.hpp>
#include <latent/record.hpp>
#include <latent/table_columns.hpp>
#include <latent/text.hpp>
#include <latent/typed_model.hpp>

// A model as programs know it, by name:
//
//   latent::model_entry<Linkage>("linkage", "genetic linkage")
//
// The model has fields() on its Parameters, a default constructor, and data that a table can hold: latent::Observations
// (rows of numbers), latent::Sequences, or observations that say how they are made of columns (<latent/record.hpp>). It
// may also have, besides what <latent/latent_model.hpp> and <latent/typed_model.hpp> list,
//
//   options(), validate()               options of its own: <latent/model_options.hpp>
//   void adapt(const TableColumns& columns)  told once, after its options and before all else, what the columns are called
//                                       and which texts they hold: how many labels there are. Throws DataError
//   Parameters shape() const            parameters of the right size, of any value, to check those of a file; else these
//                                       are taken as they come where Parameters{} is empty
//   std::size_t components              member or function: how many classes a posterior has
//   static constexpr bool missing_cells = true
//                                       cells may be missing: they are NaN

namespace latent {

template <class Model>
concept Adapts = requires(Model& model, const TableColumns& columns) {
  model.adapt(columns);
};

template <class Model>
concept ShapesParameters = requires(const Model& model) {
  { model.shape() } -> std::convertible_to<typename Model::Parameters>;
};

template <class Model>
concept HasComponentsMember = requires(const Model& model) {
  { model.components } -> std::convertible_to<std::size_t>;
};
template <class Model>
concept HasComponentsFunction = requires(const Model& model) {
  { model.components() } -> std::convertible_to<std::size_t>;
};

template <class Model>
concept TakesMissingCells = requires {
  requires Model::missing_cells;
};

LATENT_MEMBER_NAME(MentionsAdapt, adapt)
LATENT_MEMBER_NAME(MentionsShape, shape)
LATENT_MEMBER_NAME(MentionsOptions, options)
LATENT_MEMBER_NAME(MentionsValidate, validate)

template <class Data>
inline constexpr bool is_of_a_table = std::same_as<Data, Observations> || std::same_as<Data, Sequences>;
template <ReadableObservation Observation>
inline constexpr bool is_of_a_table<std::span<const Observation>> = true;

namespace entry {

template <class Model>
DataNeeds needs() {
  DataNeeds needs;
  if constexpr (std::same_as<DataOf<Model>, Sequences>) {
    needs.sequences = true;
  } else if constexpr (!std::same_as<DataOf<Model>, Observations>) {
    needs = needs_of_observation<typename Model::Observation>();
  }
  needs.missing_cells = TakesMissingCells<Model>;
  return needs;
}

template <class Model>
std::size_t components_of(const Model& model) {
  if constexpr (HasComponentsMember<Model>) return model.components;
  if constexpr (HasComponentsFunction<Model>) return model.components();
  return 0;
}

template <class Model>
typename Model::Parameters shape_of(const Model& model) {
  if constexpr (ShapesParameters<Model>) return model.shape();
  return {};
}

// Throws DataError unless a table with so many columns can be the model's.
void check_width(const DataNeeds& needs, std::size_t columns);

// The file may call its columns otherwise.
TableColumns as_the_model_calls_them(TableColumns columns, const DataNeeds& needs);

}  // namespace entry

template <LatentModel Model>
ModelEntry model_entry(std::string name, std::string summary) {
  static_assert(is_of_a_table<DataOf<Model>>,
                "the model's Observation cannot be read from a table: <latent/record.hpp> says what can, a number or a "
                "struct with columns() for instance");
  static_assert(HasFields<typename Model::Parameters>, "the model's Parameters need fields() to be read from a file");
  static_assert(std::default_initializable<Model>, "the model needs a default constructor");
  static_assert(!MentionsAdapt<Model> || Adapts<Model>,
                "the model's member 'adapt' cannot be called as: void adapt(const latent::TableColumns&)");
  static_assert(!MentionsShape<Model> || ShapesParameters<Model>,
                "the model's member 'shape' cannot be called as: Parameters shape() const");
  static_assert(!MentionsOptions<Model> || HasOptions<Model>,
                "the model's member 'options' cannot be called as: static constexpr auto options()");
  static_assert(!MentionsValidate<Model> || ValidatesOptions<Model>,
                "the model's member 'validate' cannot be called as: void validate() const");
  static_assert(
      !MentionsPosterior<Model> || HasPosterior<Model>,
      "the model's member 'posterior' cannot be called as: Eigen::VectorXd posterior(const Parameters&, const "
      "Observation&) const, or of a const Prepared& if the model has prepare");
  if constexpr (is_of_a_table<DataOf<Model>> && HasFields<typename Model::Parameters> &&
                std::default_initializable<Model>) {
    ModelEntry made{std::move(name), std::move(summary), options_of<Model>(), nullptr};
    made.needs = [](const OptionTexts&) { return entry::needs<Model>(); };
    made.starts_from_labels = StartsFromLabels<Model>;
    made.make = [](const OptionTexts& texts, const TableColumns& columns, const RowData*) -> std::unique_ptr<AnyModel> {
      Model model = with_options(Model{}, texts);
      const DataNeeds needs = entry::needs<Model>();
      if (columns.size() > 0) entry::check_width(needs, columns.size());
      if constexpr (Adapts<Model>) {
        if (columns.size() > 0) model.adapt(entry::as_the_model_calls_them(columns, needs));
      }
      const auto shape = [model] { return entry::shape_of(model); };
      Json options = options_to_json(model);
      options["dimensions"] = columns.size();
      return std::make_unique<TypedModel<Model>>(model, shape, 0, std::move(options), columns.size(),
                                                 entry::components_of(model), needs, columns.levels);
    };
    return made;
  } else {
    return {};  // one of the messages above
  }
}

}  // namespace latent
