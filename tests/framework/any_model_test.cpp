#include <cmath>
#include <memory>
#include <new>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <latent/criteria.hpp>
#include <latent/error.hpp>
#include <latent/typed_model.hpp>

#include "support/line_model.hpp"
#include "support/tolerances.hpp"

TEST_SUITE("framework/any_model") {
  using latent::Json;
  using latent::Observations;
  using latent::RowMajorMatrix;
  using latent::Sample;

  std::unique_ptr<latent::AnyModel> halves() {
    return std::make_unique<latent::TypedModel<TwoHalves>>(
        TwoHalves{}, [] { return TwoHalves::Parameters{}; }, 1, Json{{"dimensions", 1}}, 1, 2);
  }

  TEST_CASE("any model: has no parameters until it is fitted or given some") {
    const auto model = halves();
    CHECK_THROWS_WITH_AS(model->parameters(), "the model has no parameters yet: neither fitted nor set", latent::Error);
    model->set_parameters({{"share", 0.25}});
    CHECK(model->parameters().dump() == R"({"share":0.25})");
    CHECK(model->free_parameters() == 1);
  }

  TEST_CASE("any model: wrong parameters change nothing") {
    const auto model = halves();
    model->set_parameters({{"share", 0.25}});
    CHECK_THROWS_WITH_AS(model->set_parameters({{"share", 2}}),
                         "key \"parameters.share\" has the value 2, it must lie between 0 and 1", latent::ModelError);
    CHECK_THROWS_WITH_AS(model->set_parameters({{"share", 0.5}, {"shape", 2}}),
                         "key \"parameters.shape\" is unknown, the keys there are share", latent::ModelError);
    CHECK(model->parameters()["share"] == 0.25);
  }

  TEST_CASE("any model: what is far from filling the shape is refused before that is made") {
    const auto made = []() -> TwoHalves::Parameters { throw std::bad_alloc(); };
    latent::TypedModel<TwoHalves> model(TwoHalves{}, made, 3e12, Json::object(), 1, 2);
    CHECK_THROWS_WITH_AS(model.set_parameters({{"share", 0.25}, {"pair", {1, 2}}}),
                         "key \"parameters\" holds 3 numbers, by the options it must hold 3e+12", latent::ModelError);
  }

  TEST_CASE("any model: fits from its own start, from parameters, and not from labels that it does not know") {
    const RowMajorMatrix rows{{-1}, {1}, {1}, {1}, {1}, {1}, {1}, {1}};
    const latent::RowData sample{.rows = rows};
    const auto model = halves();
    const latent::FitReport report = model->fit(sample, {}, {});
    CHECK(report.summary.verdict == latent::Verdict::converged);
    CHECK(model->parameters()["share"].get<double>() == near(0.25, 1e-4));
    CHECK(report.trace.front().log_likelihood == near(std::log(0.25) + 7 * std::log(0.75), tolerance::rounding));
    model->fit(sample, {.max_iterations = 0}, {.parameters = Json{{"share", 0.125}}});
    CHECK(model->parameters()["share"] == 0.125);
    CHECK_THROWS_WITH_AS(model->fit(sample, {}, {.labels = {0, 1, 1, 1, 1, 1, 1, 1}}),
                         "this model cannot start from labels", latent::Error);
  }

  TEST_CASE("any model: predictions come in order and cover every row once") {
    const RowMajorMatrix rows = RowMajorMatrix::Ones(10001, 1);
    const auto model = halves();
    model->set_parameters({{"share", 0.25}});
    std::size_t next = 0, parts = 0;
    model->predict({.rows = rows}, latent::Decoding::posterior,
                   [&](std::size_t first, const latent::Prediction& prediction) {
                     CHECK(first == next);
                     CHECK(prediction.responsibilities.rows() == prediction.log_likelihoods.size());
                     CHECK(prediction.responsibilities.rows() <= 4096);
                     CHECK(prediction.responsibilities.cols() == 2);
                     next += static_cast<std::size_t>(prediction.log_likelihoods.size());
                     ++parts;
                   });
    CHECK(next == 10001);
    CHECK(parts > 1);
  }

  TEST_CASE("any model: the entropy of the posterior is weighted, and the same for any number of threads") {
    // Of a positive row the posterior is 0.125 to 0.75, of a negative one certain.
    RowMajorMatrix rows = RowMajorMatrix::Ones(5000, 1);
    rows.topRows(2000).setConstant(-1);
    std::vector<double> weights(5000, 1);
    weights[4999] = 3.5;
    const auto model = halves();
    model->set_parameters({{"share", 0.25}});
    const double one = -(1.0 / 7 * std::log(1.0 / 7) + 6.0 / 7 * std::log(6.0 / 7));
    CHECK(model->posterior_entropy(latent::RowData{.rows = rows}, {}) == near(3000 * one, tolerance::round_trip));
    const latent::RowData weighted{.rows = rows, .weights = weights};
    const double entropy = model->posterior_entropy(weighted, {});
    CHECK(entropy == near(3002.5 * one, tolerance::round_trip));
    for (const std::size_t threads : {1, 2, 3, 8})
      CHECK(model->posterior_entropy(weighted, {.threads = threads}) == entropy);
  }

  TEST_CASE("any model: what a model lacks is said, or left out") {
    const auto model = std::make_unique<latent::TypedModel<BareHalves>>(
        BareHalves{}, [] { return BareHalves::Parameters{}; }, 1, Json::object(), 1, 1);
    model->set_parameters({{"share", 0.25}});
    const RowMajorMatrix rows = RowMajorMatrix::Ones(3, 1);
    latent::Random random = latent::random_stream(1);
    CHECK_THROWS_WITH_AS(
        model->predict({.rows = rows}, latent::Decoding::posterior, [](std::size_t, const latent::Prediction&) {}),
        "this model has no posterior to predict with", latent::Error);
    CHECK_THROWS_WITH_AS(model->simulate(3, random, [](const latent::Simulation&) {}),
                         "this model cannot be sampled from", latent::Error);
    CHECK(std::isnan(model->posterior_entropy(latent::RowData{.rows = rows}, {})));
    CHECK(model->outlines(0, 0).empty());
    CHECK(model->densities(0, {}).empty());
    CHECK(model->log_likelihood(latent::RowData{.rows = rows}) == near(3 * std::log(0.875), tolerance::rounding));
  }

  TEST_CASE("option texts: numbers are whole texts within their rule") {
    const auto error = [](const std::string& text, bool whole) {
      const latent::OptionTexts texts(std::map<std::string, std::string>{{"size", text}});
      try {
        whole ? static_cast<double>(texts.whole_number("size", 1)) : texts.real_number("size");
      } catch (const latent::OptionError& refused) {
        return std::string(refused.what());
      }
      return std::string("no error");
    };
    CHECK(error("12", true) == "no error");
    CHECK(error("0", true) == "size is '0', it must be a whole number, 1 or more");
    CHECK(error("-1", true) == "size is '-1', it must be a whole number, 1 or more");
    CHECK(error("1e3", true) == "size is '1e3', it must be a whole number, 1 or more");
    CHECK(error("18446744073709551616", true) ==
          "size is '18446744073709551616', it must be a whole number below 2^64");
    CHECK(error("1e-8", false) == "no error");
    CHECK(error("0.5x", false) == "size is '0.5x', it must be a number");
    CHECK(error("", false) == "size is '', it must be a number");
    CHECK_THROWS_WITH_AS(latent::OptionTexts().text("size"), "option size is missing", latent::OptionError);
  }

  TEST_CASE("criteria: follow their formulas") {
    const latent::Criteria values = latent::criteria(-100, 7, 50, 3);
    CHECK(values.aic == near(214, tolerance::rounding));
    CHECK(values.bic == near(200 + 7 * std::log(50.0), tolerance::rounding));
    CHECK(values.icl == near(206 + 7 * std::log(50.0), tolerance::rounding));
    CHECK(std::isnan(latent::criteria(-100, 7, 50, NAN).icl));
  }

}  // TEST_SUITE
