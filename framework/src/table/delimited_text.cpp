#include "delimited_text.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <latent/error.hpp>

#include "cell_scanner.hpp"
#include "column_choice.hpp"
#include "growing_matrix.hpp"
#include "number_text.hpp"
#include "row_reader.hpp"
#include "separator_detection.hpp"
#include "shown_text.hpp"
#include "text_buffer.hpp"

namespace latent::input {
namespace {

Separator choose_separator(const TextBuffer& text, const TableOptions& options) {
  if (!options.separator) return detect_separator(text);
  constexpr std::string_view never = "\"\n\r+-.0123456789eE";
  if (*options.separator == '\0' || never.find(*options.separator) != std::string_view::npos) {
    throw OptionError("separator: " + shown(std::string(1, *options.separator)) +
                      " cannot separate numbers; a comma, a semicolon, a tab or a space can");
  }
  return Separator::of(*options.separator);
}

// Moves to the first line that is not blank and returns its cells, without using them up.
std::vector<std::string> first_cells(TextBuffer& text, const TableOptions& options, Separator& separator) {
  while (!text.is_last() && std::find_if(text.begin(), text.end(), ends_line) == text.end()) text.refill();
  separator = choose_separator(text, options);
  RowReader reader(text, separator);
  while (true) {
    std::vector<std::string> cells;
    switch (reader.peek(cells)) {
      case RowReader::Outcome::row: return cells;
      case RowReader::Outcome::blank_line: reader.skip_line(); break;
      case RowReader::Outcome::more: text.refill(); break;
      case RowReader::Outcome::end: throw DataError(text.name() + ": the file is empty");
    }
  }
}

// Whether the first line is a header: the cells of the chosen columns are text. Cells that are meant as numbers but
// are unfit (NA, 3,14) make no header, lest the line be dropped without a word.
bool is_header(const std::vector<std::string>& cells, const TableOptions& options, const TextBuffer& text) {
  std::optional<std::size_t> word;
  std::optional<std::size_t> number;
  const auto look_at = [&](std::size_t column) {
    double value = 0;
    const NumberText found = parse_number(cells[column], value);
    if (found == NumberText::text && !word) word = column;
    if (found == NumberText::number && !number) number = column;
  };
  if (asks_for_a_name(options)) {
    // Only a header has names; if the name is not in it, the message lists those that are.
    for (std::size_t column = 0; column < cells.size(); ++column) look_at(column);
    return word.has_value();
  }
  const ColumnChoice choice = choose_columns(options, {}, cells.size(), text.name());
  std::for_each(choice.values.begin(), choice.values.end(), look_at);
  if (choice.weights) look_at(*choice.weights);
  if (word && number) {
    throw DataError(text.name() + ":" + std::to_string(text.line()) + ": column " + std::to_string(*word + 1) +
                    ": found " + shown(cells[*word]) + " beside the number " + shown(cells[*number]) +
                    ": a bad cell, or a header (then say that there is one)?");
  }
  return word.has_value();
}

}  // namespace

Table read_delimited(ByteSource& source, const TableOptions& options) {
  TextBuffer text(source);
  Separator separator;
  std::vector<std::string> header = first_cells(text, options, separator);
  const std::size_t width = header.size();
  const std::size_t first_line = text.line();

  Table table;
  table.has_header = options.header ? *options.header : is_header(header, options, text);
  if (!table.has_header) header.clear();
  const ColumnChoice choice = choose_columns(options, header, width, text.name());
  table.names = choice.names;

  RowReader reader(text, separator);
  if (table.has_header) reader.skip_row();
  reader.expect(choice, header, width, first_line);

  GrowingMatrix<double> rows(choice.values.size(), choice.weights.has_value());
  std::size_t count = 0;
  while (true) {
    if (count == rows.room()) rows.grow();
    const RowReader::Outcome outcome = reader.read(rows.row(count), choice.weights ? rows.weight(count) : nullptr);
    if (outcome == RowReader::Outcome::end) break;
    if (outcome == RowReader::Outcome::row) ++count;
    if (outcome == RowReader::Outcome::blank_line) reader.skip_line();
    if (outcome == RowReader::Outcome::more) text.refill();
  }
  if (count == 0) throw DataError(text.name() + ": there is no row below the header");
  rows.resize(count);
  if (rows.has_only_zero_weights()) {
    throw DataError(text.name() + ": " + reader.column_name(*choice.weights) + ": every weight is 0");
  }
  rows.move_to(table);
  return table;
}

}  // namespace latent::input
