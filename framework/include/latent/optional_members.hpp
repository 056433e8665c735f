#pragma once

#include <concepts>
#include <cstddef>
#include <span>
#include <vector>

#include <latent/latent_model.hpp>
#include <latent/member_names.hpp>
#include <latent/notes.hpp>
#include <latent/observations.hpp>
#include <latent/random.hpp>
#include <latent/sequences.hpp>

// A model unlocks a service by having a member, and one that cannot be called as <latent/latent_model.hpp> says would
// unlock nothing, and nobody would hear of it. So the names of optional members are kept for them: what has such a name
// must be callable with the arguments of the manual on a const model, or the model does not compile. A name that is
// misspelt cannot be found.

namespace latent {

LATENT_MEMBER_NAME(MentionsStatistics, statistics)
LATENT_MEMBER_NAME(MentionsInitialize, initialize)
LATENT_MEMBER_NAME(MentionsVary, vary)
LATENT_MEMBER_NAME(MentionsLogPrior, log_prior)
LATENT_MEMBER_NAME(MentionsExpectedLogLikelihood, expected_log_likelihood)
LATENT_MEMBER_NAME(MentionsDraw, draw)
LATENT_MEMBER_NAME(MentionsFreeParameters, free_parameters)
LATENT_MEMBER_NAME(MentionsAdmissible, admissible)
LATENT_MEMBER_NAME(MentionsTempered, tempered)
LATENT_MEMBER_NAME(MentionsGrain, grain)
LATENT_MEMBER_NAME(MentionsEnough, enough)
LATENT_MEMBER_NAME(MentionsPosterior, posterior)
LATENT_MEMBER_NAME(MentionsSample, sample)
LATENT_MEMBER_NAME(MentionsFromLabels, from_labels)

// Each: the model has no member of that name, or one as documented.
template <class Model>
concept StatisticsAsDocumented = !MentionsStatistics<Model> || ShapesStatistics<Model>;

template <class Model>
concept InitializeAsDocumented = !MentionsInitialize<Model> || Initializes<Model>;

template <class Model>
concept VaryAsDocumented = !MentionsVary<Model> || Varies<Model>;

template <class Model>
concept LogPriorAsDocumented = !MentionsLogPrior<Model> || HasLogPrior<Model>;

template <class Model>
concept ExpectedLogLikelihoodAsDocumented = !MentionsExpectedLogLikelihood<Model> || HasExpectedLogLikelihood<Model>;

// Of models whose data are a span of Observation.
template <class Model>
concept DrawAsDocumented = !MentionsDraw<Model> || !requires {
  typename Model::Observation;
}
|| Draws<Model>;

template <class Model>
concept FreeParametersAsDocumented = !MentionsFreeParameters<Model> || CountsFreeParameters<Model>;

template <class Model>
concept AdmissibleAsDocumented = !MentionsAdmissible<Model> || Admits<Model>;

template <class Model>
concept TemperedAsDocumented = !MentionsTempered<Model> || Tempers<Model>;

template <class Model>
concept GrainAsDocumented = !MentionsGrain<Model> || HasGrain<Model>;

template <class Model>
concept EnoughAsDocumented = !MentionsEnough<Model> || SaysEnough<Model>;

// The other three belong to <latent/typed_model.hpp>, which knows rows and sequences of rows; with data of another form
// a model may mean by them what it likes.
template <class Model>
concept OfRows = std::same_as<DataOf<Model>, Observations> || std::same_as<DataOf<Model>, Sequences>;

template <class Model>
concept PosteriorAsDocumented =
    !MentionsPosterior<Model> || !OfRows<Model> ||
    requires(const Model& model, const PreparedOf<Model>& prepared, const DataOf<Model>& rows) {
  { model.posterior(prepared, rows).responsibilities } -> std::convertible_to<RowMajorMatrix>;
};

template <class Model>
concept SampleAsDocumented =
    !MentionsSample<Model> || !OfRows<Model> ||
    requires(const Model& model, const typename Model::Parameters& parameters, std::size_t n, Random& random) {
  { model.sample(parameters, n, n, random).rows } -> std::convertible_to<RowMajorMatrix>;
};

template <class Model>
concept FromLabelsAsDocumented =
    !MentionsFromLabels<Model> || !OfRows<Model> ||
    requires(const Model& model, const DataOf<Model>& rows, std::span<const std::size_t> labels, Weights weights) {
  { model.from_labels(rows, labels, weights) } -> std::convertible_to<typename Model::Parameters>;
};

template <class Model>
concept OptionalMembersAsDocumented =
    PrepareAsDocumented<Model> && StatisticsAsDocumented<Model> && InitializeAsDocumented<Model> &&
    VaryAsDocumented<Model> && LogPriorAsDocumented<Model> && ExpectedLogLikelihoodAsDocumented<Model> &&
    DrawAsDocumented<Model> && FreeParametersAsDocumented<Model> && AdmissibleAsDocumented<Model> &&
    TemperedAsDocumented<Model> && GrainAsDocumented<Model> && EnoughAsDocumented<Model> &&
    PosteriorAsDocumented<Model> && SampleAsDocumented<Model> && FromLabelsAsDocumented<Model>;

// The same with a sentence for each. Not the concepts themselves, of which compilers say more than the sentence.
template <LatentModel Model>
struct OptionalMembersChecked {
  template <bool as_documented>
  static constexpr bool is = as_documented;

