#pragma once

#include <concepts>
#include <cstddef>
#include <span>
#include <type_traits>

#include <latent/algebra.hpp>
#include <latent/member_names.hpp>
#include <latent/notes.hpp>
#include <latent/observations.hpp>
#include <latent/random.hpp>

// What EM needs of a model. This header is the whole manual of a plugin.
//
// You write a copyable type with
//
//   struct Parameters { ... };          what EM estimates: a plain value
//   struct Statistics { ... };          the expected sufficient statistics: a plain value that adds up over observations
//   using Observation = ...;            one independent observation: a row, a group of rows, a series; the data are then
//                                       a std::span<const Observation>. Or  using Data = ...;  for data of another form:
//                                       latent::Observations, a matrix; latent::Sequences, a matrix cut into series
//   double expectation(const Parameters&, Data block, Statistics& sums) const;
//                                       E-step: adds to `sums` what the block says about the hidden variables; returns
//                                       the block's observed-data log-likelihood
//   Parameters maximization(const Statistics& sums, const Parameters& current) const;
//                                       M-step: the parameters that maximise the expected complete-data log-likelihood
//
// A block may be any part of the data: those that do not fit into memory are read as the E-step needs them, a few
// thousand observations of a span at a time, and a model need not know.
//
// What no concept can check: the E-step changes nothing but `sums`; the sums and the log-likelihood of two parts of the
// data add up to those of the whole; the M-step never lowers the expected complete-data log-likelihood. Sums of E-steps
// at different parameters may be added up too (incremental and online EM), so `current` only says what the sums do not.
// latent::check_conformance(model, data) checks that at run time (<latent/conformance.hpp>).
//
// You get latent::fit(model, data) with its driver, parallel sums, stopping rules, verdicts and traces
// (<latent/fit.hpp>). Every member below is optional and unlocks more:
//
//   fields() on Parameters              acceleration, parameter change as a stop rule, free-parameter count (AIC, BIC), vectors, files
//   fields() on Statistics              parallel sums (else one thread adds up all), weights; or add(other, factor) and
//                                       scale(factor), if the sum is not that of the numbers
//   Statistics statistics(const Parameters&) const
//                                       an empty sum of the right shape, when Statistics{} is not one (of a Prepared, if
//                                       there is one)
//   Parameters initialize(Data, Random&) const
//                                       random starts; without it a fit starts at Parameters{}, which must exist in
//                                       either case. Of a span of more than 2^17 observations it sees so many, evenly
//                                       spaced, as vary does
//   Parameters vary(const Parameters&, Data, std::size_t index, Random&, Weights) const
//                                       another start near a solution, of many different ones the one with that index:
//                                       rounds of variations of the best (for a mixture: merge two components and split
//                                       one)
//   Prepared prepare(const Parameters&) const
//                                       work done once per E-step; `expectation` then takes a Prepared
//   double log_prior(const Parameters&) const
//                                       maximum a posteriori: the objective becomes log-likelihood + log-prior
//   double expected_log_likelihood(const Statistics& sums, const Parameters& at) const
//                                       Q: the expected complete-data log-likelihood at `at` given the sums, without
//                                       log_prior, up to what depends on the sums alone. The conformance kit
//                                       (<latent/conformance.hpp>) then checks the M-step and the E-step by derivatives
//   static constexpr bool generalized_maximization = true;
//                                       the M-step raises Q (with log_prior), but need not maximise it (generalised EM,
//                                       Dempster, Laird & Rubin 1977, section 1)
//   Observation draw(const Parameters&, Random&) const
//                                       a random observation, of models whose data are a span of Observation
//   std::size_t free_parameters(const Parameters&) const
//                                       their number, if it is not what the constraints of fields() make it
//   Parameters admissible(const Parameters&) const
//                                       parameters that satisfy what the constraints of fields() cannot say (an initial
//                                       distribution that is the stationary one of the transitions), from some that may
//                                       not: what an accelerator proposes goes through it
//   Model tempered(double power) const  the model with posteriors to that power, between 0 and 1: deterministic annealing
//   std::size_t grain() const           how many observations make a task worth a thread (default 512)
//   std::size_t enough() const          how many observations tell good starts from bad ones, if that is more than
//                                       FitOptions::search_observations
//   posterior, sample, from_labels, outlines, densities
//                                       prediction, simulation, starts from classes, pictures: <latent/typed_model.hpp>
//
// These names are kept for these members: one that cannot be called as described does not compile with fit
// (<latent/optional_members.hpp>).
//
// Three functions may take one argument more, which then must have a default:
//
//   expectation(parameters, block, sums, Weights weights = {})
//                                       weights of the block's observations, empty: all one. Without it the framework
//                                       scales each observation's own statistics: right, but slower
//   initialize(data, random, Weights weights = {})
//   maximization(sums, current, Notes notes = {})
//                                       where to say what a person should know of this step
//
// A step that cannot be done (a covariance with no inverse and no regularisation to mend it) throws latent::ModelError;
// the fit then ends with the verdict `degenerate` and the parameters before that step.

