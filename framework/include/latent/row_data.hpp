#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <latent/observations.hpp>
#include <latent/sample.hpp>
#include <latent/sequences.hpp>

namespace latent {

// Data as programs have them that do not know a model's type: rows, and what else is known of them. A view.
struct RowData {
  Observations rows{};                             // NaN where a cell is missing
  Weights weights{};                               // one a row, or empty
  std::span<const std::size_t> sequence_begins{};  // first rows of the sequences; empty: all rows are one
  std::span<const std::int32_t> known_states{};    // one a row, counted from 0, or Sequences::unknown; or empty
  std::span<const std::string> names{};            // of the columns; empty: they are not known
  // One a column: the texts that its cells 0, 1, ... stand for, none if they are numbers. Empty: all are numbers.
  std::span<const std::vector<std::string>> levels{};
};

// A column that a model asks for by name.
struct NeededColumn {
  std::string name;
  bool text = false;  // its cells are texts, which become their places among all texts of the column
  bool operator==(const NeededColumn&) const = default;
};

// What a model wants of its data, so that a program can read them as it needs.
struct DataNeeds {
  bool sequences = false;      // rows in sequences, and perhaps known states
  bool symbols = false;        // cells are names, of one alphabet, and not numbers
  bool missing_cells = false;  // NaN is allowed: a missing cell
  // These columns and no others, in this order; empty: any, all of numbers (but for `symbols`).
  std::vector<NeededColumn> columns = {};
  std::size_t width = 0;  // how many columns, if it is not told by `columns`; 0: any number
  // An observation is a group of rows: those that have the same cell in the column `key`, wherever they stand; without
  // a key, a sequence of them.
  bool groups = false;
  std::string key = {};

  bool operator==(const DataNeeds&) const = default;
};

// The sample that a model over `Data` sees in row data; throws DataError. For other observations than rows of
// numbers: <latent/record.hpp>.
template <class Data>
class BoundSample;

template <>
class BoundSample<Observations> {
 public:
  explicit BoundSample(const RowData& data) : sample_(data.rows, data.weights) {}
  const Sample<Observations>& operator*() const { return sample_; }
  const Sample<Observations>* operator->() const { return &sample_; }

 private:
  Sample<Observations> sample_;
};

// One weight a sequence (or group), that of its rows, which must all have the same: throws DataError. None if the rows
// have none.
std::vector<double> weights_of_sequences(const RowData& data);

template <>
class BoundSample<Sequences> {
 public:
  explicit BoundSample(const RowData& data)
      : weights_(weights_of_sequences(data)),
        sample_(Sequences(data.rows, data.sequence_begins, data.known_states), weights_) {}
  BoundSample(const BoundSample&) = delete;
  BoundSample& operator=(const BoundSample&) = delete;
  const Sample<Sequences>& operator*() const { return sample_; }
  const Sample<Sequences>* operator->() const { return &sample_; }

 private:
  std::vector<double> weights_;
  Sample<Sequences> sample_;
};

}  // namespace latent
