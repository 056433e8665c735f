#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <latent/any_model.hpp>
#include <latent/blocked_sum.hpp>
#include <latent/certify.hpp>
#include <latent/conformance.hpp>
#include <latent/coordinates.hpp>
#include <latent/decoding.hpp>
#include <latent/error.hpp>
#include <latent/expectation.hpp>
#include <latent/fit.hpp>
#include <latent/latent_model.hpp>
#include <latent/record.hpp>
#include <latent/records.hpp>
#include <latent/restarts.hpp>
#include <latent/text.hpp>
#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/task_arena.h>

namespace latent {

// --- services that a model unlocks, besides those of <latent/latent_model.hpp> ----------------------------------------

// posterior(prepared, rows) with .responsibilities (rows x components) and .log_likelihoods (rows): predict, score by
// row, ICL.
template <class Model>
concept HasPosteriorOfMany = requires(const Model& model, const PreparedOf<Model>& prepared,
                                      const DataOf<Model>& rows) {
  { model.posterior(prepared, rows).responsibilities } -> std::convertible_to<RowMajorMatrix>;
  { model.posterior(prepared, rows).log_likelihoods } -> std::convertible_to<Eigen::VectorXd>;
};

// The same of one Observation: posterior(prepared, observation), the probability of each component, as a vector. Its
// log-likelihood is that of an E-step.
template <class Model>
concept HasPosteriorOfOne = requires(const Model& model, const PreparedOf<Model>& prepared,
                                     const typename Model::Observation& observation) {
  { model.posterior(prepared, observation) } -> std::convertible_to<Eigen::VectorXd>;
};

template <class Model>
concept HasPosterior = HasPosteriorOfMany<Model> || HasPosteriorOfOne<Model>;

// sample(parameters, columns, count, random) with .rows and .labels: models of Observations and Sequences.
template <class Model>
concept Simulates = requires(const Model& model, const typename Model::Parameters& parameters, std::size_t n,
                             Random& random) {
  { model.sample(parameters, n, n, random).rows } -> std::convertible_to<RowMajorMatrix>;
  { model.sample(parameters, n, n, random).labels } -> std::convertible_to<std::vector<std::size_t>>;
};

// decode(prepared, sequences, index, how) and forecast(prepared, sequences, index, steps): models of sequences.
template <class Model>
concept Decodes = requires(const Model& model, const PreparedOf<Model>& prepared, const DataOf<Model>& data,
                           std::size_t n) {
  { model.decode(prepared, data, n, Decoding::posterior) } -> std::convertible_to<Decoded>;
  { model.forecast(prepared, data, n, n) } -> std::convertible_to<Forecast>;
};

// check(data): throws DataError for cells that the model cannot have. Of many observations of a std::span it
// sees one part after the other.
template <class Model>
concept ChecksData = requires(const Model& model, const DataOf<Model>& data) {
  model.check(data);
};

// from_labels(rows, labels, weights): starts from a known division of the rows, which then are all in memory if the
// model's data are a std::span.
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

// A LatentModel over what a table can hold (Observations, Sequences, observations of <latent/record.hpp>), with its
// parameters, behind AnyModel.
template <LatentModel Model>
requires HasFields<typename Model::Parameters>
class TypedModel : public AnyModel {
 public:
  using Parameters = typename Model::Parameters;

  // `shape` makes parameters of the shape that this model has, of any value, which hold `size` numbers (0: not known);
  // vectors and lists that are empty in it may have any size. `options`: as they stand in the model file. `components`:
  // 0 if only a posterior tells. `levels`: see AnyModel.
  TypedModel(Model model, std::function<Parameters()> shape, double size, Json options, std::size_t columns,
             std::size_t components, DataNeeds needs = {}, std::vector<std::vector<std::string>> levels = {})
      : model_(std::move(model)),
        shape_(std::move(shape)),
        size_(size),
        options_(std::move(options)),
        columns_(columns),
        components_(components),
        needs_(std::move(needs)),
        levels_(std::move(levels)) {}

  std::size_t columns() const override { return columns_; }
  std::size_t components() const override { return components_; }
  Json options() const override { return options_; }
  DataNeeds needs() const override { return needs_; }
  const std::vector<std::vector<std::string>>& levels() const override { return levels_; }

  void set_parameters(const Json& parameters) override {
    refuse_what_is_too_small(parameters);
    Parameters read = shape_();
    from_json(parameters, read, "parameters.");
    refuse_unknown_keys(parameters, to_json(read), "parameters.");
    parameters_ = std::move(read);
  }

