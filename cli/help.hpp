#pragma once

#include <string>
#include <utility>
#include <vector>

#include "arguments.hpp"

namespace latent::cli {

inline constexpr std::size_t help_width = 100;

// Two columns: what is written, and what it means, wrapped.
std::string two_columns(const std::vector<std::pair<std::string, std::string>>& lines);

// `text` in lines of at most help_width, which all but the first begin with `indent` spaces. Ends in a newline.
std::string wrapped(const std::string& text, std::size_t indent = 0);

std::string help_text(const Usage& usage);

}  // namespace latent::cli
