#include "column_choice.hpp"

#include <algorithm>
#include <charconv>
#include <string_view>
#include <utility>

#include <latent/error.hpp>

#include "shown_text.hpp"

namespace latent::input {
namespace {

std::optional<std::size_t> whole_number(std::string_view text) {
  std::size_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// The first and last column of "3" or "2-5", counted from 1.
std::optional<std::pair<std::size_t, std::size_t>> number_or_range(std::string_view text) {
  const std::size_t dash = text.find('-');
  const std::optional<std::size_t> first = whole_number(text.substr(0, dash));
  const std::optional<std::size_t> last = dash == std::string_view::npos ? first : whole_number(text.substr(dash + 1));
  if (!first || !last) return std::nullopt;
  return std::pair(*first, *last);
}

class Chooser {
 public:
  Chooser(const std::vector<std::string>& header, std::size_t width, const std::string& file)
      : header_(header), width_(width), file_(file) {}

  // The columns of the file that one item of the options asks for.
  std::vector<std::size_t> columns(const std::string& asked) const {
    if (const std::optional<std::size_t> named = by_name(asked)) return {*named};
    const auto range = number_or_range(asked);
    if (!range) fail(asked, "");
    const auto [first, last] = *range;
    if (first < 1 || last > width_ || first > last) fail(asked, first > last ? " (a range goes upwards)" : "");
    std::vector<std::size_t> result;
    for (std::size_t number = first; number <= last; ++number) result.push_back(number - 1);
    return result;
  }

  [[noreturn]] void fail(const std::string& asked, const std::string& hint) const {
    throw DataError(file_ + ": no column " + shown(asked) + hint + ": " + available());
  }

 private:
  std::optional<std::size_t> by_name(const std::string& name) const {
    const auto found = std::find(header_.begin(), header_.end(), name);
    if (found == header_.end()) return std::nullopt;
    const auto again = std::find(found + 1, header_.end(), name);
    if (again != header_.end()) {
      throw DataError(file_ + ": two columns are called " + shown(name) + ", " +
                      std::to_string(found - header_.begin() + 1) + " and " +
                      std::to_string(again - header_.begin() + 1) + ": choose by number");
    }
    return static_cast<std::size_t>(found - header_.begin());
  }

  std::string available() const {
    constexpr std::size_t most = 10;
    if (header_.empty()) {
      return width_ == 1 ? "there is 1 column, and no header"
                         : "there are columns 1 to " + std::to_string(width_) + ", and no header";
    }
    std::string list = width_ == 1 ? "the column is " : "the columns are ";
    for (std::size_t j = 0; j < std::min(width_, most); ++j) list += (j > 0 ? ", " : "") + shown(header_[j]);
    if (width_ > most) list += " and " + std::to_string(width_ - most) + " more";
    return list;
  }

  const std::vector<std::string>& header_;
  std::size_t width_;
  const std::string& file_;
};

// Row numbers, as R and pandas write them in a column without a name, are no measurement, and a separator at the end of
// each line makes no column: neither is taken unasked.
void refuse_nameless(const std::vector<std::string>& header, const std::string& file) {
  const auto nameless = std::find(header.begin(), header.end(), "");
  if (nameless == header.end()) return;
  throw DataError(file + ": column " + std::to_string(nameless - header.begin() + 1) +
                  " has no name in the header (row numbers?): choose the columns to read");
}

}  // namespace

std::vector<std::size_t> ColumnChoice::targets(std::size_t width) const {
  std::vector<std::size_t> result(width, unused);
  for (std::size_t j = 0; j < values.size(); ++j) result[values[j]] = j;
  if (weights) result[*weights] = values.size();
  return result;
}

ColumnChoice choose_columns(const TableOptions& options, const std::vector<std::string>& header, std::size_t width,
                            const std::string& file) {
  const Chooser chooser(header, width, file);
  ColumnChoice choice;
  if (!options.weights.empty()) {
    const std::vector<std::size_t> found = chooser.columns(options.weights);
    if (found.size() != 1) throw DataError(file + ": weights: " + shown(options.weights) + " is more than one column");
    choice.weights = found.front();
  }
  if (options.columns.empty()) refuse_nameless(header, file);

  std::vector<bool> taken(width, false);
  const auto take = [&](std::size_t column) {
    if (column == choice.weights) return;
    if (taken[column]) throw DataError(file + ": column " + std::to_string(column + 1) + " is asked for twice");
    taken[column] = true;
    choice.values.push_back(column);
    choice.names.push_back(header.empty() ? "x" + std::to_string(column + 1) : header[column]);
  };
  for (const std::string& asked : options.columns) {
    for (const std::size_t column : chooser.columns(asked)) take(column);
  }
  for (std::size_t column = 0; options.columns.empty() && column < width; ++column) take(column);
  if (choice.values.empty()) throw DataError(file + ": no column is left beside the weights");
  return choice;
}

bool asks_for_a_name(const TableOptions& options) {
  const auto is_name = [](const std::string& asked) { return !number_or_range(asked); };
  return std::any_of(options.columns.begin(), options.columns.end(), is_name) ||
         (!options.weights.empty() && is_name(options.weights));
}

}  // namespace latent::input
