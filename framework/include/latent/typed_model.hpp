#pragma once

#include <concepts>
#include <cstddef>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include <latent/any_model.hpp>
#include <latent/coordinates.hpp>
#include <latent/error.hpp>
#include <latent/expectation.hpp>
#include <latent/fit.hpp>
#include <latent/latent_model.hpp>

namespace latent {

// --- services that a model unlocks, besides those of <latent/latent_model.hpp> -----------------------------------------

// posterior(prepared, rows) with .responsibilities (rows x components) and .log_likelihoods (rows): predict, score by row, ICL.
template <class Model>
concept HasPosterior = requires(const Model& model, const PreparedOf<Model>& prepared, const DataOf<Model>& rows) {
  { model.posterior(prepared, rows).responsibilities } -> std::convertible_to<RowMajorMatrix>;
  { model.posterior(prepared, rows).log_likelihoods } -> std::convertible_to<Eigen::VectorXd>;
};

// sample(parameters, columns, count, random) with .rows and .labels.
template <class Model>
concept Simulates = requires(const Model& model, const typename Model::Parameters& parameters, std::size_t n, Random& random) {
  { model.sample(parameters, n, n, random).rows } -> std::convertible_to<RowMajorMatrix>;
  { model.sample(parameters, n, n, random).labels } -> std::convertible_to<std::vector<std::size_t>>;
};

// from_labels(rows, labels, weights): starts from a known division of the rows.
template <class Model>
concept StartsFromLabels = requires(const Model& model, const DataOf<Model>& rows, std::span<const std::size_t> labels, Weights weights) {
  { model.from_labels(rows, labels, weights) } -> std::convertible_to<typename Model::Parameters>;
};

// outlines(parameters, x, y) and densities(parameters, column, grid): pictures.
template <class Model>
concept Pictured = requires(const Model& model, const typename Model::Parameters& parameters, std::size_t column,
                            std::span<const double> grid) {
  { model.outlines(parameters, column, column) } -> std::convertible_to<std::vector<Outline>>;
  { model.densities(parameters, column, grid) } -> std::convertible_to<std::vector<Curve>>;
};

// A LatentModel over rows of numbers, with its parameters, behind AnyModel.
template <LatentModel Model>
  requires HasFields<typename Model::Parameters>
class TypedModel : public AnyModel {
 public:
  // `shape`: parameters of the shape that this model has, of any value. `options`: as they stand in the model file.
  TypedModel(Model model, typename Model::Parameters shape, Json options, std::size_t columns, std::size_t components)
      : model_(std::move(model)),
        parameters_(std::move(shape)),
        options_(std::move(options)),
        columns_(columns),
        components_(components) {}

  std::size_t columns() const override { return columns_; }
  std::size_t components() const override { return components_; }
  Json options() const override { return options_; }
  Json parameters() const override { return to_json(parameters_); }
  std::size_t free_parameters() const override { return latent::free_parameters(parameters_); }
  void set_parameters(const Json& parameters) override { from_json(parameters, parameters_); }

  FitReport fit(const Sample<Observations>& sample, const FitOptions& options, const StartFrom& start) override {
    auto fitted = [&] {
      if (start.parameters) {
        set_parameters(*start.parameters);
        return latent::fit(model_, sample, parameters_, options);
      }
      if (!start.labels.empty()) {
        if constexpr (StartsFromLabels<Model>) {
          return latent::fit(model_, sample, model_.from_labels(sample.observations, start.labels, sample.weights), options);
        } else {
          throw Error("this model cannot start from labels");
        }
      }
      return latent::fit(model_, sample, options);
    }();
    parameters_ = std::move(fitted.parameters);
    return {std::move(fitted.summary), std::move(fitted.trace)};
  }

  Prediction predict(const Observations& rows) const override {
    if constexpr (HasPosterior<Model>) {
      auto posterior = model_.posterior(prepare(model_, parameters_), rows);
      return {std::move(posterior.responsibilities), std::move(posterior.log_likelihoods)};
    } else {
      throw Error("this model has no posterior to predict with");
    }
  }

  double log_likelihood(const Sample<Observations>& sample) const override {
    return latent::log_likelihood(model_, parameters_, sample);
  }

  Simulation simulate(std::size_t count, Random& random) const override {
    if constexpr (Simulates<Model>) {
      auto drawn = model_.sample(parameters_, columns_, count, random);
      return {std::move(drawn.rows), std::move(drawn.labels)};
    } else {
      throw Error("this model cannot be sampled from");
    }
  }

  std::vector<Outline> outlines(std::size_t x_column, std::size_t y_column) const override {
    if constexpr (Pictured<Model>) return model_.outlines(parameters_, x_column, y_column);
    return {};
  }

  std::vector<Curve> densities(std::size_t column, std::span<const double> grid) const override {
    if constexpr (Pictured<Model>) return model_.densities(parameters_, column, grid);
    return {};
  }

 private:
  Model model_;
  typename Model::Parameters parameters_;
  Json options_;
  std::size_t columns_, components_;
};

}  // namespace latent
