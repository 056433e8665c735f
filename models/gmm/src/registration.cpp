#include <memory>
#include <string>
#include <utility>

#include <latent/components/column_moments.hpp>
#include <latent/error.hpp>
#include <latent/gmm/gaussian_mixture.hpp>
#include <latent/gmm/registration.hpp>
#include <latent/text.hpp>
#include <latent/typed_model.hpp>

namespace latent {
namespace {

GaussianRegularization regularization_of(const OptionTexts& options) {
  const std::string& text = options.text("regularization");
  if (text == "auto") return {};
  if (text == "none") return {.floor = 0};
  GaussianRegularization regularization;
  try {
    regularization.floor = options.real_number("regularization");
  } catch (const OptionError&) {
    throw OptionError("regularization is '" + text + "', it must be auto, none, or a number from 0 to below 1");
  }
  regularization.validate();
  return regularization;
}

// Fraley & Raftery's default prior needs the moments of the data.
std::optional<GaussianPrior> prior_of(const std::string& text, std::size_t components, const RowData* data) {
  if (text != "none" && text != "conjugate") throw OptionError("prior is '" + text + "', it must be none or conjugate");
  if (text == "none" || !data) return std::nullopt;
  const auto [mean, covariance] = mean_and_covariance(data->rows, data->weights);
  return GaussianPrior::for_data(mean, covariance, components);
}

// `covariance_size`: how many numbers the covariances are, for K components of D columns.
template <class Gaussians>
std::unique_ptr<AnyModel> make_mixture(const OptionTexts& options, std::size_t columns, const RowData* data,
                                       double (*covariance_size)(double components, double columns)) {
  GaussianMixture<Gaussians> model;
  model.components = options.whole_number("components", 1);
  if (data && data->rows.size() < model.components) {
    throw DataError("has " + count_of(data->rows.size(), "row") + ", too few for " +
                    count_of(model.components, "component"));
  }
  model.start = mixture_start(options.text("start"));
  model.bank.regularization = regularization_of(options);
  model.bank.prior = prior_of(options.text("prior"), model.components, data);
  const Json stored{
      {"components", model.components}, {"dimensions", columns}, {"covariance", options.text("covariance")}};

  using Parameters = typename GaussianMixture<Gaussians>::Parameters;
  const auto shape = [bank = model.bank, count = model.components, columns]() -> Parameters {
    const RowMajorMatrix one_row = RowMajorMatrix::Zero(1, static_cast<Eigen::Index>(columns));
    const auto size = static_cast<Eigen::Index>(count);
    return {Eigen::VectorXd::Constant(size, 1 / static_cast<double>(count)), bank.pooled(one_row, {}, count)};
  };
  const auto k = static_cast<double>(model.components), d = static_cast<double>(columns);
  return std::make_unique<TypedModel<GaussianMixture<Gaussians>>>(model, shape, k + k * d + covariance_size(k, d),
                                                                  stored, columns, model.components);
}

// From the run-time name of a covariance structure to its type: here, once.
std::unique_ptr<AnyModel> make(const OptionTexts& options, std::size_t columns, const RowData* data) {
  const std::string& covariance = options.text("covariance");
  if (covariance == "full") {
    return make_mixture<FullGaussians>(options, columns, data, [](double k, double d) { return k * d * d; });
  }
  if (covariance == "tied") {
    return make_mixture<TiedGaussians>(options, columns, data, [](double, double d) { return d * d; });
  }
  if (covariance == "diagonal") {
    return make_mixture<DiagonalGaussians>(options, columns, data, [](double k, double d) { return k * d; });
  }
  if (covariance == "spherical") {
    return make_mixture<SphericalGaussians>(options, columns, data, [](double k, double) { return k; });
  }
  throw OptionError("covariance is '" + covariance + "', it must be full, tied, diagonal or spherical");
}

}  // namespace

ModelEntry gaussian_mixture_entry() {
  return {"gmm",
          "mixture of Gaussians",
          {{"components", "K", "number of Gaussians"},
           {"covariance", "SHAPE", "of the covariances: full, tied (one for all), diagonal, or spherical", "full"},
           {"start", "HOW",
            "kmeans++ (then k-means), points (nearest of K random rows), random (responsibilities), or the "
            "FILE of a fitted or hand-written model",
            name_of(MixtureStart::kmeans_plus_plus)},
           {"regularization", "R",
            "least variance in any direction, relative to that of the data: auto (" +
                rounded(GaussianRegularization{}.floor) + "), none, or a number",
            "auto"},
           {"prior", "PRIOR", "none, or conjugate (normal-inverse-Wishart, Fraley & Raftery 2007)", "none"}},
          make};
}

}  // namespace latent
