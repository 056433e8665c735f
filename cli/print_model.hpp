#pragma once

#include <iosfwd>
#include <span>
#include <string>

#include <latent/any_model.hpp>

namespace latent::cli {

// The parameters as aligned tables: lists as a row, matrices and lists of matrices with rows and columns.
void print_parameters(std::ostream& out, const AnyModel& model, std::span<const std::string> columns);

}  // namespace latent::cli
