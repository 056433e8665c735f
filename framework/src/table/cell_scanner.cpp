#include "cell_scanner.hpp"

#include <algorithm>
#include <cstring>

namespace latent::input {
namespace {

// A forgotten quote would otherwise take the rest of a file for one cell.
constexpr std::ptrdiff_t longest_quoted_cell = std::ptrdiff_t{1} << 20;

}  // namespace

std::string Cell::contents() const {
  if (!quoted) return std::string(text);
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    result += text[i];
    if (text[i] == '"' && i + 1 < text.size() && text[i + 1] == '"') ++i;
  }
  return result;
}

const char* CellScanner::cell(const char* at, Cell& cell) const {
  cell = Cell{};
  const char* const start = skip_blanks(at);
  if (start < end_ && *start == '"') return quoted_cell(start, cell);
  const char* const stop = to_delimiter(start);
  if (stop == end_ && !last_) return nullptr;
  const char* text_end = stop;
  while (text_end > start && separator_.is_blank(text_end[-1])) --text_end;
  cell.text = {start, static_cast<std::size_t>(text_end - start)};
  return stop;
}

const char* CellScanner::quoted_cell(const char* at, Cell& cell) const {
  cell.quoted = true;
  const char* const start = at + 1;
  const char* close = start;
  while (true) {
    close = static_cast<const char*>(std::memchr(close, '"', static_cast<std::size_t>(end_ - close)));
    if ((!close && !last_ && end_ - start <= longest_quoted_cell) || (close && close + 1 == end_ && !last_)) {
      return nullptr;
    }
    if (!close || close - start > longest_quoted_cell) {
      cell.fault = Cell::Fault::open_quote;
      cell.text = {start, static_cast<std::size_t>(std::find_if(start, end_, ends_line) - start)};
      return end_;
    }
    if (close + 1 == end_ || close[1] != '"') break;
    close += 2;
  }
  cell.text = {start, static_cast<std::size_t>(close - start)};
  const char* const after = separator_.runs ? close + 1 : skip_blanks(close + 1);
  const char* const stop = to_delimiter(after);
  if (stop == end_ && !last_) return nullptr;
  if (stop != after) {
    cell.fault = Cell::Fault::text_after_quote;
    cell.text = {at, static_cast<std::size_t>(stop - at)};
  }
  return stop;
}

}  // namespace latent::input
