#include <algorithm>
#include <cmath>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <latent/accumulator.hpp>
#include <latent/error.hpp>
#include <latent/expectation.hpp>
#include <latent/typed_model.hpp>

#include "support/normal_mixture.hpp"
#include "support/temporary_folder.hpp"

TEST_SUITE("framework/accumulator") {
  using latent::Accumulator;
  using latent::Json;

  const NormalMixture mixture{.components = 3, .observations_a_task = 4};
  const NormalMixture::Parameters somewhere{{0.25, 0.5, 0.25}, {-1, 0, 2}, {1, 0.5, 2}};

  std::vector<latent::ModelEntry> entries() {
    const auto shape = [] {
      const std::vector<double> three(3);
      return NormalMixture::Parameters{three, three, three};
    };
    const auto make = [shape](const latent::OptionTexts&, const latent::TableColumns&, const latent::RowData*) {
      return std::make_unique<latent::TypedModel<NormalMixture>>(mixture, shape, 9, Json{{"dimensions", 1U}}, 1, 3);
    };
    return {{"normals", "normals on a line", {}, make}};
  }

  Json model_at(const NormalMixture::Parameters& at) {
    return {{"format", "latent-model"},
            {"version", 1},
            {"model", "normals"},
            {"options", {{"dimensions", 1U}}},
            {"parameters", latent::to_json(at)}};
  }

  struct Rows {
    latent::RowMajorMatrix values;
    std::vector<double> weights;

    explicit Rows(std::size_t n) : values(static_cast<Eigen::Index>(n), 1), weights(n) {
      for (std::size_t i = 0; i < n; ++i) {
        values(static_cast<Eigen::Index>(i), 0) = 3 * std::sin(static_cast<double>(i));
        weights[i] = static_cast<double>(1 + i % 3) / 2;
      }
    }
    std::size_t size() const { return weights.size(); }
    latent::RowData part(std::size_t first, std::size_t count, bool weighted) const {
      latent::RowData data{.rows = latent::Observations(values).subspan(first, count)};
      if (weighted) data.weights = latent::Weights(weights).subspan(first, count);
      return data;
    }
  };

  // The step by one program.
  Json step_at_once(const Rows& rows, bool weighted, double& log_likelihood) {
    std::vector<double> values(rows.values.data(), rows.values.data() + rows.values.size());
    const latent::Sample<std::span<const double>> sample =
        weighted ? latent::Sample<std::span<const double>>{values, rows.weights}
                 : latent::Sample<std::span<const double>>{values};
    const auto expectation = latent::expect(mixture, somewhere, sample);
    log_likelihood = expectation.log_likelihood;
    return latent::to_json(mixture.maximization(expectation.statistics, somewhere));
  }

  TEST_CASE("accumulator: any parts in any order give the bits of a step by one program") {
    std::mt19937 random(1);
    for (const std::size_t n : {std::size_t{1}, std::size_t{5}, std::size_t{100}, std::size_t{3001}}) {
      for (const std::size_t parts : {1, 2, 3, 8, 40}) {
        CAPTURE(n);
        CAPTURE(parts);
        const bool weighted = parts % 2 == 0;
        const Rows rows(n);
        std::vector<std::size_t> cuts{0, n};
        for (std::size_t i = 1; i < std::min(parts, n); ++i) cuts.push_back(random() % n);
        std::ranges::sort(cuts);
        cuts.erase(std::unique(cuts.begin(), cuts.end()), cuts.end());

        std::vector<Accumulator> made;
        for (std::size_t i = 0; i + 1 < cuts.size(); ++i) {
          made.emplace_back(model_at(somewhere), entries());
          made.back().add("the data", n, rows.part(cuts[i], cuts[i + 1] - cuts[i], weighted), cuts[i], 2);
        }
        while (made.size() > 1) {  // any two of them, until there is one
          std::ranges::shuffle(made, random);
          made[made.size() - 2].merge(made.back());
          made.pop_back();
        }
        double log_likelihood = 0;
        const Json expected = step_at_once(rows, weighted, log_likelihood);
        CHECK(made.front().maximize().log_likelihood == log_likelihood);
        CHECK(made.front().model().model->parameters() == expected);
        CHECK(made.front().observations() == n);
      }
    }
  }

  TEST_CASE("accumulator: files keep every bit") {
    const TemporaryFolder folder;
    const Rows rows(300);
    Accumulator all(model_at(somewhere), entries());
    for (const std::size_t first : {std::size_t{0}, std::size_t{101}, std::size_t{202}}) {
      Accumulator part(model_at(somewhere), entries());
      part.add("the data", 300, rows.part(first, std::min<std::size_t>(101, 300 - first), true), first);
      part.write(folder / "part.acc");
      all.merge(Accumulator::read(folder / "part.acc", entries()));
      all.write(folder / "all.acc");
      all = Accumulator::read(folder / "all.acc", entries());
    }
    double log_likelihood = 0;
    const Json expected = step_at_once(rows, true, log_likelihood);
    CHECK(all.maximize().log_likelihood == log_likelihood);
    CHECK(all.model().model->parameters() == expected);
  }

  TEST_CASE("accumulator: data sets of their own are added up, whatever the order") {
    const Rows rows(300);
    std::vector<Json> found;
    for (const bool turned : {false, true}) {
      Accumulator first(model_at(somewhere), entries()), second(model_at(somewhere), entries());
      first.add("a", 100, rows.part(0, 100, false), 0);
      second.add("b", 200, rows.part(100, 200, false), 0);
      if (turned) std::swap(first, second);
      first.merge(second);
      CHECK(first.observations() == 300);
      first.maximize();
      found.push_back(first.model().model->parameters());
    }
    CHECK(found[0] == found[1]);
    double log_likelihood = 0;
    const Json expected = step_at_once(rows, false, log_likelihood);
    for (const char* name : {"weights", "means", "variances"}) {
      for (std::size_t k = 0; k < 3; ++k) {
        CHECK(found[0][name][k].get<double>() == doctest::Approx(expected[name][k].get<double>()).epsilon(1e-12));
      }
    }
  }

  TEST_CASE("accumulator: what is there twice, or not at all, or at other parameters is refused") {
    const Rows rows(300);
    const auto part = [&](std::size_t first, std::size_t count) {
      Accumulator made(model_at(somewhere), entries());
      made.add("the data", 300, rows.part(first, count, false), first);
      return made;
    };
    Accumulator half = part(0, 150);
    CHECK_THROWS_WITH_AS(half.merge(part(140, 160)), "observations 141 to 150 of the data would be counted twice",
                         latent::DataError);
    CHECK_THROWS_AS(half.merge(part(0, 150)), latent::DataError);
    CHECK_THROWS_WITH_AS(
        half.maximize(),
        "of the data observations 151 to 300 of 300 are missing; merge the accumulators of all its parts",
        latent::DataError);
    CHECK_THROWS_WITH_AS(part(1, 299).maximize(),
                         "of the data observation 1 of 300 is missing; merge the accumulators of all its parts",
                         latent::DataError);
    CHECK_THROWS_AS(part(0, 301 - 1).add("the data", 300, rows.part(0, 2, false), 299), latent::DataError);
    NormalMixture::Parameters other = somewhere;
    other.means[0] = std::nextafter(other.means[0], 0);
    Accumulator elsewhere(model_at(other), entries());
    elsewhere.add("the data", 300, rows.part(150, 150, false), 150);
    CHECK_THROWS_AS(half.merge(elsewhere), latent::ModelError);
    CHECK_THROWS_AS(half.check_model(model_at(other)), latent::ModelError);
    CHECK_NOTHROW(half.check_model(model_at(somewhere)));
    CHECK_NOTHROW(half.merge(part(150, 150)));  // nothing of what was refused has changed it
    CHECK_NOTHROW(half.maximize());
  }
}
