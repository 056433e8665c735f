#include "row_reader.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <utility>

#include <latent/error.hpp>
#include <latent/text.hpp>

#include "number_text.hpp"
#include "shown_text.hpp"

namespace latent::input {
namespace {

std::string complaint(const Cell& cell) {
  if (cell.fault == Cell::Fault::open_quote) return "found a quote that is never closed before " + shown(cell.text);
  return "found " + shown(cell.text) + ", expected a separator after the closing quote";
}

std::size_t lines_within(const Cell& cell) {
  return cell.quoted ? static_cast<std::size_t>(std::count(cell.text.begin(), cell.text.end(), '\n')) : 0;
}

}  // namespace

RowReader::Outcome RowReader::start(const char*& at) const {
  const CellScanner scanner(separator_, text_.end(), text_.is_last());
  at = scanner.skip_blanks(text_.begin());
  if (at == text_.end()) return text_.is_last() ? Outcome::end : Outcome::more;
  if (ends_line(*at)) return scanner.next(at) ? Outcome::blank_line : Outcome::more;
  if (!separator_.runs) at = text_.begin();
  return Outcome::row;
}

RowReader::Outcome RowReader::peek(std::vector<std::string>& cells) const {
  cells.clear();
  const char* at = nullptr;
  const Outcome outcome = start(at);
  if (outcome != Outcome::row) return outcome;
  const CellScanner scanner(separator_, text_.end(), text_.is_last());
  while (true) {
    Cell cell;
    const char* const stop = scanner.cell(at, cell);
    if (!stop) return Outcome::more;
    if (cell.fault != Cell::Fault::none) fail(cells.size(), at, complaint(cell));
    cells.push_back(cell.contents());
    const auto next = scanner.next(stop);
    if (!next) return Outcome::more;
    if (next->line_ended) return Outcome::row;
    at = next->at;
  }
}

void RowReader::skip_row() {
  const CellScanner scanner(separator_, text_.end(), text_.is_last());
  std::size_t lines = 1;
  Cell cell;
  auto next = scanner.next(scanner.cell(text_.begin(), cell));
  while (true) {
    lines += lines_within(cell);
    if (next->line_ended) break;
    next = scanner.next(scanner.cell(next->at, cell));
  }
  text_.advance(next->at, lines);
}

void RowReader::skip_line() {
  if (blank_line_ == 0) blank_line_ = text_.line();
  ++blank_lines_;
  const CellScanner scanner(separator_, text_.end(), text_.is_last());
  text_.advance(scanner.next(scanner.skip_blanks(text_.begin()))->at, 1);
}

void RowReader::expect(const ColumnChoice& choice, std::span<const std::unique_ptr<SpecialColumn>> specials,
                       const TableOptions& options, std::vector<std::string> header, std::size_t width,
                       std::size_t first_line) {
  targets_ = choice.targets(width);
  chosen_ = choice.values.size();
  specials_ = specials;
  special_cells_.resize(specials.size());
  missing_cells_ = options.missing_cells;
  missing_refusal_ = options.missing_refusal;
  header_ = std::move(header);
  first_line_ = first_line;
  blank_line_ = blank_lines_ = 0;
}

// The commonest cell: a number, its separator, and nothing else. Null for any other cell.
const char* RowReader::plain_number(const char* at, double& value) const {
  const char* const end = text_.end();
  while (at < end && *at == ' ') ++at;
  const auto [stop, error] = std::from_chars(at, end, value);
  if (error != std::errc{} || stop == end || !std::isfinite(value)) return nullptr;
  return separator_.is(*stop) || ends_line(*stop) ? stop : nullptr;
}

// What a blank line is in a file of one column, whatever its use.
void RowReader::read_blank_line(double* values) {
  if (!missing_cells_)
    fail_at(blank_line_, column_name(0) + ": " + complaint(NumberText::missing, "", missing_refusal_));
  --blank_lines_;
  *values = std::numeric_limits<double>::quiet_NaN();
  if (specials_.empty()) return;
  if (const std::string bad = specials_[0]->take(""); !bad.empty()) fail_at(blank_line_, column_name(0) + ": " + bad);
}

void RowReader::give_specials() {
  for (std::size_t k = 0; k < specials_.size(); ++k) {
    const auto& [cell, at, column] = special_cells_[k];
    const bool as_it_stands = !cell.quoted || cell.text.find('"') == std::string_view::npos;
    const std::string bad = as_it_stands ? specials_[k]->take(cell.text) : specials_[k]->take(cell.contents());
    if (!bad.empty()) fail(column, at, bad);
  }
}

RowReader::Outcome RowReader::read(double* values) {
  const char* at = nullptr;
  const Outcome outcome = start(at);
  if (outcome != Outcome::row) return outcome;
  const std::size_t width = targets_.size();
  if (width == 1 && blank_lines_ > 0 && missing_cells_) return read_blank_line(values), Outcome::row;
  const CellScanner scanner(separator_, text_.end(), text_.is_last());
  std::size_t lines = 1;
  std::size_t column = 0;
  // A wrong number of cells explains wrong cells, so the first bad cell waits until the cells are counted.
  std::string bad;
  std::size_t bad_column = 0;
  const char* bad_cell = nullptr;
  while (true) {
    const std::size_t target = column < width ? targets_[column] : ColumnChoice::unused;
    const bool is_value = target < chosen_;
    double value = 0;
    const char* stop = is_value ? plain_number(at, value) : nullptr;
    if (!stop) {
      Cell cell;
      stop = scanner.cell(at, cell);
      if (!stop) return Outcome::more;
      if (cell.fault != Cell::Fault::none) fail(column, at, complaint(cell));
      lines += lines_within(cell);
      if (is_value) {
        const NumberText found = parse_number(without_spaces(cell.text), value);
        if (found == NumberText::missing && missing_cells_) {
          value = std::numeric_limits<double>::quiet_NaN();
        } else if (found != NumberText::number && bad.empty()) {
          bad = complaint(found, cell.contents(), missing_refusal_);
          bad_column = column;
          bad_cell = at;
        }
      } else if (target != ColumnChoice::unused) {
        special_cells_[target - chosen_] = {cell, at, column};
      }
    }
    if (is_value) values[target] = value;
    ++column;
    const auto next = scanner.next(stop);
    if (!next) return Outcome::more;
    at = next->at;
    if (next->line_ended) break;
  }
  if (column != width) {
    fail_at(text_.line(), "found " + count_of(column, "cell") + ", expected " + std::to_string(width) + " as on line " +
                              std::to_string(first_line_));
  }
  if (!bad.empty()) fail(bad_column, bad_cell, bad);
  if (width == 1 && blank_lines_ > 0) read_blank_line(values);  // it fails
  blank_line_ = blank_lines_ = 0;
  give_specials();
  text_.advance(at, lines);
  return Outcome::row;
}

std::string RowReader::column_name(std::size_t column) const {
  const std::string number = std::to_string(column + 1);
  return column < header_.size() ? "column " + shown(header_[column]) + " (" + number + ")" : "column " + number;
}

void RowReader::fail(std::size_t column, const char* cell, const std::string& what) const {
  const auto lines = static_cast<std::size_t>(std::count(text_.begin(), cell, '\n'));  // within quotes before it
  fail_at(text_.line() + lines, column_name(column) + ": " + what);
}

void RowReader::fail_at(std::size_t line, const std::string& what) const {
  throw DataError(text_.name() + ":" + std::to_string(line) + ": " + what);
}

}  // namespace latent::input
