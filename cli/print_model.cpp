#include "print_model.hpp"

#include <algorithm>
#include <iomanip>
#include <ostream>

#include <latent/text.hpp>

namespace latent::cli {
namespace {

using Line = std::vector<std::string>;

// The shape of nested lists whose parts are alike.
std::vector<std::size_t> shape_of(const Json& json) {
  std::vector<std::size_t> shape;
  for (const Json* at = &json; at->is_array() && !at->empty(); at = &at->front()) shape.push_back(at->size());
  return shape;
}

std::string cell_text(const Json& value) {
  if (value.is_number_float()) return rounded(value.get<double>());
  return value.is_string() ? value.get<std::string>() : value.dump();
}

Line cells(const std::string& name, const Json& row) {
  Line line{name};
  for (const Json& value : row) line.push_back(cell_text(value));
  return line;
}

// Prints parameters of a model whose data have columns of those names.
class ParameterPrinter {
 public:
  ParameterPrinter(std::ostream& out, const AnyModel& model, std::span<const std::string> columns, std::size_t most)
      : out_(out),
        columns_(columns),
        levels_(model.levels()),
        sequences_(model.needs().sequences),
        components_(model.components()),
        most_(most) {}

  void print(const std::string& name, const Json& value) const {
    if (value.is_object()) {
      for (const auto& [inner, part] : value.items()) print(name.empty() ? inner : name + "." + inner, part);
      return;
    }
    const std::vector<std::size_t> shape = shape_of(value);
    std::size_t numbers = 1;
    std::string size;
    for (const std::size_t length : shape) {
      numbers *= length;
      size += (size.empty() ? "" : " x ") + std::to_string(length);
    }
    if (numbers > most_) {
      out_ << name << "  " << size << " numbers, not shown\n";
    } else if (shape.empty()) {
      out_ << name << "  " << cell_text(value) << '\n';
    } else if (shape.size() == 1) {
      print_table(out_, std::vector<Line>{heading(name, value.size(), {}), cells("", value)});
    } else if (shape.size() == 2) {
      print_matrix(name, value, value.size() != components_);
    } else {
      for (std::size_t k = 0; k < value.size(); ++k) print_part(name + " " + std::to_string(k + 1), value[k]);
    }
  }

 private:
  // One of a list of matrices, whose rows are no components.
  void print_part(const std::string& name, const Json& value) const {
    shape_of(value).size() == 2 ? print_matrix(name, value, true) : print(name, value);
  }

  void print_matrix(const std::string& name, const Json& rows, bool rows_are_columns) const {
    std::vector<Line> lines{heading(name, rows.front().size(), names_of_width(name, rows.front().size()))};
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const bool named = rows_are_columns && rows.size() == columns_.size();
      lines.push_back(cells("  " + (named ? columns_[i] : std::to_string(i + 1)), rows[i]));
    }
    print_table(out_, lines);
  }

  // What so many numbers of a row may stand for: the texts of a column, or columns. In a model of sequences the parameters that are not
  // part of another ("transitions", unlike "emissions.means") have a number for each state, and weights one for each
  // part of a mixture.
  std::span<const std::string> names_of_width(const std::string& name, std::size_t width) const {
    if (sequences_ && (name.find('.') == std::string::npos || name.ends_with(".weights"))) return {};
    const auto found = std::ranges::find(levels_, width, &std::vector<std::string>::size);
    return found == levels_.end() ? columns_ : std::span<const std::string>(*found);
  }

  // Numbers from 1, or those names if there are as many.
  static Line heading(const std::string& name, std::size_t width, std::span<const std::string> names) {
    Line line{name};
    for (std::size_t j = 0; j < width; ++j) line.push_back(width == names.size() ? names[j] : std::to_string(j + 1));
    return line;
  }

  std::ostream& out_;
  std::span<const std::string> columns_;
  const std::vector<std::vector<std::string>>& levels_;
  bool sequences_;
  std::size_t components_, most_;
};

}  // namespace

void print_lines(std::ostream& out, std::span<const std::pair<std::string, std::string>> lines) {
  std::size_t width = 0;
  for (const auto& [name, value] : lines) width = std::max(width, name.size());
  for (const auto& [name, value] : lines) out << name << std::string(width - name.size() + 2, ' ') << value << '\n';
}

void print_table(std::ostream& out, std::span<const std::vector<std::string>> lines) {
  std::vector<std::size_t> widths;
  for (const std::vector<std::string>& line : lines) {
    widths.resize(std::max(widths.size(), line.size()));
    for (std::size_t j = 0; j < line.size(); ++j) widths[j] = std::max(widths[j], line[j].size());
  }
  for (const std::vector<std::string>& line : lines) {
    for (std::size_t j = 0; j < line.size(); ++j) {
      out << (j == 0 ? "" : "  ") << (j == 0 ? std::left : std::right) << std::setw(static_cast<int>(widths[j]))
          << line[j];
    }
    out << std::left << '\n';
  }
}

void print_parameters(std::ostream& out, const AnyModel& model, std::span<const std::string> columns,
                      std::size_t most) {
  ParameterPrinter(out, model, columns, most).print("", model.parameters());
}

}  // namespace latent::cli
