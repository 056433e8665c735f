#pragma once

#include <cstddef>
#include <filesystem>
#include <iosfwd>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include <Eigen/Core>
#include <latent/observations.hpp>

namespace latent {

using RowMajorMatrix32 = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

// Named columns of finite numbers, at least one row and one column. A float32 file stays float32 and so takes half
// the memory; everything else becomes float64.
struct Table {
  std::variant<RowMajorMatrix, RowMajorMatrix32> values;  // rows() x columns()
  std::vector<std::string> names;                         // columns(); "x2" for column 2 of a file without a header
  bool has_header = false;                                // whether the names came from the file
  Eigen::VectorXd weights;  // rows(), finite and at least 0, not all 0; empty when no weights column was asked for

  std::size_t rows() const { return view().size(); }
  std::size_t columns() const { return names.size(); }
  Observations view() const&;  // valid while the table lives and `values` is not resized
  Observations view() && = delete;
  Weights weights_view() const& { return {weights.data(), static_cast<std::size_t>(weights.size())}; }
  Weights weights_view() && = delete;
};

struct TableOptions {
  // The columns to read, in this order: names of the header, numbers counted from 1, or ranges of numbers ("2-5").
  // What is the name of a column is taken as that name, even if it looks like a number. Empty: all columns.
  std::vector<std::string> columns = {};
  // Between the cells of a line; ' ' means any run of spaces and tabs. Empty: comma, tab, semicolon or spaces,
  // whichever makes numbers of the first lines. Text only.
  std::optional<char> separator = std::nullopt;
  // Whether the first line is a header. Empty: it is one if the chosen cells in it are text. Text only.
  std::optional<bool> header = std::nullopt;
  // The name or number of a column of weights, one an observation; it is taken out of the values. Empty: none.
  std::string weights = {};
};

// Reads a whole table; "-" is standard input. What starts like a NumPy .npy file (or is called .npy) is read as one,
// anything else as delimited text:
//   .npy  versions 1 to 3, little or big endian, C or Fortran order, of shape (n, D) or (n,), of float32, float64,
//         8 to 64-bit integers or bool; a 64-bit integer that no float64 equals is refused.
//   text  UTF-8, lines ending in LF, CRLF or CR, quotes as in RFC 4180 (a quote in quotes is doubled), a number in any
//         decimal notation with a point; what is smaller than the smallest float64 becomes 0. Blank lines are skipped,
//         but among the lines of a file with one column a blank line is a missing cell. Only chosen columns need be
//         numbers.
// Throws DataError with one line, "FILE:LINE: column "waiting" (2): found "abc", expected a number", for whatever
// cannot be read as a table of finite numbers (no cell ever becomes a zero for want of a number), and OptionError for a
// separator that cannot be one.
// Memory: the table and about 2 MB (where realloc moves pages, as on Linux; else up to 2.5 times the table for a
// moment), for text also the longest line.
Table read_table(const std::filesystem::path& file, const TableOptions& options = {});

// The same from a stream opened in binary mode; `name` stands for the file in messages.
Table read_table(std::istream& stream, const TableOptions& options = {}, const std::string& name = "standard input");

// Both writers leave an error in the state of the stream, which the caller checks (AtomicFile::commit does).
//
// A .npy file, version 1, float64, C order, of shape (rows, columns).
void write_npy(std::ostream& stream, const RowMajorMatrix& values);

// Delimited text with a header, or without one when `names` is empty (else one name a column). Numbers are the shortest
// text that reads back as the same float64; names are quoted where they must be.
void write_delimited(std::ostream& stream, std::span<const std::string> names, const RowMajorMatrix& values,
                     char separator = ',');

}  // namespace latent
