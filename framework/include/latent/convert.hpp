#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace latent {

// Which columns of a table become a .npy file, and how.
struct ConvertOptions {
  std::vector<std::string> columns = {};         // these four as in TableOptions
  std::optional<char> separator = std::nullopt;  //
  std::optional<bool> header = std::nullopt;     //
  bool missing_cells = false;                    // they become NaN
  // Whether to store float32, each number rounded to the nearest; one that only float64 holds is an error. A float32
  // file stays one in any case, everything else becomes float64.
  bool float32 = false;
};

// What was written.
struct Converted {
  std::size_t rows = 0;
  std::vector<std::string> names;  // of the columns, as Table::names; a .npy file has no place for them
  bool has_header = false;         // whether the names came from the input
  bool float32 = false;            // else float64
};

// Makes a .npy file (version 1, this machine's byte order, C order, of shape (rows, columns)) of a table that
// read_table would read, in one pass: the memory is a few MB and a few rows, however long the table is. "-" is
// standard input. A .npy array in Fortran order is read by columns, in one pass too, so from a file and no pipe. The
// output appears whole or not at all; until then a file of its name keeps its contents.
//
// Throws DataError as read_table does, or if a number is beyond float32 ("FILE: row 3, column "waiting" (2): ..."), and
// Error if the output cannot be written or is no regular file: the number of rows, known last, stands first in it.
Converted convert_to_npy(const std::filesystem::path& input, const std::filesystem::path& output,
                         const ConvertOptions& options = {});

}  // namespace latent
