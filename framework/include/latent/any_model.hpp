#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <latent/certificate.hpp>
#include <latent/conformance_report.hpp>
#include <latent/decoding.hpp>
#include <latent/fit_options.hpp>
#include <latent/iteration.hpp>
#include <latent/json_form.hpp>
#include <latent/node_sum.hpp>
#include <latent/observations.hpp>
#include <latent/plot.hpp>
#include <latent/random.hpp>
#include <latent/row_data.hpp>
#include <latent/summary.hpp>
#include <latent/table_columns.hpp>

// A model as programs see it that do not know its type, such as the command line: made from option texts, fitted to
// rows of a table, read from and written to a file. <latent/model_entry.hpp> makes one of any LatentModel.

namespace latent {

// Where a fit starts, if not at the model's own starts.
struct StartFrom {
  std::optional<Json> parameters = std::nullopt;  // of a model file
  std::vector<std::size_t> labels = {};           // one a row, counted from 0
};

struct FitReport {
  Summary summary;
  Trace trace;
};

// What a fitted model says about some observations: rows (of data or of one sequence), or groups. What is impossible
// (density zero) has the log-likelihood -infinity.
struct Prediction {
  RowMajorMatrix responsibilities;  // rows x components; empty for Decoding::viterbi
  std::vector<std::size_t> labels;  // rows: the most probable component
  Eigen::VectorXd log_likelihoods;  // one an observation: each row or group, or the one sequence that the rows are
};
using PredictionVisitor = std::function<void(std::size_t first, const Prediction& prediction)>;

struct Simulation {
  RowMajorMatrix rows;                    // count x columns
  std::vector<std::size_t> labels;        // count: the component each row came from; empty if the model does not say
  std::vector<std::size_t> lengths = {};  // of observations that are groups: how many rows each has
};
using SimulationVisitor = std::function<void(const Simulation& simulation)>;

class AnyModel {
 public:
  virtual ~AnyModel() = default;

  virtual std::size_t columns() const = 0;     // of a row
  virtual std::size_t components() const = 0;  // of a posterior; 0 if that is not known before it is asked for
  virtual Json options() const = 0;            // as in the model file
  virtual DataNeeds needs() const = 0;
  // One a column: the texts that its cells 0, 1, ... stand for, none if they are numbers. Empty: all are numbers.
  virtual const std::vector<std::vector<std::string>>& levels() const = 0;

  // A model has no parameters until one of these two gave it some; all that follows needs them.
  virtual void set_parameters(const Json& parameters) = 0;  // throws ModelError naming the key, "parameters.means[2]"
  virtual FitReport fit(const RowData& data, const FitOptions& options, const StartFrom& start) = 0;

  // The parameters of the model's own start `index`, the one that fit() begins with by that seed (of all the data,
  // where fit() may search on a sample). It changes nothing. Throws DataError for rows that the model cannot have.
  virtual Json draw_start(const RowData& data, std::uint64_t seed, std::size_t index) const = 0;

  // Verifies what the model's steps must be, on these rows (<latent/conformance.hpp>). It needs no parameters.
  virtual Conformance check(const RowData& data, const ConformanceOptions& options) const = 0;

  virtual Json parameters() const = 0;
  virtual std::size_t free_parameters() const = 0;

  // Throw Error if the model cannot do such a thing, DataError for rows that it cannot have.
  //
  virtual bool has_posterior() const = 0;  // whether it can predict
  // Visits the observations in order, some hundreds or thousands at a time or sequence by sequence: responsibilities
  // never exist for all of them.
  virtual void predict(const RowData& data, Decoding decoding, const PredictionVisitor& visit) const = 0;
  // The same with log_likelihoods alone, which every model has.
  virtual void score(const RowData& data, const PredictionVisitor& visit) const = 0;
  virtual double log_likelihood(const RowData& data) const = 0;
  // Looks at the point that the parameters are (<latent/certificate.hpp>), fitted with those options.
  virtual Certificate certify(const RowData& data, const FitOptions& options) const = 0;
  // Visits `count` rows, or observations that are groups, in order, some at a time.
  virtual void simulate(std::size_t count, Random& random, const SimulationVisitor& visit) const = 0;
  // What comes after each sequence, `steps` rows: one forecast a sequence.
  virtual std::vector<Forecast> forecast(const RowData& data, std::size_t steps) const = 0;
  // -sum_n w_n sum_k r_nk ln r_nk, for ICL; NaN for a model without independent posteriors. With the threads and the
  // execution of those options.
  virtual double posterior_entropy(const RowData& data, const FitOptions& options) const = 0;

  // Sums of parts of the data (<latent/accumulator.hpp>), of models whose Statistics have fields().
  //
  virtual std::size_t observations(const RowData& data) const = 0;  // rows, sequences or groups
  virtual SumTree sum_tree(std::size_t observations) const = 0;
  // Of the nodes that have observations of `data` alone, which are those of the tree from `first` on.
  virtual std::vector<NodeSum> node_sums(const RowData& data, const SumTree& tree, std::size_t first,
                                         std::optional<std::size_t> threads) const = 0;
  virtual std::vector<double> add_sums(std::span<const double> into, std::span<const double> other) const = 0;
  virtual MStep maximize(std::span<const double> sums) = 0;  // of all observations; sets the parameters

  // For pictures; empty if the model has none.
  virtual std::vector<Outline> outlines(std::size_t x_column, std::size_t y_column) const = 0;
  virtual std::vector<Curve> densities(std::size_t column, std::span<const double> grid) const = 0;
};

// --- how a model becomes known ---------------------------------------------------------------------------------------

// An option of a model, as text: what --help shows and what the model file says under "options".
struct ModelOption {
  std::string name;   // "components"
  std::string value;  // what stands for its value in help: "K"
  std::string description;
  std::string initial = {};  // empty: it must be given
};

// The texts of a model's options, by name. From a model file also lists that are no ModelOption ("symbols"), as JSON.
class OptionTexts {
 public:
  OptionTexts() = default;
  explicit OptionTexts(std::map<std::string, std::string> texts) : texts_(std::move(texts)) {}

  bool has(const std::string& name) const { return texts_.contains(name); }
  const std::string& text(const std::string& name) const;  // throws OptionError if it is missing
  std::size_t whole_number(const std::string& name, std::size_t least) const;
  double real_number(const std::string& name) const;

 private:
  std::map<std::string, std::string> texts_;
};

struct ModelEntry {
  std::string name;     // on the command line and in the model file
  std::string summary;  // what it is: "mixture of Gaussians"
  std::vector<ModelOption> options;
  // A model with those options for rows of those columns, as yet without parameters. `data` is what it will be fitted
  // to; null when it is read from a file, or made to see whether its options are right (then there are no columns).
  // Throws OptionError, and DataError for data that cannot be the model's. Options may ask for more than fits into
  // memory: nothing of that size is made here.
  std::function<std::unique_ptr<AnyModel>(const OptionTexts& options, const TableColumns& columns, const RowData* data)>
      make;
  // How a model with those options wants its data read. Throws OptionError. May also be asked with the options' initial
  // texts alone, without those that must be given: what help tells of the data depends on it.
  std::function<DataNeeds(const OptionTexts& options)> needs = [](const OptionTexts&) { return DataNeeds{}; };
  bool starts_from_labels = false;  // whether a fit may start from a known class of each row
  std::string plugin = {};          // the file it was loaded from; empty: it was always there
};

// Throws OptionError if the model cannot have these options, as far as that can be told without data.
void check_options(const ModelEntry& entry, const OptionTexts& options);

}  // namespace latent
