#pragma once

#include <memory>

#include "byte_source.hpp"
#include "npy_header.hpp"

namespace latent::input {

// The items of an array in Fortran order, of which `columns` has read the header, in C order: blocks of rows are put
// together from pieces of all columns. The memory is a few MB, or a row if that is more. Lives no longer than `columns`.
// Throws DataError if `columns` cannot be read at any place.
std::unique_ptr<ByteSource> rows_of_columns(ByteSource& columns, const NpyHeader& header);

}  // namespace latent::input
