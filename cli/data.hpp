#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include <latent/model_file.hpp>
#include <latent/row_data.hpp>
#include <latent/table.hpp>

#include "arguments.hpp"

// How commands read their data.

namespace latent::cli {

// The options of a command that reads a table for a model that wants it so.
OptionGroup table_options(const DataNeeds& needs);
// The same for any model.
OptionGroup table_options();
// The options of a command that reads the values of a table and nothing beside them.
OptionGroup options_of_values();

// How a model wants its data read.
struct Reading {
  DataNeeds needs = {};
  // If they are known: the texts of the columns, and the names that the columns have in the data.
  std::vector<std::vector<std::string>> levels = {};
  std::vector<std::string> names = {};
};
Reading reading_of(const StoredModel& stored);

// What the options and the model say. Throws OptionError.
TableOptions table_options_of(const Arguments& arguments, const Reading& reading);

// What a model sees of a table, valid while the table lives.
RowData row_data(const Table& table);

TableColumns columns_of(const Table& table);

// What messages call it: "-" is standard input.
std::string data_name(const std::string& file);

// The table DATA with the columns that a fitted model wants, in its order: by name if both know names, else by
// position. Throws DataError if they do not fit; columns with other names are not taken unless they are asked for by --columns.
Table read_table_for(const StoredModel& stored, const Arguments& arguments);
Table read_table_for(const StoredModel& stored, const std::vector<std::string>& words, const Arguments& arguments);

// A table without its column of class labels, and the classes: the distinct labels, in increasing order, are 0, 1, 2,
// ...
struct LabelledTable {
  Table table;
  std::vector<std::size_t> labels;
};
LabelledTable read_labelled_table(const Arguments& arguments, const std::string& labels, const DataNeeds& needs,
                                  TableOptions options);

// What every table must be once it is read, for a model with those needs: throws DataError.
void check_table(const Table& table, const DataNeeds& needs, const std::string& file);

// Models know columns by their place, people by their name: "column 2 is constant" becomes "column "waiting" is ...".
// Without a header the place in the file is meant, not that among the columns that were chosen; so is a row's.
std::string with_places_named(const std::string& message, const Table& table);

// Runs `use`. What is wrong with the data, or with the model for these data, is said with their name, and of columns by
// theirs.
void with_data_named(const std::string& file, const Table& table, const std::function<void()>& use);

}  // namespace latent::cli
