#include <algorithm>
#include <cmath>
#include <set>
#include <string>
#include <vector>

#include <boost/random/normal_distribution.hpp>
#include <doctest/doctest.h>
#include <latent/conformance.hpp>
#include <latent/error.hpp>

#include "support/faulty_mixture.hpp"

namespace {

using latent::Conformance;
using latent::Finding;
using Names = std::set<std::string>;

// Two groups of 120 and 80.
std::vector<double> two_groups(double scale = 1, double shift = 0, std::uint64_t seed = 1) {
  latent::Random random = latent::random_stream(seed);
  std::vector<double> data;
  boost::random::normal_distribution<double> normal(0, 1);
  for (int i = 0; i < 200; ++i)
    data.push_back(shift + scale * (i % 5 < 3 ? normal(random) - 1.5 : 2 + 0.7 * normal(random)));
  return data;
}

Names names_of(const Conformance& found, Finding finding) {
  Names names;
  for (const latent::ConformanceCheck& check : found.checks) {
    if (check.finding == finding) names.insert(check.name);
  }
  return names;
}
Names failures(const Conformance& found) { return names_of(found, Finding::failed); }

std::string explanation(const Conformance& found, const std::string& name) {
  const auto check = std::ranges::find(found.checks, name, &latent::ConformanceCheck::name);
  return check == found.checks.end() ? "" : check->explanation;
}

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

template <class Model>
Conformance of(const Model& model) {
  static const std::vector<double> data = two_groups();
  return latent::check_conformance(model, latent::Sample<std::span<const double>>(std::span<const double>(data)));
}

Conformance of(Fault fault) { return of(FaultyMixture{.fault = fault}); }
Conformance with_q(Fault fault) {
  FaultyMixtureWithQ model;
  model.fault = fault;
  return of(model);
}

}  // namespace

