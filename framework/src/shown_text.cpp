#include "shown_text.hpp"

namespace latent::input {
namespace {

// The bytes of the UTF-8 character `text` begins with; 0 if it begins with none, or with a control character.
std::size_t printable_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(0);
  if (first < 0x80) return first >= 0x20 && first != 0x7f ? 1 : 0;
  const std::size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return 0;
  }
  return first == 0xc2 && byte(1) < 0xa0 ? 0 : length;  // U+0080 to U+009F are control characters
}

std::string escaped(char character) {
  switch (character) {
    case '\n': return "\\n";
    case '\r': return "\\r";
    case '\t': return "\\t";
    default: {
      const char* const digits = "0123456789abcdef";
      const auto byte = static_cast<unsigned char>(character);
      return {'\\', 'x', digits[byte >> 4], digits[byte & 15]};
    }
  }
}

}  // namespace

std::string shown(std::string_view text, std::size_t limit) {
  std::string result = "\"";
  std::size_t characters = 0;
  while (!text.empty() && characters < limit) {
    const std::size_t length = printable_length(text);
    result += length == 0 ? escaped(text.front()) : std::string(text.substr(0, length));
    text.remove_prefix(length == 0 ? 1 : length);
    ++characters;
  }
  return result + (text.empty() ? "\"" : "...\"");
}

}  // namespace latent::input
