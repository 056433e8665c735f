#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace latent::input {

struct Separator {
  char character = ',';
  bool runs = false;  // any run of spaces and tabs separates, at the end of a line too

  static Separator of(char character) { return {character, character == ' '}; }
  bool is(char c) const { return c == character || (runs && c == '\t'); }
  bool is_blank(char c) const { return c == ' ' || (c == '\t' && (runs || character != '\t')); }
};

inline bool ends_line(char c) { return c == '\n' || c == '\r'; }

struct Cell {
  enum class Fault { none, open_quote, text_after_quote };

  std::string_view text;  // what is within the quotes, or else the cell without blanks around it
  bool quoted = false;
  Fault fault = Fault::none;

  std::string contents() const;  // `text`, with the doubled quotes in quotes made single
};

// Cuts text into cells. The text [.., end) may go on beyond `end` unless `last`: where the answer depends on what
// follows, it is null (or empty), and the caller asks again with more.
class CellScanner {
 public:
  CellScanner(Separator separator, const char* end, bool last) : separator_(separator), end_(end), last_(last) {}

  // Reads the cell that begins at `at`; returns where its separator or the end of its line is.
  const char* cell(const char* at, Cell& cell) const;

  struct Next {
    const char* at;  // the next cell, or the next line
    bool line_ended;
  };
  // What follows the cell whose end was returned.
  std::optional<Next> next(const char* cell_end) const {
    if (cell_end == end_) return last_ ? std::optional<Next>({end_, true}) : std::nullopt;
    if (ends_line(*cell_end)) return end_of_line(cell_end);
    ++cell_end;
    if (!separator_.runs) return Next{cell_end, false};
    cell_end = skip_blanks(cell_end);
    if (cell_end == end_ || ends_line(*cell_end)) return next(cell_end);
    return Next{cell_end, false};
  }

  const char* skip_blanks(const char* at) const {
    while (at < end_ && separator_.is_blank(*at)) ++at;
    return at;
  }

 private:
  std::optional<Next> end_of_line(const char* at) const {
    if (*at == '\r') {
      if (at + 1 == end_ && !last_) return std::nullopt;
      if (at + 1 < end_ && at[1] == '\n') ++at;
    }
    return Next{at + 1, true};
  }
  const char* quoted_cell(const char* at, Cell& cell) const;
  const char* to_delimiter(const char* at) const {
    while (at < end_ && !separator_.is(*at) && !ends_line(*at)) ++at;
    return at;
  }

  Separator separator_;
  const char* end_;
  bool last_;
};

}  // namespace latent::input
