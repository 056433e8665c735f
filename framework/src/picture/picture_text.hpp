#pragma once

#include <cstddef>
#include <string>
#include <string_view>

// Texts in a picture. A width is a number of average letters.
namespace latent::picture {

// Valid UTF-8 on one line that every drawing program and XML can hold: what cannot be shown becomes a space or U+FFFD.
std::string printable(std::string_view text);

// Of UTF-8; Chinese, Japanese and Korean letters are twice as wide as others.
std::size_t width_of(std::string_view text);

// Cut to the width with "…" where it is longer.
std::string shortened(const std::string& text, std::size_t width);

std::string with_decimals(double value, int decimals);
std::string in_powers_of_ten(double value, int decimals);  // "1.5e6"
std::string power_of_ten(int exponent);                    // "10⁻³"
std::string with_minus(std::string text);                  // a leading hyphen becomes a minus sign

}  // namespace latent::picture
