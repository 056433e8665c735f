#include "page_html.hpp"

#include <algorithm>
#include <cmath>

#include <latent/text.hpp>

#include "picture/picture_text.hpp"

namespace latent::page {

std::string escaped(std::string_view text) {
  std::string result;
  for (const char letter : picture::printable(text)) {
    switch (letter) {
      case '&': result += "&amp;"; break;
      case '<': result += "&lt;"; break;
      case '>': result += "&gt;"; break;
      case '"': result += "&quot;"; break;
      case '\'': result += "&#39;"; break;
      default: result += letter;
    }
  }
  return result;
}

std::string code(std::string_view text) { return "<code>" + escaped(text) + "</code>"; }

std::string cut(std::string_view text, std::size_t letters) {
  return picture::shortened(picture::printable(text), letters);
}

std::string chip(Mark mark, std::string_view text) {
  const char* name = mark == Mark::good ? "good" : mark == Mark::care ? "care" : "bad";
  const char* sign = mark == Mark::good ? "✓" : mark == Mark::care ? "!" : "✕";
  return std::string("<span class=\"chip ") + name + "\"><span class=\"sign\">" + sign + "</span>" + escaped(text) +
         "</span>";
}

std::string key(Acceleration acceleration) {
  const std::string name = name_of(acceleration);
  const std::string shown = acceleration == Acceleration::none ? "plain EM" : name;
  return "<span class=\"key " + name + "\"><i></i>" + shown + "</span>";
}

std::string objective_text(double value) {
  if (!std::isfinite(value)) return absent;
  const double size = std::abs(value);
  if (size >= 1e12 || size < 0.1) return picture::with_minus(rounded(value, 7));
  return picture::with_minus(picture::with_decimals(value, size < 1e5 ? 3 : size < 1e7 ? 2 : 0));
}

std::string figure(double value, int digits) {
  if (!std::isfinite(value)) return absent;
  const double size = std::abs(value);
  if (size == 0) return "0";
  if (size >= 1e9 || size < 1e-6) return picture::with_minus(rounded(value, digits));
  const int before = static_cast<int>(std::floor(std::log10(size) + 1e-12)) + 1;
  return picture::with_minus(picture::with_decimals(value, std::max(0, digits - before)));
}

std::string seconds_text(double seconds) {
  if (!std::isfinite(seconds)) return absent;
  if (seconds < 1e-6) return "0 s";
  if (seconds < 0.9995e-3) return figure(seconds * 1e6) + " µs";
  if (seconds < 0.9995) return figure(seconds * 1e3) + " ms";
  return figure(seconds) + " s";
}

std::string count_figure(double count) {
  if (!std::isfinite(count) || count >= 1e15) return figure(count);
  return picture::with_decimals(count, count == std::floor(count) ? 0 : 1);
}

std::string share_text(std::size_t part, std::size_t whole) {
  return std::to_string(part) + " of " + std::to_string(whole);
}

}  // namespace latent::page
