#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <latent/fit_options.hpp>
#include <latent/iteration.hpp>
#include <latent/json_form.hpp>
#include <latent/observations.hpp>
#include <latent/plot.hpp>
#include <latent/random.hpp>
#include <latent/sample.hpp>
#include <latent/summary.hpp>

// A model as programs see it that do not know its type, such as the command line: made from option texts, fitted to rows of
// numbers, read from and written to a file. <latent/typed_model.hpp> makes one of any LatentModel over Observations.

namespace latent {

// Where a fit starts, if not at the model's own starts.
struct StartFrom {
  std::optional<Json> parameters;   // of a model file
  std::vector<std::size_t> labels;  // one a row, counted from 0
};

struct FitReport {
  Summary summary;
  Trace trace;
};

// What a fitted model says about rows of data.
struct Prediction {
  RowMajorMatrix responsibilities;  // rows x components
  Eigen::VectorXd log_likelihoods;  // rows
};

struct Simulation {
  RowMajorMatrix rows;              // count x columns
  std::vector<std::size_t> labels;  // count: the component each row came from
};

class AnyModel {
 public:
  virtual ~AnyModel() = default;

  virtual std::size_t columns() const = 0;     // of a row
  virtual std::size_t components() const = 0;  // of a posterior
  virtual Json options() const = 0;            // as in the model file
  virtual Json parameters() const = 0;
  virtual std::size_t free_parameters() const = 0;
  virtual void set_parameters(const Json& parameters) = 0;  // throws ModelError naming the key

  virtual FitReport fit(const Sample<Observations>& sample, const FitOptions& options, const StartFrom& start) = 0;

  // Throw Error if the model cannot do such a thing.
  virtual Prediction predict(const Observations& rows) const = 0;
  virtual double log_likelihood(const Sample<Observations>& sample) const = 0;
  virtual Simulation simulate(std::size_t count, Random& random) const = 0;

  // For pictures; empty if the model has none.
  virtual std::vector<Outline> outlines(std::size_t x_column, std::size_t y_column) const = 0;
  virtual std::vector<Curve> densities(std::size_t column, std::span<const double> grid) const = 0;
};

// --- how a model becomes known ---------------------------------------------------------------------------------------

// An option of a model, as text: what --help shows and what the model file says under "options".
struct ModelOption {
  std::string name;         // "components"
  std::string value;        // what stands for its value in help: "K"
  std::string description;
  std::string initial = {};  // empty: it must be given
};

// The texts of a model's options, by name.
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
  std::string name;     // "gmm"
  std::string summary;  // one line
  std::vector<ModelOption> options;
  // A model with those options for rows of that many columns. `data` is what it will be fitted to, null when the model is read
  // from a file. Throws OptionError.
  std::function<std::unique_ptr<AnyModel>(const OptionTexts& options, std::size_t columns, const Sample<Observations>* data)> make;
};

}  // namespace latent
