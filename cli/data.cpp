#include "data.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <optional>
#include <regex>
#include <utility>

#include <latent/error.hpp>
#include <latent/file_rows.hpp>
#include <latent/text.hpp>

#include "data_files.hpp"
#include "sequence_data.hpp"

namespace latent::cli {

namespace {

// `beside`: the options for columns that are no values.
OptionGroup table_options_with(const std::vector<Option>& beside, const std::string& all_columns) {
  OptionGroup group{"Data",
                    {{"columns", "LIST",
                      "columns to use, by name, number or range of numbers: eruptions,3,5-7 [" + all_columns + "]"}}};
  for (const Option& option : beside) group.options.push_back(option);
  group.options.push_back({"separator", "CHAR", "between cells: a character, tab or space [detected]"});
  group.options.push_back({"header", "YES|NO", "whether the first line names the columns [detected]"});
  return group;
}

std::vector<Option> weights_and(const std::vector<Option>& sequence_options) {
  std::vector<Option> all{{"weights", "COLUMN", "column that says how much each row counts"}};
  all.insert(all.end(), sequence_options.begin(), sequence_options.end());
  all.push_back(data_in_option());
  return all;
}

}  // namespace

OptionGroup table_options(const DataNeeds& needs) {
  std::string names;
  for (const NeededColumn& column : needs.columns) names += (names.empty() ? "" : ",") + column.name;
  return table_options_with(weights_and(sequence_options(needs)), names.empty() ? "all" : names);
}

OptionGroup table_options() { return table_options_with(weights_and(sequence_options({.sequences = true})), "all"); }

OptionGroup options_of_values() { return table_options_with({}, "all"); }

Reading reading_of(const StoredModel& stored) {
  return {stored.model->needs(), stored.model->levels(), stored.columns};
}

RowData row_data(const Table& table) {
  RowData data{.rows = table.view(), .weights = table.weights_view()};
  data.sequence_begins = table.sequence_begins;
  data.known_states = table.known_states;
  data.names = table.names;
  data.levels = table.alphabets;
  return data;
}

TableColumns columns_of(const Table& table) { return {table.names, table.alphabets}; }

std::string data_name(const std::string& file) { return file == "-" ? "standard input" : file; }

namespace {

// Of the columns that are read, those whose cells are texts.
std::optional<std::vector<std::string>> columns_of_text(const DataNeeds& needs, const std::vector<std::string>& read) {
  if (needs.symbols) return std::vector<std::string>{};  // all
  if (std::ranges::none_of(needs.columns, &NeededColumn::text)) return std::nullopt;
  if (read.size() != needs.columns.size()) {
    throw OptionError("columns lists " + count_of(read.size(), "column") + ", the model takes " +
                      std::to_string(needs.columns.size()));
  }
  std::vector<std::string> texts;
  for (std::size_t j = 0; j < read.size(); ++j) {
    if (needs.columns[j].text) texts.push_back(read[j]);
  }
  return texts;
}

}  // namespace

TableOptions table_options_of(const Arguments& arguments, const Reading& reading) {
  check_sequence_options(arguments, reading.needs);
  TableOptions options;
  options.columns = arguments.list("columns");
  if (options.columns.empty() && !reading.needs.columns.empty()) {
    options.columns = reading.names;
    for (std::size_t j = reading.names.size(); j < reading.needs.columns.size(); ++j) {
      options.columns.push_back(reading.needs.columns[j].name);
    }
  }
  options.weights = arguments.text_or_empty("weights");
  options.sequence = arguments.has("sequence") ? arguments.text("sequence") : reading.needs.key;
  options.gather = !reading.needs.key.empty();
  options.known_states = arguments.text_or_empty("known-states");
  options.missing_cells = reading.needs.missing_cells;
  options.categories = columns_of_text(reading.needs, options.columns);
  options.alphabets = reading.levels;
  if (arguments.has("separator")) {
    const std::string text = arguments.text("separator");
    const std::map<std::string, char> words{{"tab", '\t'}, {"\\t", '\t'}, {"space", ' '}};
    const auto word = words.find(text);
    if (word == words.end() && text.size() != 1) {
      throw OptionError("separator is '" + text + "', it must be one character, tab or space");
    }
    options.separator = word == words.end() ? text.front() : word->second;
  }
  if (arguments.has("header")) {
    const std::string text = arguments.text("header");
    if (text != "yes" && text != "no") throw OptionError("header is '" + text + "', it must be yes or no");
    options.header = text == "yes";
  }
  return options;
}

namespace {

// Keeps those columns, in that order.
void keep_columns(Table& table, const std::vector<std::size_t>& columns) {
  std::vector<std::size_t> all(table.columns());
  for (std::size_t j = 0; j < all.size(); ++j) all[j] = j;
  if (columns == all) return;
  std::vector<std::string> names;
  for (const std::size_t column : columns) names.push_back(table.names[column]);
  if (table.files) table.files = table.files->with_columns(columns);
  std::visit(
      [&](auto& values) {
        if (values.size() == 0) return;
        std::remove_reference_t<decltype(values)> kept(values.rows(), static_cast<Eigen::Index>(columns.size()));
        for (std::size_t j = 0; j < columns.size(); ++j) {
          kept.col(static_cast<Eigen::Index>(j)) = values.col(static_cast<Eigen::Index>(columns[j]));
        }
        values = std::move(kept);
      },
      table.values);
  table.names = std::move(names);
  if (table.alphabets.empty()) return;
  std::vector<std::vector<std::string>> alphabets;
  for (const std::size_t column : columns) alphabets.push_back(std::move(table.alphabets[column]));
  table.alphabets = std::move(alphabets);
}

std::optional<std::size_t> position_of(const Table& table, const std::string& name) {
  const auto found = std::ranges::find(table.names, name);
  if (found == table.names.end()) return std::nullopt;
  return static_cast<std::size_t>(found - table.names.begin());
}

// Where the table has the columns of those names, or nothing if it has not all of them.
std::optional<std::vector<std::size_t>> positions_of(const Table& table, const std::vector<std::string>& names) {
  std::vector<std::size_t> positions;
  for (const std::string& name : names) {
    const std::optional<std::size_t> position = position_of(table, name);
    if (!position || std::ranges::count(table.names, name) > 1) return std::nullopt;
    positions.push_back(*position);
  }
  return positions;
}

Table read_by_name_or_all(const StoredModel& stored, const std::vector<std::string>& words, const Arguments& arguments,
                          TableOptions options) {
  const auto read = [&] { return read_data(words, arguments, stored.model->needs(), options); };
  // By name, a file may have other columns besides, of text too. Standard input can be read only once, so there all the
  // columns must be numbers.
  if (stored.columns.empty() || !options.columns.empty() || words.front() == "-") return read();
  options.columns = stored.columns;
  try {
    return read();
  } catch (const DataError&) {
    options.columns.clear();
    std::optional<Table> table;
    try {
      table = read();
    } catch (const DataError&) {
    }
    if (!table || table->has_header) throw;  // the first reason: no such names, or no number in one of them
    return std::move(*table);
  }
}

}  // namespace

Table read_table_for(const StoredModel& stored, const Arguments& arguments) {
  return read_table_for(stored, arguments.all("DATA"), arguments);
}

Table read_table_for(const StoredModel& stored, const std::vector<std::string>& words, const Arguments& arguments) {
  const std::string file = data_text(words);
  const TableOptions options = table_options_of(arguments, reading_of(stored));
  Table table = read_by_name_or_all(stored, words, arguments, options);
  if (table.has_header && !stored.columns.empty()) {
    const auto positions = positions_of(table, stored.columns);
    if (positions) {
      keep_columns(table, *positions);
    } else if (options.columns.empty()) {
      throw DataError(data_name(file) + ": has not all the columns that the model was fitted to (\"" +
                      stored.columns.front() + "\", ...); say which to take by --columns");
    }
  }
  if (table.columns() != stored.model->columns()) {
    throw DataError(data_name(file) + ": has " + count_of(table.columns(), "column") + ", the model was fitted to " +
                    std::to_string(stored.model->columns()) + "; choose them by --columns");
  }
  check_table(table, stored.model->needs(), file);
  cut_by_lengths(table, arguments, file);
  with_data_named(file, table, [&] { check_known_states(table, stored.model->components()); });
  return table;
}

void check_table(const Table& table, const DataNeeds& needs, const std::string& file) {
  if (!needs.symbols || table.columns() == 1) return;
  throw DataError(data_name(file) + ": has " + count_of(table.columns(), "column") +
                  ", a model of symbols takes one; choose it by --columns");
}

namespace {

// Of a table whose columns were chosen by `options`, the one that was called `asked`.
std::size_t label_column(const Table& table, const std::string& asked, const TableOptions& options,
                         const std::string& file) {
  if (!options.columns.empty()) return table.columns() - 1;  // added there
  if (const auto named = position_of(table, table.has_header ? asked : "x" + asked)) return *named;
  std::size_t number = 0;
  const auto [end, error] = std::from_chars(asked.data(), asked.data() + asked.size(), number);
  const bool counts = table.has_header && error == std::errc() && end == asked.data() + asked.size() && number >= 1;
  // Which column a number means is not known once the weights are taken out.
  if (counts && !options.weights.empty()) {
    throw OptionError("start-labels is '" + asked + "', with --weights it must be the name of a column");
  }
  if (!counts || number > table.columns())
    throw DataError(data_name(file) + ": no column \"" + asked + "\" for the labels");
  return number - 1;
}

}  // namespace

LabelledTable read_labelled_table(const Arguments& arguments, const std::string& labels, const DataNeeds& needs,
                                  TableOptions options) {
  if (!options.columns.empty()) options.columns.push_back(labels);
  const std::string file = data_text(arguments);
  LabelledTable read{read_data(arguments, needs, options), {}};
  const std::size_t column = label_column(read.table, labels, options, file);
  const Observations rows = read.table.view();
  std::map<double, std::size_t> classes;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (std::isnan(rows(i, column))) {
      throw DataError(data_name(file) + ": row " + std::to_string(i + 1) + " has no label in column \"" + labels +
                      "\"");
    }
    classes.emplace(rows(i, column), 0);
  }
  std::size_t next = 0;
  for (auto& [value, label] : classes) label = next++;
  for (std::size_t i = 0; i < rows.size(); ++i) read.labels.push_back(classes[rows(i, column)]);

