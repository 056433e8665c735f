#pragma once

#include <optional>
#include <string>
#include <vector>

#include <latent/table.hpp>

#include "byte_source.hpp"
#include "column_choice.hpp"
#include "row_reader.hpp"
#include "row_sink.hpp"
#include "special_column.hpp"
#include "text_buffer.hpp"

namespace latent::input {

// A delimited text whose columns are known and whose rows are to be read.
class DelimitedText {
 public:
  DelimitedText(ByteSource& source, const TableOptions& options);
  DelimitedText(const DelimitedText&) = delete;
  DelimitedText& operator=(const DelimitedText&) = delete;

  bool has_header() const { return has_header_; }
  const std::vector<std::string>& names() const { return choice_.names; }  // of the columns that are read

  // Reads all rows, of which there is at least one, in one pass.
  void read_rows(RowSink<double>& sink);
  // What was read besides the values; to be called when these are in the table.
  void put_specials_into(Table& table) const;

 private:
  TextBuffer text_;
  ColumnChoice choice_;
  SpecialColumns specials_;
  std::optional<RowReader> reader_;  // from when the separator is known
  bool has_header_ = false;
};

Table read_delimited(ByteSource& source, const TableOptions& options);

}  // namespace latent::input
