#include "delimited_text.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <latent/error.hpp>

#include "cell_scanner.hpp"
#include "growing_matrix.hpp"
#include "number_text.hpp"
#include "separator_detection.hpp"
#include "shown_text.hpp"

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

// What the cells of a first line look like: the first that is a word, and the first that is a number.
struct FirstLine {
  std::optional<std::size_t> word, number;

  // Cells that are meant as numbers but are unfit (NA, 3,14) are neither, lest the line be dropped without a word.
  void look_at(const std::vector<std::string>& cells, std::size_t column) {
    double value = 0;
    const NumberText found = parse_number(cells[column], value);
    if (found == NumberText::text && !word) word = column;
    if (found == NumberText::number && !number) number = column;
  }
};

// Whether one of those columns has the text of its first line again, in what is in the buffer.
bool comes_again(const std::vector<std::string>& cells, const std::vector<std::size_t>& columns, const TextBuffer& text,
                 Separator separator) {
  const CellScanner scanner(separator, text.end(), text.is_last());
  std::size_t column = 0;
  bool first_line = true;
  for (const char* at = separator.runs ? scanner.skip_blanks(text.begin()) : text.begin(); at < text.end();) {
    Cell cell;
    const char* const stop = scanner.cell(at, cell);
    if (!stop || cell.fault != Cell::Fault::none) return false;
    const bool asked = std::find(columns.begin(), columns.end(), column) != columns.end();
    if (!first_line && asked && cell.contents() == cells[column]) return true;
    const auto next = scanner.next(stop);
    if (!next) return false;
    at = next->at;
    column = next->line_ended ? 0 : column + 1;
    first_line = first_line && !next->line_ended;
  }
  return false;
}

// The first line of a file of which only symbols are read: a header has no numbers, no symbols that are known, and no
// texts that are those of rows as well.
bool is_header_of_symbols(const std::vector<std::string>& cells, const std::vector<std::size_t>& columns,
                          const TableOptions& options, const TextBuffer& text, Separator separator) {
  const auto is_symbol = [&](std::size_t column) {
    double value = 0;
    const bool known = std::ranges::any_of(options.alphabets, [&](const std::vector<std::string>& alphabet) {
      return std::ranges::find(alphabet, cells[column]) != alphabet.end();
    });
    return known || cells[column].empty() || parse_number(cells[column], value) == NumberText::number;
  };
  return !columns.empty() && std::none_of(columns.begin(), columns.end(), is_symbol) &&
         !comes_again(cells, columns, text, separator);
}

// Whether the first line is a header: the cells of the chosen columns are text.
bool is_header(const std::vector<std::string>& cells, const TableOptions& options, const TextBuffer& text,
               Separator separator) {
  FirstLine line;
  const auto has_word = [&] {
    for (std::size_t column = 0; column < cells.size(); ++column) line.look_at(cells, column);
    return line.word.has_value();
  };
  // Only a header has names; if the name is not in it, the message lists those that are.
  if (asks_for_a_name(options)) return has_word();
  ColumnChoice choice;
  try {
    choice = choose_columns(options, {}, cells.size(), text.name());
  } catch (const DataError&) {
    return has_word();  // what cannot be chosen is said once it is known whether there is a header
  }
  std::vector<std::size_t> numbers = choice.values, symbols;
  for (const auto& [role, column, target] : choice.specials) {
    if (role == Role::weights || role == Role::known_states) numbers.push_back(column);
    if (role == Role::symbols) {
      numbers.erase(std::find(numbers.begin(), numbers.end(), column));
      symbols.push_back(column);
    }
  }
  for (const std::size_t column : numbers) line.look_at(cells, column);
  const auto& [word, number] = line;
  if (word && number) {
    throw DataError(text.name() + ":" + std::to_string(text.line()) + ": column " + std::to_string(*word + 1) +
                    ": found " + shown(cells[*word]) + " beside the number " + shown(cells[*number]) +
                    ": a bad cell, or a header (then say that there is one)?");
  }
  if (word || number) return word.has_value();
  return is_header_of_symbols(cells, symbols, options, text, separator);
}

}  // namespace

DelimitedText::DelimitedText(ByteSource& source, const TableOptions& options) : text_(source) {
  Separator separator;
  std::vector<std::string> header = first_cells(text_, options, separator);
  const std::size_t width = header.size();
  const std::size_t first_line = text_.line();

  has_header_ = options.header ? *options.header : is_header(header, options, text_, separator);
  if (!has_header_) header.clear();
  choice_ = choose_columns(options, header, width, text_.name());
  specials_ = choice_.special_columns(options);
  reader_.emplace(text_, separator);
  if (has_header_) reader_->skip_row();
  reader_->expect(choice_, specials_, options, header, width, first_line);
}

void DelimitedText::read_rows(RowSink<double>& sink) {
  const std::size_t columns = choice_.values.size();
  RowSink<double>::Room room = sink.more();
  std::size_t count = 0;  // in the room
  bool any = false;
  while (true) {
    if (count == room.count) {
      room = sink.more();
      count = 0;
    }
    const RowReader::Outcome outcome = reader_->read(room.rows + count * columns);
    if (outcome == RowReader::Outcome::end) break;
    if (outcome == RowReader::Outcome::row) {
      ++count;
      any = true;
    }
    if (outcome == RowReader::Outcome::blank_line) reader_->skip_line();
    if (outcome == RowReader::Outcome::more) text_.refill();
  }
  if (!any) throw DataError(text_.name() + ": there is no row below the header");
  sink.end(count);
}

void DelimitedText::put_specials_into(Table& table) const {
  for (std::size_t k = 0; k < specials_.size(); ++k) {
    const std::string bad = specials_[k]->put_into(table);
    if (bad.empty()) continue;
    throw DataError(text_.name() + ": " + reader_->column_name(choice_.specials[k].column) + ": " + bad);
  }
}

Table read_delimited(ByteSource& source, const TableOptions& options) {
  DelimitedText text(source, options);
  Table table;
  table.names = text.names();
  table.has_header = text.has_header();
  GrowingMatrix<double> rows(table.columns());
  text.read_rows(rows);
  rows.move_to(table);
  text.put_specials_into(table);
  return table;
}

}  // namespace latent::input
