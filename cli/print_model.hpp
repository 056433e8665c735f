#pragma once

#include <iosfwd>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <latent/any_model.hpp>

namespace latent::cli {

// Names and values, aligned.
void print_lines(std::ostream& out, std::span<const std::pair<std::string, std::string>> lines);

// Cells in aligned columns, the first to the left, the others to the right.
void print_table(std::ostream& out, std::span<const std::vector<std::string>> lines);

// The parameters as aligned tables: lists as a row, matrices and lists of matrices with rows and columns. Of what has
// more than `most` numbers only the size is said.
void print_parameters(std::ostream& out, const AnyModel& model, std::span<const std::string> columns, std::size_t most);

}  // namespace latent::cli
