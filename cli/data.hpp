#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <latent/model_file.hpp>
#include <latent/table.hpp>

#include "arguments.hpp"

// How commands read their data.

namespace latent::cli {

// The options of every command that reads a table.
Usage::Group table_options();

// Reads the table `file` as those options say.
Table read_table(const std::string& file, const Arguments& arguments);

// The table with the columns that a fitted model wants: chosen by name if the file has these names, else as many as the
// model has. Throws DataError if they do not fit.
Table read_table_for(const StoredModel& stored, const std::string& file, const Arguments& arguments);

// Takes a column (by name, or number from 1) of class labels out of the table: the distinct values, in increasing order,
// become 0, 1, 2, ...
std::vector<std::size_t> take_labels(Table& table, const std::string& column);

}  // namespace latent::cli
