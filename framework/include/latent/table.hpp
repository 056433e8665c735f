#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <iosfwd>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include <Eigen/Core>
#include <latent/observations.hpp>

namespace latent {

class FileRows;

using RowMajorMatrix32 = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

// Named columns of finite numbers, at least one row and one column; NaN where a cell is missing, if that was allowed. A
// float32 file stays float32 and so takes half the memory; everything else becomes float64.
struct Table {
  std::variant<RowMajorMatrix, RowMajorMatrix32> values;  // rows() x columns()
  std::shared_ptr<const FileRows> files = nullptr;        // instead of `values`: <latent/file_rows.hpp>
  std::vector<std::string> names;                         // columns(); "x2" for column 2 of a file without a header
  bool has_header = false;                                // whether the names came from the file
  // columns(): what the values 0, 1, ... of a column of symbols stand for, nothing for a column of numbers. Empty when
  // no columns of symbols were asked for.
  std::vector<std::vector<std::string>> alphabets = {};

  // From the columns that are no values; empty when they were not asked for.
  Eigen::VectorXd weights;                        // rows(), finite and at least 0, not all 0
  std::vector<std::size_t> sequence_begins = {};  // the first row of each sequence
  std::vector<std::string> sequence_names = {};   // one a sequence, all different
  std::vector<std::int32_t> known_states = {};    // rows(), counted from 0, or Sequences::unknown
  std::vector<std::size_t> places = {};           // rows(): where they stood before they were gathered; empty: here

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
  // Whether the first line is a header. Empty: it is one if the chosen cells in it are text; or, where all columns are
  // of symbols, if these texts are no numbers and do not come again below (in the first 1 MB of the file). Text only.
  std::optional<bool> header = std::nullopt;
  // Whether a cell may be missing: empty, NA, NaN, null, ? and the like. It becomes NaN.
  bool missing_cells = false;
  // What an error says of a missing cell after "expected a number; ".
  std::string missing_refusal = "this model takes no missing cells: remove the row or fill the cell";
  // Columns of values whose cells are symbols, any text: the values are their places in the column's alphabet. Named as
  // in `columns`; unset: none; empty: all columns of values. Only an empty cell is missing there: NA may be a symbol. In
  // .npy files whole numbers are symbols.
  std::optional<std::vector<std::string>> categories = std::nullopt;
  // One for each column of the table: the alphabet of a column of symbols, in this order; any other text is an error.
  // Where there is none, the alphabet are the texts found in the column, as numbers in increasing order if all are whole
  // numbers, else in the order of their bytes.
  std::vector<std::vector<std::string>> alphabets = {};

  // Columns that are taken out of the values, each by its name or number. Empty: none.
  std::string weights = {};       // one an observation
  std::string sequence = {};      // the name of the sequence a row belongs to; its rows follow one another, unless
  bool gather = false;            // they are brought together: sequences in the order of their first rows
  std::string known_states = {};  // hidden states, numbers from 1; empty or NA where nothing is known

  // Of values that stay in files, which of so many equal parts of the rows is checked for cells that are no numbers; the
  // others are left to other processes.
  std::size_t share = 0, shares = 1;
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
// moment), for text also the longest line. Symbols and known states take 4 bytes a row more, twice that for a moment.
Table read_table(const std::filesystem::path& file, const TableOptions& options = {});

// The same from a stream opened in binary mode; `name` stands for the file in messages.
Table read_table(std::istream& stream, const TableOptions& options = {}, const std::string& name = "standard input");

// Both writers leave an error in the state of the stream, which the caller checks (AtomicFile::commit does).
//
// A .npy file, version 1, float64, C order, of shape (rows, columns).
void write_npy(std::ostream& stream, const RowMajorMatrix& values);

// A text as a cell of delimited text: in quotes where it must be.
std::string delimited_cell(const std::string& text, char separator = ',');

// Delimited text with a header, or without one when `names` is empty (else one name a column). Numbers are the shortest
// text that reads back as the same float64; names are quoted where they must be.
void write_delimited(std::ostream& stream, std::span<const std::string> names, const RowMajorMatrix& values,
                     char separator = ',');

}  // namespace latent
