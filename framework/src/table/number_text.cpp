#include "number_text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <string>

#include "shown_text.hpp"

namespace latent::input {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool same_word(std::string_view text, std::string_view lower_case) {
  return std::equal(text.begin(), text.end(), lower_case.begin(), lower_case.end(),
                    [](char a, char b) { return lower(a) == b; });
}

bool is_missing(std::string_view text) {
  static constexpr std::array<std::string_view, 9> words = {"", "na", "n/a", "#n/a", "null", "none", ".", "?", "-"};
  return std::any_of(words.begin(), words.end(), [&](std::string_view word) { return same_word(text, word); });
}

// Whether decimal text that fits no float64 is too large for one rather than too small: by the power of ten of its
// first digit that is not 0.
bool exceeds_one(std::string_view text) {
  const std::size_t exponent_mark = std::min(text.find_first_of("eE"), text.size());
  const std::string_view mantissa = text.substr(0, exponent_mark);
  const std::size_t point = std::min(mantissa.find('.'), mantissa.size());
  const std::size_t digit = mantissa.find_first_of("123456789");
  if (digit == std::string_view::npos) return false;
  const auto place = static_cast<double>(point) - static_cast<double>(digit);
  double exponent = 0;  // may have any number of digits; only its sign and rough size matter
  bool negative = false;
  for (const char c : text.substr(exponent_mark)) {
    negative = negative || c == '-';
    if (is_digit(c)) exponent = 10 * exponent + (c - '0');
  }
  return place + (negative ? -exponent : exponent) > 0;
}

bool has_decimal_comma(std::string_view text) {
  const std::size_t comma = text.find(',');
  if (comma == std::string_view::npos || text.find(',', comma + 1) != std::string_view::npos) return false;
  if (comma + 1 == text.size() || !is_digit(text[comma + 1])) return false;
  std::string with_point(text);
  with_point[comma] = '.';
  double ignored = 0;
  return parse_number(with_point, ignored) == NumberText::number;
}

}  // namespace

NumberText parse_number(std::string_view text, double& value) {
  if (is_missing(text)) return NumberText::missing;
  std::string_view digits = text;
  if (digits.front() == '+' && digits.size() > 1 && digits[1] != '-') digits.remove_prefix(1);
  double parsed = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), parsed);
  if (end != digits.data() + digits.size()) {
    return has_decimal_comma(text) ? NumberText::decimal_comma : NumberText::text;
  }
  if (error == std::errc::result_out_of_range) {
    if (exceeds_one(digits)) return NumberText::too_large;
    parsed = digits.front() == '-' ? -0.0 : 0.0;
  }
  if (std::isnan(parsed)) return NumberText::missing;
  if (std::isinf(parsed)) return NumberText::infinite;
  value = parsed;
  return NumberText::number;
}

std::string complaint(NumberText found, const std::string& contents, const std::string& missing_refusal) {
  switch (found) {
    case NumberText::missing:
      return "found " + (contents.empty() ? "an empty cell" : shown(contents)) + ", expected a number; " +
             missing_refusal;
    case NumberText::infinite: return "found " + shown(contents) + ", expected a finite number";
    case NumberText::too_large: return "found " + shown(contents) + ", expected a number of at most 1.8e308 in size";
    case NumberText::decimal_comma: {
      std::string with_point = contents;
      std::replace(with_point.begin(), with_point.end(), ',', '.');
      return "found " + shown(contents) + ", expected a decimal point: " + shown(with_point);
    }
    case NumberText::text:
    case NumberText::number: break;
  }
  return "found " + shown(contents) + ", expected a number";
}

std::string_view without_spaces(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

}  // namespace latent::input