  std::vector<std::size_t> others;
  for (std::size_t j = 0; j < read.table.columns(); ++j) {
    if (j != column) others.push_back(j);
  }
  if (others.empty()) throw DataError(data_name(file) + ": there is no column besides the labels");
  keep_columns(read.table, others);
  return read;
}

std::string with_places_named(const std::string& message, const Table& table) {
  static const std::regex place("\\b(column|row) ([0-9]{1,18})\\b");
  std::string told;
  auto rest = message.begin();
  for (std::sregex_iterator at(message.begin(), message.end(), place), end; at != end; ++at) {
    const bool row = (*at)[1] == "row";
    const std::size_t number = std::stoul((*at)[2]);
    if (number < 1 || number > (row ? table.places.size() : table.columns())) continue;
    told.append(rest, (*at)[0].first);
    rest = (*at)[0].second;
    if (row) {
      told += "row " + std::to_string(table.places[number - 1] + 1);
    } else {
      const std::string& name = table.names[number - 1];
      told += table.has_header ? "column \"" + name + "\"" : "column " + name.substr(1);  // "x3"
    }
  }
  return told.append(rest, message.end());
}

void with_data_named(const std::string& file, const Table& table, const std::function<void()>& use) {
  const auto told = [&](const Error& error) { return data_name(file) + ": " + with_places_named(error.what(), table); };
  try {
    use();
  } catch (const DataFileError&) {  // names the file, and row and column in it
    throw;
  } catch (const DataError& error) {
    throw DataError(told(error));
  } catch (const ModelError& error) {
    throw ModelError(told(error));
  }
}

}  // namespace latent::cli
