#include <cmath>
#include <memory>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>
#include <latent/comparison.hpp>
#include <latent/comparison_figures.hpp>
#include <latent/error.hpp>
#include <latent/random.hpp>
#include <latent/typed_model.hpp>

#include "support/line_model.hpp"
#include "support/tolerances.hpp"

TEST_SUITE("framework/comparison") {
  using latent::Acceleration;
  using latent::Json;
  using latent::RowMajorMatrix;
  using latent::Verdict;

  // Starts at any share, and refuses one below `least`.
  struct StartingHalves : TwoHalves {
    double least = 0;

    Parameters initialize(const latent::Observations&, latent::Random& random) const {
      const double share = static_cast<double>(random() >> 11) * 0x1p-53;
      if (share < least) throw latent::ModelError("the share is too small");
      return {share};
    }
  };

  latent::ModelEntry halves_entry(double least = 0) {
    latent::ModelEntry entry{"halves", "two halves", {}, {}};
    entry.make = [least](const latent::OptionTexts&, const latent::TableColumns& columns, const latent::RowData*) {
      if (columns.size() != 1) throw latent::DataError("there must be one column");
      return std::make_unique<latent::TypedModel<StartingHalves>>(
          StartingHalves{{}, least}, [] { return StartingHalves::Parameters{}; }, 1, Json::object(), 1, 2);
    };
    return entry;
  }

  const RowMajorMatrix rows{{-1}, {1}, {1}, {1}, {1}, {1}, {1}, {1}};

  latent::Comparison compared(const latent::ModelEntry& entry, std::size_t columns = 1) {
    const std::vector<latent::ModelToCompare> models{{"halves", &entry, {}}};
    const std::vector<Acceleration> accelerations{Acceleration::none, Acceleration::squarem};
    return latent::compare({.rows = rows}, latent::TableColumns(columns), models, accelerations,
                           {.starts = 6, .seed = 3});
  }

  TEST_CASE("comparison: contenders begin at the starts of a fit, and end at the one optimum") {
    const latent::ModelEntry entry = halves_entry();
    const latent::Comparison comparison = compared(entry);
    REQUIRE(comparison.contenders.size() == 2);
    CHECK(comparison.observations == 8);
    const auto model = entry.make({}, latent::TableColumns(1), nullptr);
    for (std::size_t start = 0; start < 6; ++start) {
      const latent::Trace& plain = comparison.contenders[0].runs[start].trace;
      CHECK(plain.front().objective == comparison.contenders[1].runs[start].trace.front().objective);
      CHECK(plain.front().start == start);
      model->set_parameters(model->draw_start({.rows = rows}, 3, start));
      CHECK(plain.front().objective == model->log_likelihood({.rows = rows}));
    }
    REQUIRE(comparison.models[0].optima.size() == 1);
    const latent::Optimum& optimum = comparison.models[0].optima.front();
    CHECK(optimum.runs == std::vector<std::size_t>{6, 6});
    CHECK(optimum.parameters["share"].get<double>() == near(0.25, 1e-4));
    CHECK(comparison.models[0].free_parameters == 1);
    CHECK(comparison.models[0].criteria->aic == near(-2 * optimum.objective + 2, tolerance::rounding));
    const latent::ContenderFigures numbers = figures(comparison, comparison.contenders[1]);
    CHECK(numbers.reached == 6);
    CHECK(numbers.failures == 0);
    CHECK(numbers.verdicts == std::vector<std::pair<std::string, std::size_t>>{{"converged", 6}});
  }

  TEST_CASE("comparison: a start that cannot be drawn fails alone, for all contenders") {
    const latent::Comparison comparison = compared(halves_entry(0.5));
    CHECK(comparison.models[0].error == "");
    std::size_t errors = 0;
    for (std::size_t start = 0; start < 6; ++start) {
      const std::string& error = comparison.contenders[0].runs[start].error;
      CHECK((error.empty() || error == "the share is too small"));
      CHECK(comparison.contenders[1].runs[start].error == error);
      errors += error.empty() ? 0 : 1;
    }
    CHECK(errors > 0);
    CHECK(errors < 6);
    CHECK(figures(comparison, comparison.contenders[0]).failures == errors);
  }

  TEST_CASE("comparison: a model that cannot be used keeps its place, with a run for every start") {
    const latent::Comparison comparison = compared(halves_entry(), 2);
    CHECK(comparison.models[0].error == "there must be one column");
    for (const latent::Contender& contender : comparison.contenders) {
      REQUIRE(contender.runs.size() == 6);
      CHECK(contender.runs[5].error == "there must be one column");
      CHECK(failed(contender.runs[5]));
    }
    CHECK(!comparison.models[0].criteria);
    CHECK(to_json(std::span(&comparison, 1))["comparisons"][0]["contenders"][1]["failures"] == 6);
  }

  latent::ComparedRun run_to(std::vector<double> objectives, Verdict verdict, bool at_the_edge = false) {
    latent::ComparedRun run;
    for (const double objective : objectives) {
      latent::Iteration at;
      at.iteration = run.trace.size();
      at.passes = at.iteration + 1;
      at.objective = objective;
      at.kind = run.trace.empty() ? latent::StepKind::start : latent::StepKind::em;
      run.trace.push_back(at);
    }
    run.summary.verdict = verdict;
    run.summary.objective = objectives.back();
    run.summary.iterations = run.summary.e_steps = objectives.size() - 1;
    run.summary.total_weight = 1;
    if (at_the_edge) {
      latent::Warning warning;
      warning.note.degenerate = true;
      warning.last_iteration = run.summary.iterations;
      run.summary.warnings.push_back(warning);
    }
    return run;
  }

  latent::Comparison hand_made() {
    latent::Comparison comparison;
    comparison.data = "a,b.csv";
    comparison.models.resize(1);
    comparison.models[0].text = "toy";
    comparison.contenders.push_back({0, Acceleration::none, {}});
    comparison.contenders.push_back({0, Acceleration::automatic, {}});
    comparison.contenders[0].runs = {run_to({-9, -5}, Verdict::converged), run_to({-9, 70}, Verdict::converged, true)};
    comparison.contenders[1].runs = {run_to({-9, -6, -4}, Verdict::iteration_limit), latent::ComparedRun{}};
    comparison.contenders[1].runs[1].start = comparison.contenders[0].runs[1].start = 1;
    comparison.contenders[1].runs[1].error = "out of luck";
    return comparison;
  }

  TEST_CASE("comparison: gaps of proper runs are not measured from runs at the edge of the parameter space") {
    const latent::Comparison comparison = hand_made();
    const latent::BestKnown best = best_known(comparison, 0);
    CHECK(best.proper == -4);
    CHECK(best.of_all == 70);
    CHECK(best.to(comparison.contenders[0].runs[0]) == -4);
    CHECK(best.to(comparison.contenders[0].runs[1]) == 70);
    const latent::ContenderFigures plain = figures(comparison, comparison.contenders[0]);
    CHECK(plain.best == -5);
    CHECK(plain.reached == 0);
    CHECK(!best.reached_by(comparison.contenders[0].runs[1]));
    const latent::ContenderFigures automatic = figures(comparison, comparison.contenders[1]);
    CHECK(automatic.reached == 1);
    CHECK(automatic.failures == 1);
    CHECK(automatic.iterations == 2);
    CHECK(automatic.verdicts == std::vector<std::pair<std::string, std::size_t>>{{"iteration_limit", 1}, {"error", 1}});
  }

  TEST_CASE("comparison: where all runs end at the edge of the parameter space the best of these is the measure") {
    latent::Comparison comparison = hand_made();
    comparison.contenders[0].runs = {run_to({-9, 70}, Verdict::converged, true),
                                     run_to({-9, 60}, Verdict::converged, true)};
    comparison.contenders[1].runs = {run_to({-9, 1e9}, Verdict::not_finite)};
    comparison.contenders[1].runs[0].trace.pop_back();
    const latent::ContenderFigures plain = figures(comparison, comparison.contenders[0]);
    CHECK(plain.best == 70);
    CHECK(plain.reached == 1);
    CHECK(figures(comparison, comparison.contenders[1]).failures == 1);
    CHECK(best_known(comparison, 0).proper == -INFINITY);
  }

  TEST_CASE("comparison: traces have a line for every iteration, and one for a run that failed") {
    const latent::Comparison comparison = hand_made();
    std::ostringstream out;
    write_traces(out, std::span(&comparison, 1));
    CHECK(out.str() ==
          "data,contender,start,iteration,passes,seconds,objective,gap,kind\n"
          "\"a,b.csv\",\"toy, none\",1,0,1,0,-9,5,start\n"
          "\"a,b.csv\",\"toy, none\",1,1,2,0,-5,1,em\n"
          "\"a,b.csv\",\"toy, none\",2,0,1,0,-9,79,start\n"
          "\"a,b.csv\",\"toy, none\",2,1,2,0,70,0,em\n"
          "\"a,b.csv\",\"toy, auto\",1,0,1,0,-9,5,start\n"
          "\"a,b.csv\",\"toy, auto\",1,1,2,0,-6,2,em\n"
          "\"a,b.csv\",\"toy, auto\",1,2,3,0,-4,0,em\n"
          "\"a,b.csv\",\"toy, auto\",2,,,,,,failed\n");
  }

}  // TEST_SUITE
