#pragma once

#include <cstddef>
#include <limits>
#include <optional>
#include <vector>

#include <latent/comparison.hpp>

// What the runs of a comparison come to: the numbers that its page shows and judges by.
namespace latent::page {

// Of some runs; NaN when there are none.
struct Spread {
  double median = std::numeric_limits<double>::quiet_NaN();
  double least = std::numeric_limits<double>::quiet_NaN();
  double most = std::numeric_limits<double>::quiet_NaN();
};
Spread spread_of(std::vector<double> values);  // what is not finite is left out

double passes_of(const ComparedRun& run);   // over the data
double seconds_of(const ComparedRun& run);  // wall time

// One contender among those of its model.
struct Standing {
  const Contender* contender = nullptr;
  std::size_t starts = 0;
  std::size_t failed = 0;              // threw
  std::size_t at_best = 0;             // ended in the best optimum of the model, if that is a proper one
  std::size_t elsewhere = 0;           // ended in another proper one
  std::size_t degenerate = 0;          // at the edge of the parameter space
  std::size_t unfinished = 0;          // in none
  std::size_t not_converged = 0;       // ended by anything but the stop rule, wherever
  std::optional<std::size_t> reached;  // the best of the optima it ended in

  // Of the runs that ended in `reached`. For a contender that never reached the best optimum these are no numbers to
  // compare with others.
  std::size_t measured = 0;
  Spread iterations, passes, seconds;
  double rate = std::numeric_limits<double>::quiet_NaN();  // median; of the objective, see Summary
};

// The largest fraction of missing information: the rate at which EM's parameters converge, whose square is the
// objective's (Dempster, Laird & Rubin 1977; McLachlan & Krishnan 2008, section 3.9).
double missing_information(double rate);

struct ModelStanding {
  const ComparedModel* model = nullptr;
  std::vector<Standing> contenders;                        // in the order of the comparison
  std::optional<std::size_t> recommended;                  // index into contenders
  std::optional<std::size_t> plain;                        // EM without acceleration
  std::size_t starts = 0;                                  // of the contender that has most
  std::size_t starts_at_best = 0;                          // from which some contender reached the best optimum
  double best = std::numeric_limits<double>::quiet_NaN();  // the highest objective seen in the best optimum

  bool has_proper_optimum() const { return !model->optima.empty() && !model->optima.front().degenerate; }
};

// The contender to use reaches the best optimum of the model in the most starts, up to a tenth of them fewer, which is
// chance; of these, it needs the fewest passes.
std::vector<ModelStanding> standings(const Comparison& comparison);

// The model with the lowest criterion; empty if none has it.
std::optional<std::size_t> lowest(const Comparison& comparison, double Criteria::*criterion);

}  // namespace latent::page
