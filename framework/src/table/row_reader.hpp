#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "cell_scanner.hpp"
#include "column_choice.hpp"
#include "text_buffer.hpp"

namespace latent::input {

// Reads the rows of a delimited text, one at a time, from a buffer. What is `more` begins anew after a refill() of
// the buffer, so a row is always in one piece.
class RowReader {
 public:
  enum class Outcome { row, blank_line, more, end };

  RowReader(TextBuffer& text, Separator separator) : text_(text), separator_(separator) {}

  // The texts of the cells of the next row, which remains to be read.
  Outcome peek(std::vector<std::string>& cells) const;
  void skip_row();
  void skip_line();  // one that is blank

  // Which columns read() is to store. A row has `width` cells, as on the line `first_line`; `header` may be empty.
  void expect(const ColumnChoice& choice, std::vector<std::string> header, std::size_t width, std::size_t first_line);

  // Reads the next row; throws DataError if its cells are not as many, or not as good, as they should be.
  Outcome read(double* values, double* weight);

  std::string column_name(std::size_t column) const;  // column "waiting" (2)

 private:
  Outcome start(const char*& at) const;
  const char* plain_number(const char* at, double& value) const;
  std::string store(std::size_t target, double value, double* values, double* weight) const;
  [[noreturn]] void fail(std::size_t column, const char* cell, const std::string& what) const;
  [[noreturn]] void fail_at(std::size_t line, const std::string& what) const;

  TextBuffer& text_;
  Separator separator_;
  std::vector<std::size_t> targets_;  // for each column of the file, as ColumnChoice::targets
  std::size_t chosen_ = 0;            // columns of the table
  std::vector<std::string> header_;
  std::size_t first_line_ = 1;
  std::size_t blank_line_ = 0;  // the first of the blank lines before the next row, or 0
};

}  // namespace latent::input