TEST_SUITE("framework/conformance") {
  TEST_CASE("conformance: a right model passes every check, in any unit and by any seed") {
    for (const std::uint64_t seed : {1, 2, 3}) {
      for (const double scale : {1.0, 1e-6, 1e6}) {
        const std::vector<double> data = two_groups(scale, 0, seed);
        FaultyMixtureWithQ model;
        model.unit = scale;
        const Conformance found = latent::check_conformance(model, std::span<const double>(data), {.seed = seed});
        INFO(found.report());
        CHECK(found.passed());
        CHECK(names_of(found, Finding::skipped).empty());
      }
    }
  }

  TEST_CASE("conformance: numbers far from zero and weights make no false alarm") {
    std::vector<double> weights(200);
    for (std::size_t i = 0; i < weights.size(); ++i) weights[i] = 0.5 * static_cast<double>(i % 4);
    for (const std::uint64_t seed : {1, 2, 3}) {
      const std::vector<double> data = two_groups(1, 1e6, seed);
      const Conformance found = latent::check_conformance(
          FaultyMixture{}, latent::Sample<std::span<const double>>(std::span<const double>(data), weights),
          {.seed = seed});
      INFO(found.report());
      CHECK(found.passed());
      CHECK(names_of(found, Finding::skipped) == Names{"M-step", "Fisher", "simulation"});
    }
  }

  TEST_CASE("conformance: an E-step that keeps something between calls is found") {
    const Conformance found = of(Fault::statistics_not_reset);
    CHECK(failures(found).contains("repeatable"));
    CHECK(contains(explanation(found, "repeatable"), "mutable or static state that is not reset"));
  }

  TEST_CASE("conformance: an E-step that assigns is found, by that check alone") {
    const Conformance found = of(Fault::assigns);
    CHECK(failures(found) == Names{"adds"});
    CHECK(contains(explanation(found, "adds"), "the statistic `squares["));
    CHECK(contains(explanation(found, "adds"), "assigns (=) where it must add (+=)"));
  }

  TEST_CASE("conformance: sums that depend on the size of the block are found") {
    CHECK(failures(of(Fault::mean_log_likelihood)).contains("parts"));
    const Conformance found = of(Fault::divides_by_block);
    CHECK(failures(found).contains("parts"));
    CHECK_FALSE(failures(found).contains("adds"));
    CHECK(contains(explanation(found, "parts"), "the statistic `squares["));
  }

  TEST_CASE("conformance: an E-step that depends on the order is found") {
    CHECK(failures(of(Fault::depends_on_order)).contains("order"));
  }

  TEST_CASE("conformance: a weight that is forgotten is found, by that check alone") {
    const Conformance count = of(Fault::count_forgets_weight);
    CHECK(failures(count) == Names{"weights"});
    CHECK(contains(explanation(count, "weights"), "`counts["));
    CHECK(contains(explanation(count, "weights"), "a statistic forgets the weights; the log-likelihood does not"));
    const Conformance likelihood = of(Fault::likelihood_forgets_weight);
    CHECK(failures(likelihood) == Names{"weights"});
    CHECK(contains(explanation(likelihood, "weights"), "the log-likelihood forgets the weights"));
  }

  TEST_CASE("conformance: what depends on the number of threads is found") {
    CHECK(failures(of(Fault::depends_on_threads)).contains("threads"));
  }

  TEST_CASE("conformance: scratch space that threads share is found") {
    bool found = false;  // on a machine that is busy two threads may not meet at once
    for (int attempt = 0; attempt < 10 && !found; ++attempt) {
      found = failures(of(Fault::shares_scratch_space)).contains("threads");
    }
    CHECK(found);
  }

  TEST_CASE("conformance: a member that fields() does not list is found") {
    const Conformance statistic = of(Fault::unlisted_statistic);
    CHECK(failures(statistic).contains("parts"));
    CHECK(contains(explanation(statistic, "parts"), "not listed in fields(): what is not listed is not added up"));
    const Conformance parameter = of(Fault::unlisted_parameter);
    CHECK(failures(parameter).contains("coordinates"));
    CHECK(contains(explanation(parameter, "coordinates"), "not listed in fields(): what is not listed is not written"));
  }

  TEST_CASE("conformance: posteriors that are no probabilities are found") {
    CHECK(latent::check_posterior(latent::RowMajorMatrix{{0.25, 0.75}, {1, 0}}, 2).finding == Finding::passed);
    CHECK(contains(latent::check_posterior(latent::RowMajorMatrix{{0.25, 0.75}, {0.5, 0.4}}, 0).explanation,
                   "of observation 2 sum to 0.9, not 1"));
    CHECK(latent::check_posterior(latent::RowMajorMatrix{{1.5, -0.5}}, 2).finding == Finding::failed);
    CHECK(latent::check_posterior(latent::RowMajorMatrix{{0.25, 0.75}}, 3).finding == Finding::failed);
  }

  TEST_CASE("conformance: steps and log-likelihood that do not belong together are found without Q") {
    for (const Fault fault : {Fault::posterior_not_normalised, Fault::posterior_of_half, Fault::variance_for_deviation,
                              Fault::precision_for_deviation, Fault::complete_data_likelihood}) {
      CAPTURE(static_cast<int>(fault));
      const Conformance found = of(fault);
      INFO(found.report());
      const Names failed = failures(found);
      CHECK((failed.contains("ascent") || failed.contains("fixed point")));
      for (const std::string& name : failed) {
        CHECK((name == "ascent" || name == "fixed point"));
        CHECK(contains(explanation(found, name), "another parametrisation"));
      }
    }
  }

  TEST_CASE("conformance: a fixed point where the objective has a slope is found where nothing falls") {
    CHECK(failures(of(Fault::posterior_of_half)).contains("fixed point"));
    CHECK(failures(of(Fault::complete_data_likelihood)).contains("fixed point"));
  }

  TEST_CASE("conformance: with Q, an M-step that does not maximise is found, unless it says so") {
    const Conformance found = with_q(Fault::half_way);
    INFO(found.report());
    CHECK(failures(found) == Names{"M-step"});
    CHECK(contains(explanation(found, "M-step"), "`means["));
    CHECK(contains(explanation(found, "M-step"), "generalized_maximization = true"));
    HalfWayMixture model;
    model.fault = Fault::half_way;
    const Conformance said = of(model);
    CHECK(said.passed());
    CHECK(contains(explanation(said, "M-step"), "as the model says"));
    CHECK(failures(with_q(Fault::variance_for_deviation)).contains("M-step"));
    CHECK(contains(explanation(with_q(Fault::precision_for_deviation), "M-step"), "lowers Q by"));
  }

  TEST_CASE("conformance: a Q that does not belong to the log-likelihood is found by Fisher's identity") {
    const Conformance found = with_q(Fault::wrong_q);
    CHECK(failures(found).contains("Fisher"));
    CHECK(contains(explanation(found, "Fisher"), "`share`"));
    CHECK(failures(with_q(Fault::complete_data_likelihood)).contains("Fisher"));
    CHECK(failures(with_q(Fault::posterior_of_half)).contains("Fisher"));
  }

  TEST_CASE("conformance: an M-step that breaks a constraint is found") {
    const Conformance found = of(Fault::wrong_constraint);
    CHECK(failures(found).contains("coordinates"));
    CHECK(contains(explanation(found, "coordinates"), "share"));
  }

  TEST_CASE("conformance: a simulator of something else, and a density that is not normalised, are found") {
    CHECK(failures(with_q(Fault::draws_variance)) == Names{"simulation"});
    CHECK(failures(with_q(Fault::likelihood_without_constant)).contains("simulation"));
    CHECK(failures(with_q(Fault::complete_data_likelihood)).contains("simulation"));
  }

  TEST_CASE("conformance: a model whose every start fails says why") {
    const Conformance found = of(Fault::throws_in_expectation);
    REQUIRE(found.checks.size() == 1);
    CHECK(found.checks.front().explanation == "no start of 4 can be used: the model is out of order");
  }

  TEST_CASE("conformance: a model without fields gets the checks that are possible") {
    const Conformance found = of(BareMixture{});
    INFO(found.report());
    CHECK(found.passed());
    CHECK(names_of(found, Finding::passed) == Names{"repeatable", "adds", "parts", "order", "threads", "ascent"});
    BareMixture faulty;
    faulty.model.fault = Fault::assigns;
    CHECK(failures(of(faulty)).contains("adds"));
    faulty.model.fault = Fault::variance_for_deviation;
    CHECK(failures(of(faulty)) == Names{"ascent"});
  }

  TEST_CASE("cut_sequences: one long sequence becomes several short ones, with the rows in their order") {
    latent::RowMajorMatrix rows(10000, 1);
    for (Eigen::Index i = 0; i < rows.rows(); ++i) rows(i, 0) = static_cast<double>(i);
    latent::Random random;
    const auto cut = latent::conformance::cut_sequences(latent::Sequences(rows), 300, random);
    const latent::Sequences sequences = cut.sequences;
    CHECK(sequences.size() == 9);
    CHECK(sequences.all_rows().size() == 9 * 37);
    CHECK(sequences.rows(8)(0, 0) == 8 * 37);
    CHECK(cut.parents == std::vector<std::size_t>(9, 0));
  }

  TEST_CASE("Conformance::report: lines of at most 120 characters, and a count") {
    const std::string report = with_q(Fault::wrong_q).report();
    std::size_t begin = 0;
    for (std::size_t end = report.find('\n'); end != std::string::npos; end = report.find('\n', begin)) {
      CHECK(end - begin <= 120);
      begin = end + 1;
    }
    const Conformance two{{{"one", Finding::passed, "as it should"}, {"another", Finding::failed, "not at all"}}};
    CHECK(two.report() ==
          "passed   one      as it should\n"
          "FAILED   another  not at all\n"
          "1 passed, 1 failed, 0 skipped\n");
  }

  TEST_CASE("ConformanceOptions: a wrong option is refused by name") {
    const std::vector<double> data{1, 2};
    CHECK_THROWS_WITH_AS(latent::check_conformance(FaultyMixture{}, std::span<const double>(data), {.starts = 0}),
                         "starts is 0, it must be at least 1", latent::OptionError);
  }
}
