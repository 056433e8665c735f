#include <map>
#include <memory>
#include <string>
#include <vector>

#include <boost/random/uniform_01.hpp>
#include <doctest/doctest.h>
#include <latent/components/registration.hpp>
#include <latent/conformance_report.hpp>
#include <latent/gmm/registration.hpp>
#include <latent/hmm/registration.hpp>
#include <latent/random.hpp>

#include "support/gaussian_data.hpp"

// The bundled models pass the conformance kit, as programs see them.

namespace {

using latent::Conformance;
using latent::Observations;
using latent::RowData;
using latent::RowMajorMatrix;
using Texts = std::map<std::string, std::string>;

latent::OptionTexts options_of(const latent::ModelEntry& entry, Texts texts) {
  for (const latent::ModelOption& option : entry.options) {
    if (!option.initial.empty()) texts.try_emplace(option.name, option.initial);
  }
  return latent::OptionTexts(texts);
}

Conformance check(const latent::ModelEntry& entry, const Texts& texts, const RowData& data, std::uint64_t seed = 1) {
  return entry.make(options_of(entry, texts), latent::TableColumns(data.rows.columns()), &data)
      ->check(data, {.seed = seed});
}

// Counts of two kinds in two columns, all of them below `values`.
RowMajorMatrix counts(int values, std::size_t rows = 240, std::size_t columns = 2) {
  latent::Random random = latent::random_stream(7);
  boost::random::uniform_01<double> uniform;
  RowMajorMatrix result(static_cast<Eigen::Index>(rows), static_cast<Eigen::Index>(columns));
  for (Eigen::Index i = 0; i < result.rows(); ++i) {
    const double share = (i / 6) % 2 == 0 ? 0.25 : 0.7;  // in runs, for models of sequences
    for (Eigen::Index j = 0; j < result.cols(); ++j) {
      double sum = 0;
      for (int k = 1; k < values; ++k) sum += uniform(random) < share ? 1 : 0;
      result(i, j) = sum;
    }
  }
  return result;
}

}  // namespace

TEST_SUITE("models/conformance") {
  TEST_CASE("conformance: Gaussian mixtures of every covariance, with and without a prior") {
    for (const gaussian_data::Setting& setting : {gaussian_data::Setting{},
                                                  {.name = "shifted", .shift = 1e4, .weighted = true},
                                                  {.name = "small", .scale = 1e-6, .unit = 1000}}) {
      const gaussian_data::Rows rows = gaussian_data::clusters(300, 2, 3, setting);
      const RowData data{.rows = rows.observations(), .weights = rows.weights};
      for (const char* covariance : {"full", "tied", "diagonal", "spherical"}) {
        for (const char* prior : {"none", "conjugate"}) {
          const Conformance found = check(latent::gaussian_mixture_entry(),
                                          {{"components", "3"}, {"covariance", covariance}, {"prior", prior}}, data);
          INFO(setting.name << ", " << covariance << ", prior " << prior << "\n" << found.report());
          CHECK(found.passed());
        }
      }
    }
  }

  TEST_CASE("conformance: mixtures of other families, also with more components than the data have") {
    const RowMajorMatrix many = counts(12), binary = counts(2, 240, 4), symbols = counts(4, 240, 1);
    RowMajorMatrix positive = many.array().square() + 0.3;
    struct Case {
      Texts texts;
      const RowMajorMatrix& rows;
    };
    const std::vector<std::vector<std::string>> levels{{"a", "b", "c", "d"}};
    for (const char* components : {"2", "4"}) {
      for (const Case& each : {Case{{{"family", "poisson"}}, many}, Case{{{"family", "exponential"}}, positive},
                               Case{{{"family", "bernoulli"}}, binary},
                               Case{{{"family", "categorical"}, {"symbols", R"(["a", "b", "c", "d"])"}}, symbols}}) {
        Texts texts = each.texts;
        texts["components"] = components;
        RowData data{.rows = each.rows};
        if (texts.contains("symbols")) data.levels = levels;
        const Conformance found = check(latent::mixture_entry(), texts, data);
        INFO(texts["family"] << " " << components << "\n" << found.report());
        CHECK(found.passed());
      }
    }
  }

  TEST_CASE("conformance: hidden Markov models, free and stationary, with priors, and of mixtures") {
    const RowMajorMatrix many = counts(12), symbols = counts(4, 240, 1);
    const std::vector<std::size_t> begins{0, 20, 45, 60, 90, 120, 150, 170, 200};
    const std::vector<std::vector<std::string>> levels{{"a", "b", "c", "d"}};
    const Texts symbol_texts{{"family", "categorical"}, {"symbols", R"(["a", "b", "c", "d"])"}};
    for (Texts texts :
         {Texts{{"family", "poisson"}}, Texts{{"family", "gaussian"}}, Texts{{"initial", "stationary"}},
          Texts{{"initial-prior", "2"}, {"transition-prior", "3"}}, Texts{{"mixture", "2"}}, symbol_texts}) {
      texts["states"] = "2";
      const bool of_symbols = texts.contains("symbols");
      RowData data{.rows = of_symbols ? symbols : many, .sequence_begins = begins};
      if (of_symbols) data.levels = levels;
      const Conformance found = check(latent::hidden_markov_entry(), texts, data);
      std::string said;
      for (const auto& [name, text] : texts) said += name + "=" + text + " ";
      INFO(said << "\n" << found.report());
      CHECK(found.passed());
    }
  }
}
