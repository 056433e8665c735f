#pragma once

#include <cstddef>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include <latent/comparison.hpp>

// What a comparison says in a few numbers: the same in its table, its files and its pictures.

namespace latent {

// "NAME --components 3, squarem": no two contenders of a comparison have the same.
std::string name_of(const Comparison& comparison, const Contender& contender);

// It threw, or its summary tells of a step that could not be done: it ended at no optimum.
bool failed(const ComparedRun& run);

// The highest objectives that runs of a model saw, -infinity if there were none. Gaps are measured from them. Runs at
// the edge of the parameter space, where the objective has no bound, are no measure for proper ones; nor are runs on
// their way to an objective that is not finite.
struct BestKnown {
  double proper = -std::numeric_limits<double>::infinity();
  double of_all = -std::numeric_limits<double>::infinity();

  double to(const ComparedRun& run) const;        // from where the run's gap is measured: no gap is negative
  bool reached_by(const ComparedRun& run) const;  // the proper one; if there is none, that of all
};
BestKnown best_known(const Comparison& comparison, std::size_t model);

// Whether two objectives belong to the same optimum, by `same_objective`.
bool same_optimum(double objective, double other, double total_weight);

// A contender in numbers. Medians are of the runs that did not fail; NaN where there is none.
struct ContenderFigures {
  double best = std::numeric_limits<double>::quiet_NaN();  // the highest objective reached, of proper runs if there are
  std::size_t reached = 0;                                 // in how many starts the best known was reached
  std::size_t runs = 0;
  std::size_t failures = 0;
  double iterations = std::numeric_limits<double>::quiet_NaN();
  double passes = std::numeric_limits<double>::quiet_NaN();
  double seconds = std::numeric_limits<double>::quiet_NaN();
  double rate = std::numeric_limits<double>::quiet_NaN();
  std::vector<std::pair<std::string, std::size_t>> verdicts;  // how often each; "error" for runs that threw
};
ContenderFigures figures(const Comparison& comparison, const Contender& contender);

}  // namespace latent