namespace latent {

template <class Model>
concept HasParameters = std::copyable<typename Model::Parameters>;

template <class Model>
concept HasStatistics = std::copyable<typename Model::Statistics>;

// The data of a model: what it calls Data, or a span of what it calls Observation.
template <class Model>
struct DataOfModel {};
template <class Model>
requires requires { typename Model::Data; }
struct DataOfModel<Model> {
  using type = typename Model::Data;
};
template <class Model>
requires requires { typename Model::Observation; }
struct DataOfModel<Model> {
  static_assert(!std::same_as<typename Model::Observation, bool>,
                "the model's Observation is bool, of which std::vector makes no array: use unsigned char");
  using type = std::span<const typename Model::Observation>;
};
template <class Model>
using DataOf = typename DataOfModel<Model>::type;

// A set of independent observations that can be cut into blocks, each again such a set: std::span, Observations.
template <class Data>
concept ObservationSet = std::copyable<Data> && requires(const Data& data, std::size_t n) {
  { data.size() } -> std::convertible_to<std::size_t>;
  { data.subspan(n, n) } -> std::convertible_to<Data>;
};

template <class Model>
concept HasData = ObservationSet<DataOf<Model>>;

template <class Model>
concept Prepares = requires(const Model& model, const typename Model::Parameters& parameters) {
  model.prepare(parameters);
};

// A member `prepare` that cannot be called as documented would be ignored, and `expectation` not be found for it.
LATENT_MEMBER_NAME(MentionsPrepare, prepare)

template <class Model>
concept PrepareAsDocumented = !MentionsPrepare<Model> || Prepares<Model>;

template <class Model>
struct PreparedOfModel {
  using type = typename Model::Parameters;
};
template <Prepares Model>
struct PreparedOfModel<Model> {
  using type = std::remove_cvref_t<decltype(std::declval<const Model&>().prepare(
      std::declval<const typename Model::Parameters&>()))>;
};
template <class Model>
using PreparedOf = typename PreparedOfModel<Model>::type;

template <class Model>
concept HasExpectation = requires(const Model& model, const PreparedOf<Model>& prepared, const DataOf<Model>& block,
                                  typename Model::Statistics& sums) {
  { model.expectation(prepared, block, sums) } -> std::convertible_to<double>;
};

template <class Model>
concept HasMaximization = requires(const Model& model, const typename Model::Statistics& sums,
                                   const typename Model::Parameters& current) {
  { model.maximization(sums, current) } -> std::convertible_to<typename Model::Parameters>;
};

template <class Model>
concept LatentModel = std::copyable<Model> && HasParameters<Model> && HasStatistics<Model> && HasData<Model> &&
    PrepareAsDocumented<Model> && HasExpectation<Model> && HasMaximization<Model>;

// --- what a model may also have -------------------------------------------------------------------------------------

template <class Model>
concept TakesWeights = requires(const Model& model, const PreparedOf<Model>& prepared, const DataOf<Model>& block,
                                typename Model::Statistics& sums, Weights weights) {
  { model.expectation(prepared, block, sums, weights) } -> std::convertible_to<double>;
};

template <class Model>
concept ShapesStatistics = requires(const Model& model, const PreparedOf<Model>& prepared) {
  { model.statistics(prepared) } -> std::convertible_to<typename Model::Statistics>;
};

template <class Model>
concept Initializes = requires(const Model& model, const DataOf<Model>& data, Random& random) {
  { model.initialize(data, random) } -> std::convertible_to<typename Model::Parameters>;
};

template <class Model>
concept InitializesWithWeights = requires(const Model& model, const DataOf<Model>& data, Random& random,
                                          Weights weights) {
  { model.initialize(data, random, weights) } -> std::convertible_to<typename Model::Parameters>;
};

template <class Model>
concept Varies = requires(const Model& model, const typename Model::Parameters& parameters, const DataOf<Model>& data,
                          std::size_t index, Random& random, Weights weights) {
  { model.vary(parameters, data, index, random, weights) } -> std::convertible_to<typename Model::Parameters>;
};

template <class Model>
concept TakesNotes = requires(const Model& model, const typename Model::Statistics& sums,
                              const typename Model::Parameters& current, Notes notes) {
  { model.maximization(sums, current, notes) } -> std::convertible_to<typename Model::Parameters>;
};

template <class Model>
concept HasLogPrior = requires(const Model& model, const typename Model::Parameters& parameters) {
  { model.log_prior(parameters) } -> std::convertible_to<double>;
};

template <class Model>
concept HasExpectedLogLikelihood = requires(const Model& model, const typename Model::Statistics& sums,
                                            const typename Model::Parameters& at) {
  { model.expected_log_likelihood(sums, at) } -> std::convertible_to<double>;
};

template <class Model>
concept MaximizesInPart = requires {
  requires Model::generalized_maximization;
};

template <class Model>
concept Draws = requires(const Model& model, const typename Model::Parameters& parameters, Random& random) {
  { model.draw(parameters, random) } -> std::convertible_to<typename Model::Observation>;
};

// sample(parameters, columns, count, random) with .rows.
template <class Model>
concept SamplesRows = requires(const Model& model, const typename Model::Parameters& parameters, std::size_t n,
                               Random& random) {
  { model.sample(parameters, n, n, random).rows } -> std::convertible_to<RowMajorMatrix>;
};

template <class Model>
concept Admits = requires(const Model& model, const typename Model::Parameters& parameters) {
  { model.admissible(parameters) } -> std::convertible_to<typename Model::Parameters>;
};

template <class Model>
concept Tempers = requires(const Model& model, double power) {
  { model.tempered(power) } -> std::convertible_to<Model>;
};

template <class Model>
concept SaysEnough = requires(const Model& model) {
  { model.enough() } -> std::convertible_to<std::size_t>;
};

template <class Model>
concept CountsFreeParameters = requires(const Model& model, const typename Model::Parameters& parameters) {
  { model.free_parameters(parameters) } -> std::convertible_to<std::size_t>;
};

template <class Model>
concept HasGrain = requires(const Model& model) {
  { model.grain() } -> std::convertible_to<std::size_t>;
};

}  // namespace latent
