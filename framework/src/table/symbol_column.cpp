#include "symbol_column.hpp"

#include <algorithm>
#include <charconv>
#include <limits>
#include <optional>
#include <type_traits>
#include <variant>

#include "shown_text.hpp"

namespace latent::input {
namespace {

std::string those_known(const std::map<std::string, std::int32_t, std::less<>>& codes) {
  constexpr std::size_t most = 10;
  std::string list;
  std::size_t count = 0;
  for (const auto& [text, code] : codes) {
    if (count == most) break;
    list += (count++ == 0 ? "" : ", ") + shown(text);
  }
  return "the model knows " + list +
         (codes.size() > most ? " and " + std::to_string(codes.size() - most) + " more" : "");
}

std::optional<std::int64_t> whole_number(const std::string& text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// 2 before 10 if all are whole numbers, else "10" before "2". The texts come in the order of their bytes, which "1" and
// "01" keep.
void sort_as_numbers(std::vector<std::string>& texts) {
  if (!std::ranges::all_of(texts, [](const std::string& text) { return whole_number(text).has_value(); })) return;
  std::ranges::stable_sort(texts, {}, [](const std::string& text) { return *whole_number(text); });
}

}  // namespace

SymbolColumn::SymbolColumn(std::size_t target, const std::vector<std::string>& alphabet, bool may_be_missing)
    : target_(target), given_(!alphabet.empty()), may_be_missing_(may_be_missing) {
  for (const std::string& text : alphabet) codes_.emplace(text, static_cast<std::int32_t>(codes_.size()));
}

std::string SymbolColumn::take(std::string_view cell) {
  const auto found = codes_.find(cell);
  if (found != codes_.end()) {
    rows_.push_back(found->second);
  } else if (cell.empty()) {
    if (!may_be_missing_) return "found an empty cell, expected a symbol";
    rows_.push_back(missing);
  } else if (given_) {
    return "found " + shown(cell) + ", " + those_known(codes_);
  } else {
    rows_.push_back(static_cast<std::int32_t>(codes_.size()));
    codes_.emplace(cell, rows_.back());
  }
  return {};
}

std::string SymbolColumn::put_into(Table& table) {
  std::vector<std::string> alphabet;
  for (const auto& [text, code] : codes_) alphabet.push_back(text);
  if (given_) {
    std::ranges::sort(alphabet, {}, [this](const std::string& text) { return codes_.find(text)->second; });
  } else {
    sort_as_numbers(alphabet);
  }
  if (alphabet.empty()) return "every cell is empty";
  std::vector<double> places(alphabet.size());  // by code
  for (std::size_t i = 0; i < alphabet.size(); ++i) {
    places[static_cast<std::size_t>(codes_.find(alphabet[i])->second)] = static_cast<double>(i);
  }
  std::visit(
      [&](auto& values) {
        using Scalar = typename std::remove_reference_t<decltype(values)>::Scalar;
        for (std::size_t i = 0; i < rows_.size(); ++i) {
          const double place = rows_[i] == missing ? std::numeric_limits<double>::quiet_NaN()
                                                   : places[static_cast<std::size_t>(rows_[i])];
          values(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(target_)) = static_cast<Scalar>(place);
        }
      },
      table.values);
  table.alphabets.resize(table.columns());
  table.alphabets[target_] = std::move(alphabet);
  return {};
}

}  // namespace latent::input