  FitReport fit(const RowData& data, const FitOptions& options, const StartFrom& start) override {
    const BoundSample<DataOf<Model>> sample(data);
    check(sample->observations);
    Fitted<Model> fitted = fit_from_start(*sample, options, start);
    parameters_ = std::move(fitted.parameters);
    return {std::move(fitted.summary), std::move(fitted.trace)};
  }

  Json draw_start(const RowData& data, std::uint64_t seed, std::size_t index) const override {
    const BoundSample<DataOf<Model>> sample(data);
    sample->validate();
    check(sample->observations);
    if constexpr (Initializes<Model>) {
      return to_json(latent::draw_start(model_, *sample, seed, index));
    } else {
      return to_json(Parameters{});
    }
  }

  Conformance check(const RowData& data, const ConformanceOptions& options) const override {
    const BoundSample<DataOf<Model>> sample(data);
    check(sample->observations);
    Conformance found = check_conformance(model_, *sample, options);
    if constexpr (HasPosterior<Model> && Initializes<Model>) {
      const std::size_t count = std::min(sample->size(), options.observations);
      const PreparedOf<Model> prepared = prepare(model_, latent::draw_start(model_, *sample, options.seed, 0));
      SeenData<DataOf<Model>> seen;
      found.checks.push_back(check_posterior(
          posterior_of(prepared, seen.of(sample->observations.subspan(0, count))).responsibilities, components_));
    }
    return found;
  }

  Json parameters() const override { return to_json(at()); }
  std::size_t free_parameters() const override { return free_parameters_of(model_, at()); }

  bool has_posterior() const override { return HasPosterior<Model> || Decodes<Model>; }

  void predict(const RowData& data, Decoding decoding, const PredictionVisitor& visit) const override {
    const BoundSample<DataOf<Model>> sample(data);
    check(sample->observations);
    const PreparedOf<Model> prepared = prepare(model_, at());
    if constexpr (Decodes<Model>) {
      for (std::size_t i = 0; i < sample->size(); ++i) {
        Decoded decoded = model_.decode(prepared, sample->observations, i, decoding);
        visit(sample->observations.begin(i), {std::move(decoded.probabilities), std::move(decoded.states),
                                              Eigen::VectorXd::Constant(1, decoded.log_likelihood)});
      }
    } else if constexpr (HasPosterior<Model>) {
      if (decoding != Decoding::posterior) {
        throw OptionError(std::string("decode is '") + name_of(decoding) +
                          "', of observations that are independent there is only posterior");
      }
      for_each_part(sample->observations, [&](std::size_t first, const DataOf<Model>& part) {
        Posterior posterior = posterior_of(prepared, part);
        std::vector<std::size_t> labels = largest_of_rows(posterior.responsibilities);
        visit(first, {std::move(posterior.responsibilities), std::move(labels), std::move(posterior.log_likelihoods)});
      });
    } else {
      throw Error("this model has no posterior to predict with");
    }
  }

  void score(const RowData& data, const PredictionVisitor& visit) const override {
    if constexpr (HasPosteriorOfMany<Model> || Decodes<Model>) {
      predict(data, Decoding::posterior, visit);
    } else {
      const BoundSample<DataOf<Model>> sample(data);
      check(sample->observations);
      const PreparedOf<Model> prepared = prepare(model_, at());
      for_each_part(sample->observations, [&](std::size_t first, const DataOf<Model>& part) {
        visit(first, {{}, {}, log_likelihoods_of(prepared, part)});
      });
    }
  }

  double log_likelihood(const RowData& data) const override {
    const BoundSample<DataOf<Model>> sample(data);
    check(sample->observations);
    return latent::log_likelihood(model_, at(), *sample);
  }

  Certificate certify(const RowData& data, const FitOptions& options) const override {
    const BoundSample<DataOf<Model>> sample(data);
    check(sample->observations);
    return arena_of(options.threads).execute([&] {
      return latent::certify(model_, *sample, at(), {}, options.tolerance, options.execution);
    });
  }

  void simulate(std::size_t count, Random& random, const SimulationVisitor& visit) const override {
    if constexpr (Simulates<Model>) {
      // Independent rows come some at a time; a sequence is one.
      const std::size_t step = std::same_as<DataOf<Model>, Observations> ? std::size_t{4096} : count;
      for (std::size_t first = 0; first < count; first += step) {
        auto drawn = model_.sample(at(), columns_, std::min(step, count - first), random);
        visit({std::move(drawn.rows), std::move(drawn.labels)});
      }
    } else if constexpr (Draws<Model>) {
      constexpr std::size_t at_once = 4096;
      for (std::size_t first = 0; first < count; first += at_once) {
        visit(drawn_observations(std::min(at_once, count - first), random));
      }
    } else {
      throw Error("this model cannot be sampled from");
    }
  }

