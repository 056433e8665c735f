#include "data.hpp"

#include <algorithm>
#include <charconv>
#include <map>

#include <latent/error.hpp>
#include <latent/text.hpp>

namespace latent::cli {

Usage::Group table_options() {
  return {"Data",
          {{"columns", "LIST", "columns to use, by name, number, or range of numbers: eruptions,3,5-7 [all]"},
           {"weights", "COLUMN", "column that says how much each row counts"},
           {"separator", "CHAR", "between cells: a character, tab or space [detected]"},
           {"header", "YES|NO", "whether the first line names the columns [detected]"}}};
}

namespace {

TableOptions table_options_of(const Arguments& arguments) {
  TableOptions options;
  options.columns = arguments.list("columns");
  options.weights = arguments.text_or_empty("weights");
  if (arguments.has("separator")) {
    const std::string text = arguments.text("separator");
    const std::map<std::string, char> words{{"tab", '\t'}, {"\\t", '\t'}, {"space", ' '}};
    if (const auto word = words.find(text); word != words.end()) {
      options.separator = word->second;
    } else if (text.size() == 1) {
      options.separator = text.front();
    } else {
      throw OptionError("separator is '" + text + "', it must be one character, tab or space");
    }
  }
  if (arguments.has("header")) {
    const std::string text = arguments.text("header");
    if (text != "yes" && text != "no") throw OptionError("header is '" + text + "', it must be yes or no");
    options.header = text == "yes";
  }
  return options;
}

bool has_all(const std::vector<std::string>& names, const std::vector<std::string>& wanted) {
  return std::ranges::all_of(wanted, [&](const std::string& name) { return std::ranges::count(names, name) == 1; });
}

// The table with those columns, in that order.
template <class Matrix>
Matrix with_columns(const Matrix& values, const std::vector<Eigen::Index>& columns) {
  Matrix result(values.rows(), static_cast<Eigen::Index>(columns.size()));
  for (std::size_t j = 0; j < columns.size(); ++j) result.col(static_cast<Eigen::Index>(j)) = values.col(columns[j]);
  return result;
}

void keep_columns(Table& table, const std::vector<Eigen::Index>& columns) {
  std::visit([&](auto& values) { values = with_columns(values, columns); }, table.values);
  std::vector<std::string> names;
  for (Eigen::Index column : columns) names.push_back(table.names[static_cast<std::size_t>(column)]);
  table.names = names;
}

std::size_t column_index(const Table& table, const std::string& column) {
  const auto named = std::ranges::find(table.names, column);
  if (named != table.names.end()) return static_cast<std::size_t>(named - table.names.begin());
  std::size_t position = 0;
  const auto [end, error] = std::from_chars(column.data(), column.data() + column.size(), position);
  if (error == std::errc() && end == column.data() + column.size() && position >= 1 && position <= table.columns()) return position - 1;
  throw DataError("there is no column \"" + column + "\" of labels");
}

}  // namespace

Table read_table(const std::string& file, const Arguments& arguments) {
  return latent::read_table(file, table_options_of(arguments));
}

Table read_table_for(const StoredModel& stored, const std::string& file, const Arguments& arguments) {
  TableOptions options = table_options_of(arguments);
  const bool by_name = options.columns.empty() && !stored.columns.empty();
  // By name a file may have any other columns besides, of text too. Standard input can be read only once, so there the
  // columns must all be numbers.
  if (by_name && file != "-") {
    try {
      options.columns = stored.columns;
      return latent::read_table(file, options);
    } catch (const DataError&) {
      options.columns.clear();  // other names, or none: by position, or the error below
    }
  }
  Table table = latent::read_table(file, options);
  if (by_name && table.has_header && has_all(table.names, stored.columns)) {
    std::vector<Eigen::Index> columns;
    for (const std::string& name : stored.columns) columns.push_back(std::ranges::find(table.names, name) - table.names.begin());
    keep_columns(table, columns);
  }
  if (table.columns() != stored.model->columns()) {
    throw DataError(file + ": has " + count_of(table.columns(), "column") + ", the model was fitted to " +
                    std::to_string(stored.model->columns()) + "; choose them with --columns");
  }
  return table;
}

std::vector<std::size_t> take_labels(Table& table, const std::string& column) {
  const std::size_t index = column_index(table, column);
  const Observations rows = table.view();
  std::map<double, std::size_t> classes;
  for (std::size_t i = 0; i < rows.size(); ++i) classes.emplace(rows(i, index), 0);
  std::size_t next = 0;
  for (auto& [value, label] : classes) label = next++;
  std::vector<std::size_t> labels(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) labels[i] = classes[rows(i, index)];
  std::vector<Eigen::Index> others;
  for (std::size_t j = 0; j < table.columns(); ++j) {
    if (j != index) others.push_back(static_cast<Eigen::Index>(j));
  }
  if (others.empty()) throw DataError("there is no column besides the labels");
  keep_columns(table, others);
  return labels;
}

}  // namespace latent::cli
