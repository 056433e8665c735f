#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <iosfwd>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <latent/acceleration.hpp>
#include <latent/any_model.hpp>
#include <latent/certificate.hpp>
#include <latent/criteria.hpp>
#include <latent/fit_options.hpp>
#include <latent/iteration.hpp>
#include <latent/json_form.hpp>
#include <latent/row_data.hpp>
#include <latent/summary.hpp>

// Models x accelerations x starts on the same data, every one shown as it ended: nothing that fails is left out.
//
// All contenders of a model begin at the same parameters, the model's own starts; all run alone, by the same stop rule,
// one after the other, so that their times can be compared.

namespace latent {

// One start of one contender.
struct ComparedRun {
  std::size_t start = 0;  // from 0
  std::string error;      // why there is no fit: what was thrown; empty: it ran, and the summary says how it ended
  Summary summary;
  Trace trace;
  // Which of the model's optima it ended in; nothing: it failed, or had not converged and is at none of them.
  std::optional<std::size_t> optimum;
};

// A model with an acceleration.
struct Contender {
  std::size_t model = 0;  // index into Comparison::models
  Acceleration acceleration = Acceleration::none;
  std::vector<ComparedRun> runs;  // one a start
};

// One of the distinct optima that the runs of a model ended in. Relabelled components have the same objective.
struct Optimum {
  double objective = 0;
  bool degenerate = false;
  std::vector<std::size_t> runs;  // how many of each contender (of all, in their order) ended here
  Json parameters;                // of the best run that did
};

struct ComparedModel {
  std::string text;             // as the user wrote it: "NAME --components 3"
  std::string error;            // why it cannot be used on these data; empty: it can
  std::vector<Optimum> optima;  // proper ones before degenerate ones, then the highest objective first
  std::size_t free_parameters = 0;
  std::optional<Criteria> criteria;        // of the best optimum that is proper
  std::optional<Certificate> certificate;  // of the best optimum, if it was asked for
};

struct Comparison {
  std::string data;  // its name
  std::size_t observations = 0;
  FitOptions options;  // of all: stop rule, tolerance, limits, starts, seed; acceleration is each contender's own
  std::vector<ComparedModel> models;
  std::vector<Contender> contenders;
};

struct ModelToCompare {
  std::string text;         // as the user wrote it
  const ModelEntry* entry;  // not owned
  OptionTexts options;
  bool certify = false;  // look at its best optimum
};
using ComparisonProgress = std::function<void(const Comparison& so_far)>;  // after every run

// Runs all contenders: every model with every acceleration from every start. `columns`: of the data. What cannot be run
// is in the comparison with its reason; throws only for options that are wrong for all (OptionError). The contenders of
// a model stand together, in the order of `accelerations`; each has a run for every start, be it one that failed.
Comparison compare(const RowData& data, const TableColumns& columns, std::span<const ModelToCompare> models,
                   std::span<const Acceleration> accelerations, const FitOptions& options,
                   const ComparisonProgress& progress = nullptr);

// A comparison of the same shape in which no model could be used, for that reason.
Comparison failed_comparison(std::span<const ModelToCompare> models, std::span<const Acceleration> accelerations,
                             const FitOptions& options, const std::string& reason);

// comparison/summary.json, comparison/traces.csv and comparison/report.html (<latent/comparison_page.hpp>).
Json to_json(std::span<const Comparison> comparisons);
void write_traces(std::ostream& out, std::span<const Comparison> comparisons);

}  // namespace latent
