#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include <latent/any_model.hpp>
#include <latent/components/bernoulli.hpp>
#include <latent/components/categorical.hpp>
#include <latent/components/exponential.hpp>
#include <latent/components/gaussian_diagonal.hpp>
#include <latent/components/gaussian_full.hpp>
#include <latent/components/gaussian_regularization.hpp>
#include <latent/components/gaussian_spherical.hpp>
#include <latent/components/gaussian_tied.hpp>
#include <latent/components/poisson.hpp>
#include <latent/row_data.hpp>

// From the options of a model to the type of its bank: here, once, for all models over banks.

namespace latent {

enum class Family { gaussian, poisson, categorical, bernoulli, exponential };
const char* name_of(Family family);
// Of option "family"; gaussian if there is none. Throws OptionError.
Family family_of(const OptionTexts& options);

// covariance, regularization, prior.
std::vector<ModelOption> gaussian_options();
// family and those of the Gaussians.
std::vector<ModelOption> family_options();

GaussianRegularization regularization_of(const OptionTexts& options);
// The default prior of Fraley & Raftery (2007), which needs the moments of the data (those of the rows without missing
// cells); nothing if data is null, or the option says none.
std::optional<GaussianPrior> prior_of(const OptionTexts& options, std::size_t components, const RowData* data);

// What the cells 0, 1, ... stand for: as the data say, or, if data is null, option "symbols", a JSON list of texts as
// in a model file. Empty if neither says anything. Throws OptionError.
std::vector<std::string> symbols_of(const OptionTexts& options, const RowData* data);

// The same as the levels of the columns (AnyModel); none for a family of numbers.
std::vector<std::vector<std::string>> levels_of(const OptionTexts& options, const RowData* data);

// The options of the family as they stand in a model file: "family" if it was an option, "covariance" of Gaussians,
// "symbols" of a categorical family.
Json stored_family(const OptionTexts& options, const RowData* data);

// How such a family wants its data read.
DataNeeds needs_of_family(const OptionTexts& options);

// Throws OptionError if the family cannot take these options or that many columns.
void require_family_options(const OptionTexts& options, std::size_t columns);

// visit(bank, numbers) with a Gaussian bank; see visit_bank.
template <class Visit>
auto visit_gaussians(const OptionTexts& options, std::size_t columns, const RowData* data, std::size_t components,
                     const Visit& visit) {
  const auto visit_as = [&](auto bank, double covariance_numbers) {
    bank.regularization = regularization_of(options);
    bank.prior = prior_of(options, components, data);
    return visit(bank, static_cast<double>(components) * static_cast<double>(columns) + covariance_numbers);
  };
  const std::string& covariance = options.text("covariance");
  const auto k = static_cast<double>(components), d = static_cast<double>(columns);
  if (covariance == "full") return visit_as(FullGaussians{}, k * d * d);
  if (covariance == "tied") return visit_as(TiedGaussians{}, d * d);
  if (covariance == "diagonal") return visit_as(DiagonalGaussians{}, k * d);
  if (covariance == "spherical") return visit_as(SphericalGaussians{}, k);
  throw OptionError("covariance is '" + covariance + "', it must be full, tied, diagonal or spherical");
}

// visit(bank, numbers) with a bank of a family that is not Gaussian; see visit_bank.
template <class Visit>
auto visit_other_family(const OptionTexts& options, std::size_t columns, const RowData* data, std::size_t components,
                        const Visit& visit) {
  const auto k = static_cast<double>(components), d = static_cast<double>(columns);
  switch (family_of(options)) {
    case Family::bernoulli: return visit(BernoulliBank{}, k * d);
    case Family::exponential: return visit(ExponentialBank{}, k * d);
    case Family::categorical: {
      const std::size_t symbols = symbols_of(options, data).size();
      return visit(CategoricalBank{.symbols = symbols}, k * static_cast<double>(symbols));
    }
    default: return visit(PoissonBank{}, k * d);
  }
}

// Returns visit(bank, numbers) with a bank of the family that the options say, ready for use, and how many numbers its
// parameters hold for that many components and columns. `data` may be null: the bank then has no prior that needs them.
// visit returns the same type for every bank. Throws OptionError.
template <class Visit>
auto visit_bank(const OptionTexts& options, std::size_t columns, const RowData* data, std::size_t components,
                const Visit& visit) {
  require_family_options(options, columns);
  return family_of(options) == Family::gaussian ? visit_gaussians(options, columns, data, components, visit)
                                                : visit_other_family(options, columns, data, components, visit);
}

}  // namespace latent
