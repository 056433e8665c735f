#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <functional>
#include <limits>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include <latent/any_model.hpp>
#include <latent/blocked_sum.hpp>
#include <latent/coordinates.hpp>
#include <latent/error.hpp>
#include <latent/expectation.hpp>
#include <latent/fit.hpp>
#include <latent/latent_model.hpp>
#include <latent/text.hpp>
#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/task_arena.h>

namespace latent {

// --- services that a model unlocks, besides those of <latent/latent_model.hpp> ----------------------------------------

// posterior(prepared, rows) with .responsibilities (rows x components) and .log_likelihoods (rows): predict, score by
// row, ICL.
template <class Model>
concept HasPosterior = requires(const Model& model, const PreparedOf<Model>& prepared, const DataOf<Model>& rows) {
  { model.posterior(prepared, rows).responsibilities } -> std::convertible_to<RowMajorMatrix>;
  { model.posterior(prepared, rows).log_likelihoods } -> std::convertible_to<Eigen::VectorXd>;
};

// sample(parameters, columns, count, random) with .rows and .labels.
template <class Model>
concept Simulates = requires(const Model& model, const typename Model::Parameters& parameters, std::size_t n,
                             Random& random) {
  { model.sample(parameters, n, n, random).rows } -> std::convertible_to<RowMajorMatrix>;
  { model.sample(parameters, n, n, random).labels } -> std::convertible_to<std::vector<std::size_t>>;
};

// from_labels(rows, labels, weights): starts from a known division of the rows.
template <class Model>
concept StartsFromLabels = requires(const Model& model, const DataOf<Model>& rows, std::span<const std::size_t> labels,
                                    Weights weights) {
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
  using Parameters = typename Model::Parameters;

  // `shape` makes parameters of the shape that this model has, of any value, which hold `size` numbers. `options`: as
  // they stand in the model file.
  TypedModel(Model model, std::function<Parameters()> shape, double size, Json options, std::size_t columns,
             std::size_t components)
      : model_(std::move(model)),
        shape_(std::move(shape)),
        size_(size),
        options_(std::move(options)),
        columns_(columns),
        components_(components) {}

  std::size_t columns() const override { return columns_; }
  std::size_t components() const override { return components_; }
  Json options() const override { return options_; }

  void set_parameters(const Json& parameters) override {
    refuse_what_is_too_small(parameters);
    Parameters read = shape_();
    from_json(parameters, read, "parameters.");
    refuse_unknown_keys(parameters, to_json(read), "parameters.");
    parameters_ = std::move(read);
  }

  FitReport fit(const Sample<Observations>& sample, const FitOptions& options, const StartFrom& start) override {
    Fitted<Model> fitted = fit_from_start(sample, options, start);
    parameters_ = std::move(fitted.parameters);
    return {std::move(fitted.summary), std::move(fitted.trace)};
  }

  Json parameters() const override { return to_json(at()); }
  std::size_t free_parameters() const override { return latent::free_parameters(at()); }

  void predict(const Observations& rows, const PredictionVisitor& visit) const override {
    if constexpr (HasPosterior<Model>) {
      const PreparedOf<Model> prepared = prepare(model_, at());
      for_each_part(rows, [&](std::size_t first, const Observations& part) {
        auto posterior = model_.posterior(prepared, part);
        visit(first, {std::move(posterior.responsibilities), std::move(posterior.log_likelihoods)});
      });
    } else {
      throw Error("this model has no posterior to predict with");
    }
  }

  double log_likelihood(const Sample<Observations>& sample) const override {
    return latent::log_likelihood(model_, at(), sample);
  }

  Simulation simulate(std::size_t count, Random& random) const override {
    if constexpr (Simulates<Model>) {
      auto drawn = model_.sample(at(), columns_, count, random);
      return {std::move(drawn.rows), std::move(drawn.labels)};
    } else {
      throw Error("this model cannot be sampled from");
    }
  }

  double posterior_entropy(const Sample<Observations>& sample, std::optional<std::size_t> threads) const override {
    if constexpr (HasPosterior<Model>) {
      const PreparedOf<Model> prepared = prepare(model_, at());
      const auto sum_range = [&](std::size_t first, std::size_t count) {
        return entropy_of(prepared, sample.subspan(first, count));
      };
      const auto add = [](double& into, double other) { into += other; };
      constexpr std::size_t grain = 512;
      const std::size_t there = tbb::global_control::active_value(tbb::global_control::max_allowed_parallelism);
      tbb::task_arena arena(static_cast<int>(std::min(threads.value_or(there), there)));
      return arena.execute(
          [&] { return blocked_sum(sample.size(), leaf_count(sample.size(), grain, sizeof(double)), sum_range, add); });
    } else {
      return std::numeric_limits<double>::quiet_NaN();
    }
  }

  std::vector<Outline> outlines(std::size_t x_column, std::size_t y_column) const override {
    if constexpr (Pictured<Model>) return model_.outlines(at(), x_column, y_column);
    return {};
  }

  std::vector<Curve> densities(std::size_t column, std::span<const double> grid) const override {
    if constexpr (Pictured<Model>) return model_.densities(at(), column, grid);
    return {};
  }

 private:
  const Parameters& at() const {
    if (!parameters_) throw Error("the model has no parameters yet: neither fitted nor set");
    return *parameters_;
  }

  // A slip of the hand in the options must not fill the memory before the shape of the first key is looked at.
  void refuse_what_is_too_small(const Json& parameters) const {
    constexpr double harmless = 1e6;
    const std::size_t found = count_values(parameters);
    if (size_ <= harmless || static_cast<double>(found) >= size_) return;
    throw ModelError("key \"parameters\" holds " + count_of(found, "number") + ", by the options it must hold " +
                     rounded(size_));
  }

  Fitted<Model> fit_from_start(const Sample<Observations>& sample, const FitOptions& options, const StartFrom& start) {
    if (start.parameters) {
      set_parameters(*start.parameters);
      return latent::fit(model_, sample, at(), options);
    }
    if (start.labels.empty()) return latent::fit(model_, sample, options);
    if constexpr (StartsFromLabels<Model>) {
      return latent::fit(model_, sample, model_.from_labels(sample.observations, start.labels, sample.weights),
                         options);
    } else {
      throw Error("this model cannot start from labels");
    }
  }

  // visit(first, part) for parts so small that their responsibilities stay in the cache.
  template <class Visit>
  void for_each_part(const Observations& rows, const Visit& visit) const {
    const std::size_t step =
        std::clamp<std::size_t>((std::size_t{1} << 16) / std::max<std::size_t>(1, components_), 64, 4096);
    for (std::size_t first = 0; first < rows.size(); first += step) {
      visit(first, rows.subspan(first, std::min(step, rows.size() - first)));
    }
  }

  double entropy_of(const PreparedOf<Model>& prepared,
                    const Sample<Observations>& sample) const requires HasPosterior<Model> {
    double entropy = 0;
    for_each_part(sample.observations, [&](std::size_t first, const Observations& part) {
      auto posterior = model_.posterior(prepared, part);
      // 0 ln 0 = 0: a responsibility of zero is a factor of zero before the logarithm of the smallest number.
      auto r = posterior.responsibilities.array();
      r = r * r.max(std::numeric_limits<double>::min()).log();
      const Eigen::VectorXd terms = posterior.responsibilities.rowwise().sum();
      for (std::size_t i = 0; i < part.size(); ++i)
        entropy -= sample.weight(first + i) * terms[static_cast<Eigen::Index>(i)];
    });
    return entropy;
  }

  Model model_;
  std::function<Parameters()> shape_;
  double size_;
  std::optional<Parameters> parameters_;
  Json options_;
  std::size_t columns_, components_;
};

}  // namespace latent
