#include "print_model.hpp"

#include <algorithm>
#include <iomanip>
#include <ostream>
#include <vector>

#include <latent/text.hpp>

namespace latent::cli {
namespace {

using Line = std::vector<std::string>;

void print_table(std::ostream& out, const std::vector<Line>& lines) {
  std::vector<std::size_t> widths;
  for (const Line& line : lines) {
    widths.resize(std::max(widths.size(), line.size()));
    for (std::size_t j = 0; j < line.size(); ++j) widths[j] = std::max(widths[j], line[j].size());
  }
  for (const Line& line : lines) {
    for (std::size_t j = 0; j < line.size(); ++j) {
      out << (j == 0 ? "" : "  ") << (j == 0 ? std::left : std::right) << std::setw(static_cast<int>(widths[j])) << line[j];
    }
    out << std::left << '\n';
  }
}

bool is_list(const Json& json) { return json.is_array() && !json.empty(); }

// A list of numbers, a matrix (list of rows), or a list of matrices.
int depth_of(const Json& json) { return is_list(json) ? 1 + depth_of(json.front()) : 0; }

Line cells(const std::string& name, const Json& row) {
  Line line{name};
  for (const Json& value : row) line.push_back(rounded(value.get<double>()));
  return line;
}

// Column names, if the matrix has as many columns as the data.
Line heading(const std::string& name, std::size_t width, std::span<const std::string> columns) {
  Line line{name};
  for (std::size_t j = 0; j < width; ++j) line.push_back(width == columns.size() ? columns[j] : std::to_string(j + 1));
  return line;
}

void print_matrix(std::ostream& out, const std::string& name, const Json& rows, std::span<const std::string> columns,
                  bool rows_are_columns) {
  std::vector<Line> lines{heading(name, rows.front().size(), columns)};
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const bool named = rows_are_columns && rows.size() == columns.size();
    lines.push_back(cells("  " + (named ? columns[i] : std::to_string(i + 1)), rows[i]));
  }
  print_table(out, lines);
}

void print_value(std::ostream& out, const std::string& name, const Json& value, std::span<const std::string> columns,
                 std::size_t components) {
  switch (depth_of(value)) {
    case 0: out << name << "  " << (value.is_number() ? rounded(value.get<double>()) : value.dump()) << '\n'; break;
    case 1: print_table(out, {heading(name, value.size(), {}), cells("", value)}); break;
    case 2: print_matrix(out, name, value, columns, value.size() != components); break;
    default:
      for (std::size_t k = 0; k < value.size(); ++k) {
        print_value(out, name + " " + std::to_string(k + 1), value[k], columns, components + value[k].size());
      }
  }
}

}  // namespace

void print_parameters(std::ostream& out, const AnyModel& model, std::span<const std::string> columns) {
  const Json parameters = model.parameters();
  for (const auto& [name, value] : parameters.items()) {
    if (value.is_object()) {
      for (const auto& [inner, numbers] : value.items()) print_value(out, name + "." + inner, numbers, columns, model.components());
    } else {
      print_value(out, name, value, columns, model.components());
    }
  }
}

}  // namespace latent::cli
