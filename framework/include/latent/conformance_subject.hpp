#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <Eigen/Core>
#include <latent/conformance_report.hpp>
#include <latent/coordinates.hpp>
#include <latent/notes.hpp>
#include <latent/random.hpp>
#include <latent/sequences.hpp>

// A model with data as the checks of the conformance kit see them: without its types, so that the checks are compiled
// once. <latent/conformance.hpp> makes one of any model.

namespace latent::conformance {

// Parameters, statistics or data of whatever type.
using Held = std::shared_ptr<const void>;

// Some of the observations, by index, in that order; the same may come more than once. `factors`: of their weights, one
// each, or empty: all one.
struct Selection {
  std::vector<std::size_t> indices;
  std::vector<double> factors = {};
};

struct Sums {
  Held statistics;
  double log_likelihood = 0;  // weighted, of the observations that were added last
};

// What the model has and can do.
struct Abilities {
  bool fields = false;         // on Parameters
  bool numbers_add = false;    // Statistics have fields(), and their sum is that of the numbers
  bool additive = false;       // Statistics add up and scale
  bool takes_weights = false;  // itself
  bool selects = false;        // any selection of the data can be made, not only consecutive observations
  bool initializes = false;
  bool log_prior = false;
  bool expected_log_likelihood = false;
  bool generalized = false;  // the M-step need only raise Q
  bool simulates = false;
};

// A stabilized coordinate (<latent/coordinates.hpp>).
struct CoordinateInfo {
  std::string name;      // "weights[2]", counted from 1
  bool at_edge = false;  // its block is at the edge of its range
};

class Subject {
 public:
  virtual ~Subject() = default;

  virtual Abilities abilities() const = 0;
  virtual std::size_t size() const = 0;  // observations
  virtual double total_weight() const = 0;
  virtual std::size_t grain() const = 0;

  // What follows throws ModelError, as the model does.
  virtual Held start(std::uint64_t seed, std::size_t index) const = 0;
  // Each selection into empty sums, all with the same prepared parameters.
  virtual std::vector<Sums> expect_each(const Held& at, const std::vector<Selection>& selections) const = 0;
  // The selections one after the other into the same sums.
  virtual Sums expect_in_turn(const Held& at, const std::vector<Selection>& selections) const = 0;
  // As a fit does it, by at most that many threads.
  virtual Sums expect_by_threads(const Held& at, const Selection& selection, std::size_t threads) const = 0;
  // Whether two threads, which expect the selection at a and at b again and again for so long, find the bits that each
  // finds alone.
  virtual bool agree_at_once(const Held& a, const Held& b, const Selection& selection, double seconds) const = 0;
  virtual Held maximize(const Held& statistics, const Held& current, std::vector<Note>& notes) const = 0;
  virtual double log_prior(const Held& at) const = 0;                                  // 0 if there is none
  virtual double expected_log_likelihood(const Held& sums, const Held& at) const = 0;  // only if the model has it
  // Where a fit with acceleration ends, whatever its verdict.
  virtual Held fitted(const Held& start, std::size_t iterations) const = 0;

  // Statistics: a + b, and a times a factor; only if they are additive.
  virtual Held added(const Held& a, const Held& b) const = 0;
  virtual Held scaled(const Held& statistics, double factor) const = 0;
  // The numbers of statistics and the names of their fields, one each; empty if they have no fields.
  virtual std::vector<double> statistic_numbers(const Held& statistics) const = 0;
  virtual std::vector<std::string> statistic_names(const Held& statistics) const = 0;

  // Parameters; only if they have fields. The numbers are those of all fields, fixed ones too.
  virtual std::vector<double> numbers(const Held& at) const = 0;
  virtual std::vector<std::string> number_names(const Held& at) const = 0;
  virtual Eigen::VectorXd vector(const Held& at, Coordinates coordinates) const = 0;
  // Made admissible, if the model can.
  virtual Held from(const Eigen::VectorXd& vector, Coordinates coordinates, const Held& like) const = 0;
  virtual std::vector<CoordinateInfo> coordinates(const Held& at) const = 0;
  virtual std::optional<std::string> violation(const Held& at) const = 0;
  // As a JSON text, and back into a copy of `like`: members that no field names keep what they have there.
  virtual Held through_json(const Held& at, const Held& like) const = 0;

  // Data of that many observations or, of sequences, one of that many rows, and their log-likelihood.
  virtual Held simulate(const Held& at, std::size_t count, Random& random) const = 0;
  virtual double log_likelihood_of(const Held& data, const Held& at) const = 0;
};

// The indices of the part of the data that the checks look at: at most `count` of those with a weight.
std::vector<std::size_t> indices_to_check(std::size_t size, Weights weights, std::size_t count, Random& random);

// Sequences with the rows of others, cut so that there are several; `parents` has for each the index of the sequence
// that it was cut from.
struct CutSequences {
  OwnedSequences sequences;
  std::vector<std::size_t> parents;
};
CutSequences cut_sequences(const Sequences& sequences, std::size_t rows, Random& random);

// Runs all checks.
Conformance check(const Subject& subject, const ConformanceOptions& options);

}  // namespace latent::conformance
