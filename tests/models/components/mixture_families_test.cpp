#include <latent/components/bank_entry.hpp>
#include <latent/components/families.hpp>
#include <latent/components/mixture.hpp>
#include <latent/components/registration.hpp>
#include <latent/error.hpp>
#include <latent/fit.hpp>
#include <latent/fit_options.hpp>

#include "support/tolerances.hpp"

// From option texts to banks, and the mixture that programs know by name.

namespace {

using Texts = std::map<std::string, std::string>;

// The options of a mixture of 2, with defaults for what is not given.
latent::OptionTexts options_with(const Texts& given) {
  Texts texts{{"components", "2"}};
  for (const latent::ModelOption& option : latent::mixture_entry().options) {
    if (!option.initial.empty()) texts[option.name] = option.initial;
  }
  for (const auto& [name, text] : given) texts[name] = text;
  return latent::OptionTexts(texts);
}

std::string error_of(const Texts& given, std::size_t columns = 2) {
  try {
    latent::mixture_entry().make(options_with(given), latent::TableColumns(columns), nullptr);
  } catch (const latent::OptionError& error) {
    return error.what();
  }
  return "no error";
}

// 60 rows of cells that every numeric family takes, in two groups.
latent::RowMajorMatrix binary_rows() {
  latent::RowMajorMatrix rows(60, 2);
  for (Eigen::Index n = 0; n < 60; ++n) {
    rows(n, 0) = n % 7 < 3 ? 1 : 0;
    rows(n, 1) = n % 7 < 2 || n % 11 == 0 ? 1 : 0;
  }
  return rows;
}

}  // namespace

