#pragma once

#include <string>
#include <string_view>

#include <latent/table.hpp>

namespace latent::input {

enum class NumberText { number, missing, infinite, too_large, decimal_comma, text };

// What the text of a cell, without spaces around it, stands for; sets `value` if and only if it is a number. Missing
// are the empty cell and what other programs write for one: NA, NaN, null, ?, and so on. A number smaller than the
// smallest float64 is 0, its nearest.
NumberText parse_number(std::string_view text, double& value);

std::string_view without_spaces(std::string_view text);

// What is wrong with a cell that is no number, and what would be right.
std::string complaint(NumberText found, const std::string& contents,
                      const std::string& missing_refusal = TableOptions().missing_refusal);

}  // namespace latent::input
