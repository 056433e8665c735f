#include "text_table.hpp"

#include <algorithm>
#include <cstddef>

namespace latent::benchmarks {
namespace {

std::vector<std::size_t> widths(const TextTable& table) {
  std::vector<std::size_t> widest(table.front().size());
  for (const auto& row : table) {
    for (std::size_t i = 0; i < row.size(); ++i) widest[i] = std::max(widest[i], row[i].size());
  }
  return widest;
}

std::string line(const std::vector<std::string>& row, const std::vector<std::size_t>& widths, const char* before,
                 const char* between, const char* after) {
  std::string text = before;
  for (std::size_t i = 0; i < row.size(); ++i) {
    const std::string space(widths[i] - row[i].size(), ' ');
    text += (i ? between : "") + (i ? space + row[i] : row[i] + space);
  }
  return text + after + "\n";
}

}  // namespace

std::string aligned(const TextTable& table) {
  std::string text;
  for (const auto& row : table) text += line(row, widths(table), "", "  ", "");
  return text;
}

std::string markdown(const TextTable& table) {
  std::string text;
  for (const auto& row : table) {
    text += line(row, widths(table), "| ", " | ", " |");
    if (&row != &table.front()) continue;
    text += "|";
    for (std::size_t i = 0; i < row.size(); ++i) text += i ? "---:|" : "---|";
    text += "\n";
  }
  return text;
}

}  // namespace latent::benchmarks
