#include "separator_detection.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <tuple>
#include <vector>

#include "number_text.hpp"

namespace latent::input {
namespace {

struct Line {
  std::size_t cells = 0;
  std::size_t numbers = 0;  // or what stands in the place of one, like NA
};

// The first lines that are wholly in the buffer and not blank, cut at `separator`.
std::vector<Line> first_lines(const TextBuffer& text, Separator separator) {
  constexpr std::size_t most_lines = 50;
  const CellScanner scanner(separator, text.end(), text.is_last());
  std::vector<Line> lines;
  Line line;
  bool blank = true;
  for (const char* at = text.begin(); at < text.end() && lines.size() < most_lines;) {
    Cell cell;
    double value = 0;
    const char* const stop = scanner.cell(at, cell);
    if (!stop || cell.fault != Cell::Fault::none) break;
    ++line.cells;
    if (parse_number(cell.text, value) != NumberText::text) ++line.numbers;
    if (!cell.text.empty() || cell.quoted) blank = false;
    const std::optional<CellScanner::Next> next = scanner.next(stop);
    if (!next) break;
    at = next->at;
    if (!next->line_ended) continue;
    if (!blank) lines.push_back(line);
    line = {};
    blank = true;
  }
  return lines;
}

using Merit = std::tuple<double, double, double>;

Merit merit(const std::vector<Line>& lines) {
  if (lines.empty()) return {-1, 0, 0};
  // A header says nothing about numbers, and may have blanks within its names.
  const std::size_t first = lines.size() > 1 ? 1 : 0;
  double cells = 0;
  double numbers = 0;
  double as_the_first = 0;
  for (std::size_t i = first; i < lines.size(); ++i) {
    cells += static_cast<double>(lines[i].cells);
    numbers += static_cast<double>(lines[i].numbers);
    as_the_first += lines[i].cells == lines.front().cells ? 1 : 0;
  }
  return {numbers / cells, cells, as_the_first};
}

}  // namespace

Separator detect_separator(const TextBuffer& text) {
  constexpr std::array<char, 4> candidates = {'\t', ';', ',', ' '};  // of equal merit, the first
  Separator best = Separator::of(',');
  Merit best_merit{-2, 0, 0};
  for (const char candidate : candidates) {
    const Separator separator = Separator::of(candidate);
    const Merit found = merit(first_lines(text, separator));
    if (found > best_merit) {
      best = separator;
      best_merit = found;
    }
  }
  return best;
}

}  // namespace latent::input