  std::vector<Forecast> forecast(const RowData& data, std::size_t steps) const override {
    if constexpr (Decodes<Model>) {
      const BoundSample<DataOf<Model>> sample(data);
      check(sample->observations);
      const PreparedOf<Model> prepared = prepare(model_, at());
      std::vector<Forecast> forecasts;
      for (std::size_t i = 0; i < sample->size(); ++i) {
        forecasts.push_back(model_.forecast(prepared, sample->observations, i, steps));
      }
      return forecasts;
    } else {
      throw Error("this model has no sequences to forecast");
    }
  }

  double posterior_entropy(const RowData& data, const FitOptions& options) const override {
    if constexpr (HasPosterior<Model>) {
      const BoundSample<DataOf<Model>> sample(data);
      const PreparedOf<Model> prepared = prepare(model_, at());
      const auto sum_range = [&](std::size_t first, std::size_t count) {
        return entropy_of(prepared, sample->subspan(first, count));
      };
      constexpr std::size_t grain = 512;
      const SumTree tree{sample->size(), leaf_count(sample->size(), grain, sizeof(double))};
      return arena_of(options.threads).execute([&] {
        return sum_of_numbers(options.execution.get(), tree, sum_range);
      });
    } else {
      return std::numeric_limits<double>::quiet_NaN();
    }
  }

  std::size_t observations(const RowData& data) const override {
    return needs_.sequences || needs_.groups ? Sequences(data.rows, data.sequence_begins).size() : data.rows.size();
  }

  SumTree sum_tree(std::size_t observations) const override {
    return latent::sum_tree(model_, empty_statistics(model_, prepare(model_, at())), observations);
  }

  std::vector<NodeSum> node_sums(const RowData& data, const SumTree& tree, std::size_t first,
                                 std::optional<std::size_t> threads) const override {
    if constexpr (HasFields<typename Model::Statistics>) {
      const BoundSample<DataOf<Model>> sample(data);
      check(sample->observations);
      return arena_of(threads).execute([&] { return latent::node_sums(model_, at(), *sample, tree, first); });
    } else {
      throw Error(needs_fields);
    }
  }

  std::vector<double> add_sums(std::span<const double> into, std::span<const double> other) const override {
    std::vector<double> numbers;
    if constexpr (HasFields<typename Model::Statistics>) {
      Expectation<Model> sum = from_sums(into);
      merge(sum, from_sums(other));
      append_numbers(sum, numbers);
    }
    return numbers;
  }

