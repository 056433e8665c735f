#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <latent/error.hpp>
#include <latent/row_source.hpp>
#include <latent/table.hpp>

namespace latent {

namespace input {
class Shards;
}

// A file of the data cannot be read, or is not what it was; the message names it.
class DataFileError : public DataError {
 public:
  using DataError::DataError;
};

// The rows of .npy files (shards), one file after the other, read as they are needed and never kept: float64, float32,
// integers or bool, in C order and this machine's byte order. The files stay open, so one that is removed meanwhile is
// still read; one that becomes shorter is an error.
//
// Reading is by pread into a buffer a thread, and not by mapping: the buffer stays in the cache, the memory of the
// process does not grow with the data, a limit of the address space (ulimit -v) does not matter, and a file that has
// become shorter is an error with its name and not the end of the process.
class FileRows final : public RowSource {
 public:
  // Opens the files, all of the same number of columns. `columns`: those to take, counted from 0, in this order; empty:
  // all. Throws DataFileError.
  explicit FileRows(const std::vector<std::filesystem::path>& files, std::vector<std::size_t> columns = {});
  FileRows(std::shared_ptr<const input::Shards> shards, std::vector<std::size_t> columns);
  ~FileRows() override;

  std::size_t rows() const override;
  std::size_t columns() const override { return columns_.size(); }
  Observations read(std::size_t first, std::size_t count) const override;

  std::vector<std::size_t> shard_begins() const;  // the first row of each file
  std::vector<std::string> shard_names() const;
  bool is_float32() const;  // all of them
  // Those of these columns, in that order.
  std::shared_ptr<const FileRows> with_columns(const std::vector<std::size_t>& columns) const;

  // Reads all cells once. Throws DataFileError naming file, row and column of the first that is not finite, or that no
  // float64 equals; NaN is a missing cell if these are allowed.
  // Of `shares` equal parts of the rows only part `share`.
  void check_cells(bool missing_cells, std::size_t share = 0, std::size_t shares = 1) const;

 private:
  std::shared_ptr<const input::Shards> shards_;
  std::vector<std::size_t> columns_;  // of the files
  bool all_columns_ = false;          // as they stand there
  std::uint64_t number_;              // of this object among all
};

// Why that regular file cannot be read so, "FILE: the array is in Fortran order"; empty: it can.
std::string kept_from_files(const std::filesystem::path& file);

// The .npy files of a folder, by name. Throws DataError if there are none.
std::vector<std::filesystem::path> npy_files_of(const std::filesystem::path& folder);

// A table of such files whose values stay there; weights, sequences and known states are read into memory. A sequence
// may go on in the next file. All cells have been checked. With columns of symbols, or `gather`, the values are loaded.
// Throws as read_table does.
Table open_table(const std::vector<std::filesystem::path>& files, const TableOptions& options = {});

// The same with the values in memory: float32 if all files are, else float64.
Table load_table(const std::vector<std::filesystem::path>& files, const TableOptions& options = {});

}  // namespace latent
