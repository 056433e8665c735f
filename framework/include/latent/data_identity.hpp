#pragma once

#include <string>

#include <latent/json_form.hpp>
#include <latent/row_data.hpp>

namespace latent {

// What tells data apart without keeping them: rows, columns, and a digest of their numbers, weights, sequences and known
// states; of more than a million numbers, of rows at equal distances.
Json identity_of(const RowData& data);

// "272 rows of 2 columns", for a message about identities that differ.
std::string text_of_identity(const Json& identity);

}  // namespace latent
