#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "arguments.hpp"

// Text for people, in lines of at most help_width characters.

namespace latent::cli {

inline constexpr std::size_t help_width = 100;

// What is written, and what it means.
using Entry = std::pair<std::string, std::string>;

// As two columns, the left one at least `width` wide.
std::string two_columns(const std::vector<Entry>& entries, std::size_t width = 0);

// Words in lines that all but the first begin with `indent` spaces.
std::string wrapped(const std::string& words, std::size_t indent = 0);

std::string help_text(const Usage& usage);

}  // namespace latent::cli
