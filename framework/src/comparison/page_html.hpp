#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <latent/acceleration.hpp>

// The words, numbers and marks the page is made of.
namespace latent::page {

// Any text as HTML text or as the value of an attribute in double quotes: on one line, nothing of it is markup.
std::string escaped(std::string_view text);
std::string code(std::string_view text);                      // as the user typed it, in the typeface of a terminal
std::string cut(std::string_view text, std::size_t letters);  // not yet escaped; "…" where it is longer

// Good news, a reason to look closer, a failure. Never told by colour alone: each has a sign of its own.
enum class Mark { good, care, bad };
std::string chip(Mark mark, std::string_view text);  // escapes the text

// A contender as it is known throughout the page: its line as in the pictures, and its name.
std::string key(Acceleration acceleration);

std::string objective_text(double value);                     // digits enough to tell optima apart
std::string seconds_text(double seconds);                     // "80.4 µs", "1.23 s"
std::string count_figure(double count);                       // whole, or the half that a median may be
std::string figure(double value, int digits = 3);             // never in powers of ten where a person would not
std::string share_text(std::size_t part, std::size_t whole);  // "18 of 20"
inline constexpr const char* absent = "<span class=\"absent\">–</span>";

}  // namespace latent::page
