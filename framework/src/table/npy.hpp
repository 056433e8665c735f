#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <latent/table.hpp>

#include "byte_source.hpp"
#include "column_choice.hpp"
#include "npy_header.hpp"
#include "row_sink.hpp"
#include "special_column.hpp"

namespace latent::input {

// A .npy file whose columns are known and whose rows are to be read.
class NpyArray {
 public:
  NpyArray(ByteSource& source, const TableOptions& options);  // both live as long
  NpyArray(const NpyArray&) = delete;
  NpyArray& operator=(const NpyArray&) = delete;

  const NpyHeader& header() const { return header_; }
  const std::vector<std::string>& names() const { return choice_.names; }  // of the columns that are read
  bool is_float32() const { return header_.kind == 'f' && header_.item_bytes == 4; }

  // Lets the rows of an array in Fortran order come one after the other all the same; throws DataError if the source
  // cannot be read at any place.
  void come_by_rows();

  // Reads all rows, once: as float from float32, as double from all other types. An array in Fortran order needs a sink
  // with room for all rows at once.
  void read_rows(RowSink<float>& sink);
  void read_rows(RowSink<double>& sink);
  // What was read besides the values; to be called when these are in the table.
  void put_specials_into(Table& table) const;

 private:
  ByteSource& items() { return by_rows_ ? *by_rows_ : source_; }

  ByteSource& source_;
  std::unique_ptr<ByteSource> by_rows_;  // instead of source_, if set
  NpyHeader header_;
  const TableOptions& options_;
  ColumnChoice choice_;
  SpecialColumns specials_;
};

// Whether to read that as a .npy file, by its first bytes or the name of the file; throws DataError if it is empty.
bool is_npy(ByteSource& source, const std::filesystem::path& file);

Table read_npy(ByteSource& source, const TableOptions& options);

}  // namespace latent::input
