#include "column_choice.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
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
  for (std::size_t k = 0; k < specials.size(); ++k) result[specials[k].column] = values.size() + k;
  return result;
}

SpecialColumns ColumnChoice::special_columns(const TableOptions& options) const {
  SpecialColumns columns;
  for (const Special& special : specials) columns.push_back(special_column(special.role, special.target, options));
  return columns;
}

namespace {

struct NotValues {
  Role role;
  const char* option;
  const std::string& asked;
};

std::array<NotValues, 3> not_values(const TableOptions& options) {
  return {{{Role::weights, "weights", options.weights},
           {Role::sequence, "sequence", options.sequence},
           {Role::known_states, "known-states", options.known_states}}};
}

// Makes a choice step by step; knows which columns of the file have a use already.
class ChoiceBuilder {
 public:
  ChoiceBuilder(const Chooser& chooser, const std::vector<std::string>& header, std::size_t width,
                const std::string& file)
      : chooser_(chooser), header_(header), file_(file), taken_(width, false), no_value_(width, false) {}

  void take_not_values(const TableOptions& options) {
    for (const auto& [role, option, asked] : not_values(options)) {
      if (asked.empty()) continue;
      const std::vector<std::size_t> found = chooser_.columns(asked);
      if (found.size() != 1) throw DataError(file_ + ": " + option + ": " + shown(asked) + " is more than one column");
      if (no_value_[found.front()]) refuse_twice(found.front());
      no_value_[found.front()] = true;
      choice_.specials.push_back({role, found.front()});
    }
  }

  void take_values(const TableOptions& options) {
    for (const std::string& asked : options.columns) {
      for (const std::size_t column : chooser_.columns(asked)) take_value(column);
    }
    for (std::size_t column = 0; options.columns.empty() && column < taken_.size(); ++column) take_value(column);
    if (!choice_.values.empty()) return;
    const bool only_weights = choice_.specials.size() == 1 && choice_.specials.front().role == Role::weights;
    throw DataError(file_ + ": no column " + (only_weights ? "is left beside the weights" : "of values is left"));
  }

  void take_symbols(const std::optional<std::vector<std::string>>& categories) {
    if (!categories) return;
    std::vector<std::size_t> columns;
    for (const std::string& asked : *categories) {
      for (const std::size_t column : chooser_.columns(asked)) columns.push_back(column);
    }
    for (std::size_t target = 0; target < choice_.values.size(); ++target) {
      const std::size_t column = choice_.values[target];
      if (!categories->empty() && std::find(columns.begin(), columns.end(), column) == columns.end()) continue;
      choice_.specials.push_back({Role::symbols, column, target});
    }
  }

  ColumnChoice finished() { return std::move(choice_); }

 private:
  void take_value(std::size_t column) {
    if (no_value_[column]) return;
    if (taken_[column]) refuse_twice(column);
    taken_[column] = true;
    choice_.values.push_back(column);
    choice_.names.push_back(header_.empty() ? "x" + std::to_string(column + 1) : header_[column]);
  }

  [[noreturn]] void refuse_twice(std::size_t column) const {
    throw DataError(file_ + ": column " + std::to_string(column + 1) + " is asked for twice");
  }

  const Chooser& chooser_;
  const std::vector<std::string>& header_;
  const std::string& file_;
  std::vector<bool> taken_, no_value_;
  ColumnChoice choice_;
};

}  // namespace

ColumnChoice choose_columns(const TableOptions& options, const std::vector<std::string>& header, std::size_t width,
                            const std::string& file) {
  const Chooser chooser(header, width, file);
  ChoiceBuilder builder(chooser, header, width, file);
  builder.take_not_values(options);
  if (options.columns.empty()) refuse_nameless(header, file);
  builder.take_values(options);
  builder.take_symbols(options.categories);
  return builder.finished();
}

bool asks_for_a_name(const TableOptions& options) {
  const auto is_name = [](const std::string& asked) { return !number_or_range(asked); };
  const auto any_name = [&](const std::vector<std::string>& list) {
    return std::any_of(list.begin(), list.end(), is_name);
  };
  const auto sides = not_values(options);
  return any_name(options.columns) || (options.categories && any_name(*options.categories)) ||
         std::any_of(sides.begin(), sides.end(),
                     [&](const NotValues& side) { return !side.asked.empty() && is_name(side.asked); });
}

}  // namespace latent::input