TEST_SUITE("models/components/families") {
  TEST_CASE("visit_bank: gives the bank that the options say and the count of its numbers") {
    const auto visited = [](const Texts& given, std::size_t columns) {
      return latent::visit_bank(options_with(given), columns, nullptr, 2, [&](const auto& bank, double numbers) {
        const auto parameters = latent::parameters_of_shape(bank, columns, 2);
        std::size_t found = 0;
        latent::for_each_field(parameters, [&](const std::string&, const auto& value, const latent::Constraint&) {
          found += latent::numbers_of(value).size();
        });
        CHECK(static_cast<double>(found) == numbers);
        return latent::to_json(parameters).begin().key() + " " + std::to_string(found);
      });
    };
    CHECK(visited({}, 3) == "means 24");
    CHECK(visited({{"covariance", "tied"}}, 3) == "means 15");
    CHECK(visited({{"covariance", "diagonal"}}, 3) == "means 12");
    CHECK(visited({{"covariance", "spherical"}}, 3) == "means 8");
    CHECK(visited({{"family", "poisson"}}, 3) == "rates 6");
    CHECK(visited({{"family", "exponential"}}, 3) == "rates 6");
    CHECK(visited({{"family", "bernoulli"}}, 3) == "probabilities 6");
    CHECK(visited({{"family", "categorical"}, {"symbols", R"(["a", "b", "c", "7"])"}}, 1) == "probabilities 8");
  }

  TEST_CASE("family_options: options that a family cannot take are refused by name") {
    CHECK(error_of({{"family", "poison"}}) ==
          "family is 'poison', it must be gaussian, poisson, categorical, bernoulli or exponential");
    CHECK(error_of({{"family", "poisson"}, {"covariance", "tied"}}) ==
          "covariance is 'tied', only the family gaussian has it, not poisson");
    CHECK(error_of({{"family", "bernoulli"}, {"prior", "conjugate"}}) ==
          "prior is 'conjugate', only the family gaussian has it, not bernoulli");
    CHECK(error_of({{"family", "categorical"}}) == "family is 'categorical', which takes one column, not 2");
    CHECK(error_of({{"covariance", "round"}}) == "covariance is 'round', it must be full, tied, diagonal or spherical");
    CHECK(error_of({{"regularization", "2"}}) ==
          "regularization is 2, it must be auto, none, or a number from 0 to below 1");
    CHECK(error_of({{"family", "poisson"}}) == "no error");
    CHECK(error_of({{"family", "categorical"}}, 1) == "no error");  // before there are data: which symbols is not known
  }

  TEST_CASE("symbols_of: texts of the data or of a file, where numbers between quotes stay texts") {
    const std::vector<std::string> own{"x", "y"};
    const std::vector<std::vector<std::string>> levels{own};
    const latent::RowData data{.levels = levels};
    const auto options = options_with({{"symbols", R"(["10", "2", "b c"])"}});
    CHECK(latent::symbols_of(options, &data) == own);
    CHECK(latent::symbols_of(options, nullptr) == std::vector<std::string>{"10", "2", "b c"});
    CHECK(latent::symbols_of(options_with({}), nullptr).empty());
    for (const char* const wrong : {"a,b", "[]", "{}", "[1, 2]", R"(["a", "a"])"}) {
      CHECK_THROWS_WITH_AS(latent::symbols_of(options_with({{"symbols", wrong}}), nullptr),
                           "symbols must be a list of one or more different texts, [\"a\", \"b\"]",
                           latent::OptionError);
    }
  }

  TEST_CASE("mixture_entry: every family is fitted, written, and read again to the same likelihood") {
    const latent::RowMajorMatrix rows = binary_rows(), column = rows.col(0);
    const std::vector<std::string> symbols{"no", "yes"};
    const std::vector<std::vector<std::string>> levels{symbols};
    for (const std::string family : {"gaussian", "poisson", "bernoulli", "exponential", "categorical"}) {
      CAPTURE(family);
      const bool categorical = family == "categorical";
      const latent::RowData data{.rows = categorical ? column : rows,
                                 .levels = categorical ? std::span(levels) : std::span(levels).first(0)};
      const auto options = options_with({{"family", family}});
      const auto model = latent::mixture_entry().make(options, latent::TableColumns(data.rows.columns()), &data);
      CHECK(latent::mixture_entry().needs(options).symbols == categorical);
      CHECK(model->needs().symbols == categorical);
      CHECK(model->levels() == (categorical ? levels : std::vector<std::vector<std::string>>{}));
      const auto report = model->fit(data, {.max_iterations = 5, .starts = 1}, {});
      CHECK(std::isfinite(report.summary.log_likelihood));

      latent::Json stored{{"components", 2}, {"dimensions", data.rows.columns()}, {"family", family}};
      if (family == "gaussian") stored["covariance"] = "full";
      if (categorical) stored["symbols"] = symbols;
      CHECK(model->options() == stored);
      Texts texts{{"family", family}};
      if (categorical) texts["symbols"] = stored["symbols"].dump();
      const auto read =
          latent::mixture_entry().make(options_with(texts), latent::TableColumns(data.rows.columns()), nullptr);
      read->set_parameters(model->parameters());
      CHECK(read->log_likelihood(data) == report.summary.log_likelihood);
      CHECK(read->levels() == model->levels());
    }
  }

  TEST_CASE("mixture: what is so rare that the search for a start has not seen it does not end the fit") {
    latent::RowMajorMatrix rows = latent::RowMajorMatrix::Zero(30000, 2);
    for (Eigen::Index i = 0; i < rows.rows(); ++i) rows(i, 0) = i % 5 + (i % 2) * 10;
    rows(17, 1) = 1;
    const latent::Mixture<latent::PoissonBank> model{.components = 2};
    const auto fitted = latent::fit(model, latent::Observations(rows), {.max_iterations = 20, .starts = 2});
    CHECK(std::isfinite(fitted.summary.log_likelihood));
    CHECK(fitted.parameters.components.rates.col(1).maxCoeff() > 0);
  }

  TEST_CASE("mixture_entry: a cell that the family cannot have is refused with its place") {
    latent::RowMajorMatrix rows = binary_rows();
    rows(16, 1) = -3;
    const latent::RowData data{.rows = rows};
    const auto model =
        latent::mixture_entry().make(options_with({{"family", "poisson"}}), latent::TableColumns(2), &data);
    CHECK_THROWS_WITH_AS(model->fit(data, {}, {}), "row 17, column 2 is -3: a count must be a whole number from 0",
                         latent::DataError);
    rows(16, 1) = std::numeric_limits<double>::quiet_NaN();
    CHECK_THROWS_WITH_AS(model->fit(data, {}, {}), "row 17, column 2 is missing: a count must be a whole number from 0",
                         latent::DataError);
  }

  TEST_CASE("prior_of: takes its moments from the rows without missing cells") {
    latent::RowMajorMatrix rows(5, 1);
    rows << 1, 3, std::numeric_limits<double>::quiet_NaN(), 5, 7;
    const latent::RowData data{.rows = rows};
    const auto prior = latent::prior_of(options_with({{"prior", "conjugate"}}), 1, &data);
    REQUIRE(prior);
    CHECK(prior->mean[0] == near(4, tolerance::rounding));
    CHECK(prior->scale(0, 0) == near(5, tolerance::rounding));
    CHECK(!latent::prior_of(options_with({{"prior", "conjugate"}}), 1, nullptr));
  }
}
