#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <latent/any_model.hpp>
#include <latent/blocked_sum.hpp>
#include <latent/json_form.hpp>
#include <latent/model_file.hpp>

// The sums of an E-step, part by part: made by programs that know nothing of each other, stored in files, added up in any
// order, and given to one M-step. The parts are nodes of the one tree of sums (<latent/blocked_sum.hpp>), so the whole
// has the bits of an E-step by one program; of a leaf that lies in two parts each keeps its observations, until they
// meet.

namespace latent {

// Some observations of one leaf, as rows.
struct LeafPart {
  std::size_t observations = 0;
  RowMajorMatrix rows;
  std::vector<double> weights = {};             // one a row, or empty
  std::vector<std::size_t> lengths = {};        // rows of each observation, if these are no rows
  std::vector<std::int32_t> known_states = {};  // one a row, or empty
};

// What is known of the sums of one data set.
class PartialSums {
 public:
  // `name` tells data sets apart.
  PartialSums(std::string name, const SumTree& tree) : name_(std::move(name)), tree_(tree) {}

  const std::string& name() const { return name_; }
  const SumTree& tree() const { return tree_; }

  // Those of `data`, which are observations from `first` on.
  void add(const AnyModel& model, const RowData& data, std::size_t first, std::optional<std::size_t> threads);
  // Throws DataError if an observation is in both.
  void merge(const AnyModel& model, const PartialSums& other);
  // The sums of all observations. Throws DataError naming those that are missing.
  const std::vector<double>& whole() const;

  std::size_t accumulated() const;  // observations that are there

  Json to_json() const;
  static PartialSums from_json(const Json& json, std::size_t columns);

 private:
  struct Range {  // of observations
    std::size_t first, last;
  };
  std::vector<Range> ranges() const;  // of all that is there, in order, with gaps between them
  void complete(const AnyModel& model);

  std::string name_;
  SumTree tree_;
  std::map<SumNode, std::vector<double>> nodes_;
  std::map<std::size_t, LeafPart> parts_;  // by their first observation
};

// Sums made with the same model.
class Accumulator {
 public:
  // `model`: as a model file has it, with the parameters that the sums are made at. Throws ModelError.
  Accumulator(Json model, std::span<const ModelEntry> entries);

  // What read_model_file() gives for that model.
  const StoredModel& model() const { return stored_; }
  const Json& model_json() const { return json_; }

  // Adds `data`, observations from `first` on of a data set of `observations`, which `name` tells from others.
  void add(const std::string& name, std::size_t observations, const RowData& data, std::size_t first,
           std::optional<std::size_t> threads = {});
  // Throws DataError if an observation is in both; ModelError if they were made with different parameters.
  void merge(const Accumulator& other);
  // Throws ModelError unless `model` is the model that this was made with.
  void check_model(const Json& model) const;

  std::size_t observations() const;  // of all data sets, when these are complete
  std::size_t data_sets() const { return sums_.size(); }
  std::size_t accumulated() const;  // observations that are there
  // Makes the M-step. Throws DataError if observations are missing.
  MStep maximize();

  // Throw FileError, or Error when writing.
  void write(const std::filesystem::path& file) const;
  static Accumulator read(const std::filesystem::path& file, std::span<const ModelEntry> entries);

 private:
  Json json_;
  StoredModel stored_;
  std::map<std::string, PartialSums> sums_;  // by the names of data sets: the order in which these are added up
};

}  // namespace latent
