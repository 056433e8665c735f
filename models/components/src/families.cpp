#include <algorithm>
#include <array>
#include <cmath>

#include <latent/components/column_moments.hpp>
#include <latent/components/families.hpp>
#include <latent/error.hpp>
#include <latent/text.hpp>

namespace latent {
namespace {

constexpr std::array all_families{Family::gaussian, Family::poisson, Family::categorical, Family::bernoulli,
                                  Family::exponential};

bool complete(const Observations& rows, std::size_t row) {
  for (std::size_t j = 0; j < rows.columns(); ++j) {
    if (std::isnan(rows(row, j))) return false;
  }
  return true;
}

// Weights that leave out the rows with missing cells.
std::vector<double> weights_of_complete_rows(const RowData& data) {
  std::vector<double> weights(data.rows.size());
  for_each_piece(data.rows, [&](std::size_t first, const Observations& piece) {
    for (std::size_t i = 0; i < piece.size(); ++i) {
      if (complete(piece, i)) weights[first + i] = data.weights.empty() ? 1 : data.weights[first + i];
    }
  });
  return weights;
}

[[noreturn]] void refuse_symbols() {
  throw OptionError("symbols must be a list of one or more different texts, [\"a\", \"b\"]");
}

}  // namespace

const char* name_of(Family family) {
  switch (family) {
    case Family::gaussian: return "gaussian";
    case Family::poisson: return "poisson";
    case Family::categorical: return "categorical";
    case Family::bernoulli: return "bernoulli";
    case Family::exponential: return "exponential";
  }
  return "";
}

Family family_of(const OptionTexts& options) {
  if (!options.has("family")) return Family::gaussian;
  for (const Family family : all_families) {
    if (options.text("family") == name_of(family)) return family;
  }
  throw OptionError("family is '" + options.text("family") +
                    "', it must be gaussian, poisson, categorical, bernoulli or exponential");
}

std::vector<ModelOption> gaussian_options() {
  return {{"covariance", "SHAPE", "of the covariances: full, tied (one for all), diagonal, or spherical", "full"},
          {"regularization", "R",
           "least variance in any direction, relative to that of the data: auto (" +
               rounded(GaussianRegularization{}.floor) + "), none, or a number",
           "auto"},
          {"prior", "PRIOR", "none, or conjugate (normal-inverse-Wishart, Fraley & Raftery 2007)", "none"}};
}

std::vector<ModelOption> family_options() {
  std::vector<ModelOption> options = gaussian_options();
  options.insert(
      options.begin(),
      {"family", "FAMILY",
       "of the densities: gaussian, poisson (counts), categorical (symbols, one column), bernoulli (0 and 1), "
       "or exponential (durations)",
       name_of(Family::gaussian)});
  return options;
}

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

std::optional<GaussianPrior> prior_of(const OptionTexts& options, std::size_t components, const RowData* data) {
  const std::string& text = options.text("prior");
  if (text != "none" && text != "conjugate") throw OptionError("prior is '" + text + "', it must be none or conjugate");
  if (text == "none" || !data) return std::nullopt;
  const std::vector<double> weights = weights_of_complete_rows(*data);
  if (std::ranges::none_of(weights, [](double weight) { return weight > 0; })) {
    throw DataError("no row is without missing cells: prior conjugate has no moments to begin with");
  }
  const auto [mean, covariance] = mean_and_covariance(data->rows, weights);
  return GaussianPrior::for_data(mean, covariance, components);
}

std::vector<std::string> symbols_of(const OptionTexts& options, const RowData* data) {
  if (data) return data->levels.empty() ? std::vector<std::string>{} : data->levels.front();
  if (!options.has("symbols")) return {};
  const Json list = Json::parse(options.text("symbols"), nullptr, false);
  if (!list.is_array() || list.empty()) refuse_symbols();
  std::vector<std::string> symbols;
  for (const Json& symbol : list) {
    if (!symbol.is_string()) refuse_symbols();
    symbols.push_back(symbol.get<std::string>());
  }
  std::vector<std::string> sorted = symbols;
  std::ranges::sort(sorted);
  if (std::ranges::adjacent_find(sorted) != sorted.end()) refuse_symbols();
  return symbols;
}

std::vector<std::vector<std::string>> levels_of(const OptionTexts& options, const RowData* data) {
  if (family_of(options) != Family::categorical) return {};
  return {symbols_of(options, data)};
}

Json stored_family(const OptionTexts& options, const RowData* data) {
  Json stored = Json::object();
  const Family family = family_of(options);
  if (options.has("family")) stored["family"] = name_of(family);
  if (family == Family::gaussian) stored["covariance"] = options.text("covariance");
  if (family == Family::categorical) stored["symbols"] = symbols_of(options, data);
  return stored;
}

DataNeeds needs_of_family(const OptionTexts& options) { return {.symbols = family_of(options) == Family::categorical}; }

void require_family_options(const OptionTexts& options, std::size_t columns) {
  const Family family = family_of(options);
  if (family == Family::categorical && columns != 1) {
    throw OptionError("family is 'categorical', which takes one column, not " + std::to_string(columns));
  }
  if (family == Family::gaussian) return;
  for (const ModelOption& option : gaussian_options()) {
    if (!options.has(option.name) || options.text(option.name) == option.initial) continue;
    throw OptionError(option.name + " is '" + options.text(option.name) + "', only the family gaussian has it, not " +
                      name_of(family));
  }
}

}  // namespace latent
