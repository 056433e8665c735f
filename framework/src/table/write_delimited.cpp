#include <array>
#include <charconv>
#include <ostream>
#include <stdexcept>
#include <string_view>

#include <latent/table.hpp>

namespace latent {
namespace {

void append_name(const std::string& name, char separator, std::string& text) {
  const bool plain = !name.empty() && name.find_first_of("\"\r\n ") == std::string::npos &&
                     name.find(separator) == std::string::npos && name.find('\t') == std::string::npos;
  if (plain) {
    text += name;
    return;
  }
  text += '"';
  for (const char c : name) {
    if (c == '"') text += '"';
    text += c;
  }
  text += '"';
}

void append_number(double value, std::string& text) {
  std::array<char, 32> digits;  // the longest is 24 characters
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  text.append(digits.data(), end);
}

}  // namespace

void write_delimited(std::ostream& stream, std::span<const std::string> names, const RowMajorMatrix& values,
                     char separator) {
  if (!names.empty() && names.size() != static_cast<std::size_t>(values.cols())) {
    throw std::invalid_argument("write_delimited: expected one name a column, or none");
  }
  constexpr std::size_t most_buffered = std::size_t{1} << 16;
  std::string text;
  for (std::size_t j = 0; j < names.size(); ++j) {
    if (j > 0) text += separator;
    append_name(names[j], separator, text);
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
