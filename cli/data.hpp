#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <latent/model_file.hpp>
#include <latent/row_data.hpp>
#include <latent/table.hpp>

#include "arguments.hpp"

// How commands read their data.

namespace latent::cli {

// The options of every command that reads a table.
OptionGroup table_options();

// What they say. Throws OptionError.
TableOptions table_options_of(const Arguments& arguments);

// What a model sees of a table, valid while the table lives.
RowData row_data(const Table& table);

// What messages call it: "-" is standard input.
std::string data_name(const std::string& file);

// The table with the columns that a fitted model wants, in its order: by name if both know names, else by position.
// Throws DataError if they do not fit; columns with other names are not taken unless they are asked for by --columns.
Table read_table_for(const StoredModel& stored, const std::string& file, const TableOptions& options);

// A table without its column of class labels, and the classes: the distinct labels, in increasing order, are 0, 1, 2,
// ...
struct LabelledTable {
  Table table;
  std::vector<std::size_t> labels;
};
LabelledTable read_labelled_table(const std::string& file, const std::string& labels, TableOptions options);

}  // namespace latent::cli
