#include "picture_text.hpp"

#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

namespace latent::picture {
namespace {

struct Letter {
  std::uint32_t code = 0xFFFD;
  std::size_t bytes = 1;
  bool valid = false;
};

Letter first_letter(std::string_view text) {
  const auto byte = [&](std::size_t at) { return static_cast<std::uint32_t>(static_cast<unsigned char>(text[at])); };
  const std::uint32_t lead = byte(0);
  if (lead < 0x80) return {lead, 1, true};
  const std::size_t bytes = lead >= 0xF0 && lead < 0xF8 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC0 || lead >= 0xF8 || text.size() < bytes) return {};
  std::uint32_t code = lead & (0x7Fu >> bytes);
  for (std::size_t at = 1; at < bytes; ++at) {
    if ((byte(at) & 0xC0) != 0x80) return {};
    code = code << 6 | (byte(at) & 0x3F);
  }
  const std::uint32_t smallest = bytes == 2 ? 0x80 : bytes == 3 ? 0x800 : 0x10000;
  const bool surrogate = code >= 0xD800 && code < 0xE000;
  if (code < smallest || code > 0x10FFFF || surrogate || (code & 0xFFFE) == 0xFFFE) return {};
  return {code, bytes, true};
}

std::size_t width_of(std::uint32_t code) {
  const bool wide = (code >= 0x1100 && code < 0x1160) || (code >= 0x2E80 && code < 0xD7B0) ||
                    (code >= 0xF900 && code < 0xFB00) || (code >= 0xFF00 && code < 0xFF61) || code >= 0x1F000;
  return wide ? 2 : 1;
}

}  // namespace

std::string printable(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    const Letter letter = first_letter(text);
    if (!letter.valid) {
      result += "\uFFFD";
    } else if (letter.code < 0x20 || (letter.code >= 0x7F && letter.code < 0xA0)) {
      result += ' ';
    } else {
      result += text.substr(0, letter.bytes);
    }
    text.remove_prefix(letter.bytes);
  }
  return result;
}

std::size_t width_of(std::string_view text) {
  std::size_t width = 0;
  while (!text.empty()) {
    const Letter letter = first_letter(text);
    width += width_of(letter.code);
    text.remove_prefix(letter.bytes);
  }
  return width;
}

std::string shortened(const std::string& text, std::size_t width) {
  if (width_of(text) <= width) return text;
  std::size_t used = 1;
  std::size_t end = 0;
  while (true) {
    const Letter letter = first_letter(std::string_view(text).substr(end));
    used += width_of(letter.code);
    if (used > width) return text.substr(0, end) + "…";
    end += letter.bytes;
  }
}

std::string with_decimals(double value, int decimals) {
  std::array<char, 400> text{};
  std::snprintf(text.data(), text.size(), "%.*f", decimals, value);
  return text.data();
}

std::string in_powers_of_ten(double value, int decimals) {
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%.*e", decimals, value);
  const std::string written = text.data();
  const std::size_t e = written.find('e');
  return written.substr(0, e + 1) + std::to_string(std::atoi(written.c_str() + e + 1));
}

std::string power_of_ten(int exponent) {
  if (exponent == 0) return "1";
  if (exponent == 1) return "10";
  constexpr std::array<const char*, 10> raised{"⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"};
  std::string result = exponent < 0 ? "10⁻" : "10";
  for (const char digit : std::to_string(std::abs(exponent))) result += raised[static_cast<std::size_t>(digit - '0')];
  return result;
}

std::string with_minus(std::string text) { return text.starts_with('-') ? "−" + text.substr(1) : text; }

}  // namespace latent::picture