  static_assert(
      is<StatisticsAsDocumented<Model>>,
      "the model's member 'statistics' cannot be called as: Statistics statistics(const Parameters&) const, or "
      "of a const Prepared& if the model has prepare");
  static_assert(is<InitializeAsDocumented<Model>>,
                "the model's member 'initialize' cannot be called as: Parameters initialize(Data, Random&) const");
  static_assert(is<VaryAsDocumented<Model>>,
                "the model's member 'vary' cannot be called as: Parameters vary(const Parameters&, Data, std::size_t "
                "index, Random&, Weights) const");
  static_assert(is<LogPriorAsDocumented<Model>>,
                "the model's member 'log_prior' cannot be called as: double log_prior(const Parameters&) const");
  static_assert(
      is<ExpectedLogLikelihoodAsDocumented<Model>>,
      "the model's member 'expected_log_likelihood' cannot be called as: double expected_log_likelihood(const "
      "Statistics& sums, const Parameters& at) const");
  static_assert(is<DrawAsDocumented<Model>>,
                "the model's member 'draw' cannot be called as: Observation draw(const Parameters&, Random&) const");
  static_assert(is<FreeParametersAsDocumented<Model>>,
                "the model's member 'free_parameters' cannot be called as: std::size_t free_parameters(const "
                "Parameters&) const");
  static_assert(is<AdmissibleAsDocumented<Model>>,
                "the model's member 'admissible' cannot be called as: Parameters admissible(const Parameters&) const");
  static_assert(is<TemperedAsDocumented<Model>>,
                "the model's member 'tempered' cannot be called as: Model tempered(double power) const");
  static_assert(is<GrainAsDocumented<Model>>,
                "the model's member 'grain' cannot be called as: std::size_t grain() const");
  static_assert(is<EnoughAsDocumented<Model>>,
                "the model's member 'enough' cannot be called as: std::size_t enough() const");
  static_assert(
      is<PosteriorAsDocumented<Model>>,
      "the model's member 'posterior' cannot be called as: posterior(const Parameters&, Data rows) const, or of "
      "a const Prepared& if the model has prepare, with .responsibilities");
  static_assert(is<SampleAsDocumented<Model>>,
                "the model's member 'sample' cannot be called as: sample(const Parameters&, std::size_t columns, "
                "std::size_t count, Random&) const, with .rows");
  static_assert(
      is<FromLabelsAsDocumented<Model>>,
      "the model's member 'from_labels' cannot be called as: Parameters from_labels(Data rows, std::span<const "
      "std::size_t> labels, Weights) const");
};

}  // namespace latent
