#include <array>
#include <charconv>
#include <ostream>
#include <stdexcept>
#include <string_view>

#include <latent/table.hpp>

namespace latent {
namespace {

void append_number(double value, std::string& text) {
  std::array<char, 32> digits;  // the longest is 24 characters
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  text.append(digits.data(), end);
}

}  // namespace

std::string delimited_cell(const std::string& text, char separator) {
  const bool plain = !text.empty() && text.find_first_of("\"\r\n ") == std::string::npos &&
                     text.find(separator) == std::string::npos && text.find('\t') == std::string::npos;
  if (plain) return text;
  std::string cell = "\"";
  for (const char c : text) {
    if (c == '"') cell += '"';
    cell += c;
  }
  return cell + '"';
}

void write_delimited(std::ostream& stream, std::span<const std::string> names, const RowMajorMatrix& values,
                     char separator) {
  if (!names.empty() && names.size() != static_cast<std::size_t>(values.cols())) {
    throw std::invalid_argument("write_delimited: expected one name a column, or none");
  }
  constexpr std::size_t most_buffered = std::size_t{1} << 16;
  std::string text;
  for (std::size_t j = 0; j < names.size(); ++j) {
    if (j > 0) text += separator;
    text += delimited_cell(names[j], separator);
  }
  if (!names.empty()) text += '\n';
  for (Eigen::Index i = 0; i < values.rows(); ++i) {
    for (Eigen::Index j = 0; j < values.cols(); ++j) {
      if (j > 0) text += separator;
      append_number(values(i, j), text);
    }
    text += '\n';
    if (text.size() > most_buffered) {
      stream << text;
      text.clear();
    }
  }
  stream << text;
}

}  // namespace latent
