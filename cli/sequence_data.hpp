#pragma once

#include <cstddef>
#include <ostream>
#include <string>
#include <vector>

#include <latent/any_model.hpp>
#include <latent/table.hpp>

#include "arguments.hpp"

// The sequences of the data: how they are told, and how they are named in what is printed.

namespace latent::cli {

// Those of --sequence, --lengths, --known-states that a model has that wants its data so.
std::vector<Option> sequence_options(const DataNeeds& needs);

// Throws OptionError if one of them is given for a model without sequences, or two of them contradict each other.
void check_sequence_options(const Arguments& arguments, const DataNeeds& needs);

// Cuts the rows of the table `data` as the file --lengths says, if it is given. Throws DataError.
void cut_by_lengths(Table& table, const Arguments& arguments, const std::string& data);

// Throws DataError for a known state that a model of so many does not have.
void check_known_states(const Table& table, std::size_t states);

// What the column is called that says which sequence, or group, a row belongs to.
std::string sequence_column(const DataNeeds& needs);

// The first column of what is printed by sequence, or group: its name, if there are names; else there is no such column.
class SequenceNames {
 public:
  SequenceNames(const Table& table, const DataNeeds& needs) : table_(table), column_(sequence_column(needs)) {}
  std::string heading() const { return table_.sequence_names.empty() ? "" : delimited_cell(column_) + ","; }
  std::string cell(std::size_t index) const {
    return table_.sequence_names.empty() ? "" : delimited_cell(table_.sequence_names[index]) + ",";
  }

 private:
  const Table& table_;
  std::string column_;
};

}  // namespace latent::cli