  MStep maximize(std::span<const double> sums) override {
    MStep step;
    if constexpr (HasFields<typename Model::Statistics>) {
      const Expectation<Model> expectation = from_sums(sums);
      step.log_likelihood = step.objective = expectation.log_likelihood;
      if constexpr (HasLogPrior<Model>) step.objective += model_.log_prior(at());
      parameters_ = latent::maximize(model_, expectation.statistics, at(), step.notes);
    }
    return step;
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

  static constexpr const char* needs_fields = "this model's Statistics have no fields(), which sums in files need";
  Expectation<Model> from_sums(std::span<const double> sums) const requires HasFields<typename Model::Statistics> {
    return expectation_of<Model>(sums, empty_statistics(model_, prepare(model_, at())));
  }

  // A slip of the hand in the options must not fill the memory before the shape of the first key is looked at.
  void refuse_what_is_too_small(const Json& parameters) const {
    constexpr double harmless = 1e6;
    const std::size_t found = count_values(parameters);
    if (size_ <= harmless || static_cast<double>(found) >= size_) return;
    throw ModelError("key \"parameters\" holds " + count_of(found, "number") + ", by the options it must hold " +
                     rounded(size_));
  }

  void check(const HeldData<DataOf<Model>>& data) const {
    if constexpr (ChecksData<Model>) {
      for_each_chunk(data, [this](std::size_t, const DataOf<Model>& chunk) { model_.check(chunk); });
    }
  }

  Fitted<Model> fit_from_start(const Sample<DataOf<Model>>& sample, const FitOptions& options, const StartFrom& start) {
    if (start.parameters) {
      set_parameters(*start.parameters);
      return latent::fit(model_, sample, at(), options);
    }
    if (start.labels.empty()) return latent::fit(model_, sample, options);
    if constexpr (StartsFromLabels<Model>) {
      SeenData<DataOf<Model>> seen;
      return latent::fit(model_, sample, model_.from_labels(seen.of(sample.observations), start.labels, sample.weights),
                         options);
    } else {
      throw Error("this model cannot start from labels");
    }
  }

  static tbb::task_arena arena_of(std::optional<std::size_t> threads) {
    const std::size_t there = tbb::global_control::active_value(tbb::global_control::max_allowed_parallelism);
    return tbb::task_arena(static_cast<int>(std::min(threads.value_or(there), there)));
  }

  static std::vector<std::size_t> largest_of_rows(const RowMajorMatrix& rows) {
    std::vector<std::size_t> largest;
    largest.reserve(static_cast<std::size_t>(rows.rows()));
    for (const auto& row : rows.rowwise()) {
      Eigen::Index at = 0;
      row.maxCoeff(&at);
      largest.push_back(static_cast<std::size_t>(at));
    }
    return largest;
  }

  struct Posterior {
    RowMajorMatrix responsibilities;
    Eigen::VectorXd log_likelihoods;
  };

  Posterior posterior_of(const PreparedOf<Model>& prepared,
                         const DataOf<Model>& part) const requires HasPosterior<Model> {
    if constexpr (HasPosteriorOfMany<Model>) {
      auto posterior = model_.posterior(prepared, part);
      return {std::move(posterior.responsibilities), std::move(posterior.log_likelihoods)};
    } else {
      Posterior all;
      for (std::size_t i = 0; i < part.size(); ++i) {
        const Eigen::VectorXd one = model_.posterior(prepared, part[i]);
        if (i == 0) all.responsibilities.resize(static_cast<Eigen::Index>(part.size()), one.size());
        all.responsibilities.row(static_cast<Eigen::Index>(i)) = one;
      }
      all.log_likelihoods = log_likelihoods_of(prepared, part);
      return all;
    }
  }

  // One E-step an observation; -infinity for one that is impossible.
  Eigen::VectorXd log_likelihoods_of(const PreparedOf<Model>& prepared, const DataOf<Model>& part) const {
    Eigen::VectorXd values(static_cast<Eigen::Index>(part.size()));
    typename Model::Statistics unused = empty_statistics(model_, prepared);
    for (std::size_t i = 0; i < part.size(); ++i) {
      double& value = values[static_cast<Eigen::Index>(i)];
      try {
        value = model_.expectation(prepared, part.subspan(i, 1), unused);
      } catch (const ModelError&) {
        value = -std::numeric_limits<double>::infinity();
      }
    }
    return values;
  }

  Simulation drawn_observations(std::size_t count, Random& random) const requires Draws<Model> {
    using Observation = typename Model::Observation;
    std::vector<double> numbers;
    Simulation drawn;
    for (std::size_t i = 0; i < count; ++i) {
      const Observation one = model_.draw(at(), random);
      append_rows(one, numbers);
      if constexpr (ReadableGroup<Observation>) drawn.lengths.push_back(one.size());
    }
    const auto width = static_cast<Eigen::Index>(columns_);
    drawn.rows =
        Eigen::Map<const RowMajorMatrix>(numbers.data(), static_cast<Eigen::Index>(numbers.size()) / width, width);
    return drawn;
  }

  // visit(first, part) for parts so small that their responsibilities stay in the cache.
  template <class Visit>
  void for_each_part(const HeldData<DataOf<Model>>& rows, const Visit& visit) const {
    SeenData<DataOf<Model>> seen;
    const std::size_t step =
        std::clamp<std::size_t>((std::size_t{1} << 16) / std::max<std::size_t>(1, components_), 64, 4096);
    for (std::size_t first = 0; first < rows.size(); first += step) {
      visit(first, seen.of(rows.subspan(first, std::min(step, rows.size() - first))));
    }
  }

  double entropy_of(const PreparedOf<Model>& prepared,
                    const Sample<DataOf<Model>>& sample) const requires HasPosterior<Model> {
    double entropy = 0;
    for_each_part(sample.observations, [&](std::size_t first, const DataOf<Model>& part) {
      Posterior posterior = posterior_of(prepared, part);
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
  DataNeeds needs_;
  std::vector<std::vector<std::string>> levels_;
};

}  // namespace latent
