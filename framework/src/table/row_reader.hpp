#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "cell_scanner.hpp"
#include "column_choice.hpp"
#include "special_column.hpp"
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

  // Which columns read() is to store, and to whom it gives the others (as many as choice.specials). A row has `width`
  // cells, as on the line `first_line`; `header` may be empty.
  void expect(const ColumnChoice& choice, std::span<const std::unique_ptr<SpecialColumn>> specials,
              const TableOptions& options, std::vector<std::string> header, std::size_t width, std::size_t first_line);

  // Reads the next row; throws DataError if its cells are not as many, or not as good, as they should be.
  Outcome read(double* values);

  std::string column_name(std::size_t column) const;  // column "waiting" (2)

 private:
  Outcome start(const char*& at) const;
  const char* plain_number(const char* at, double& value) const;
  void read_blank_line(double* values);
  void give_specials();
  [[noreturn]] void fail(std::size_t column, const char* cell, const std::string& what) const;
  [[noreturn]] void fail_at(std::size_t line, const std::string& what) const;

  TextBuffer& text_;
  Separator separator_;
  std::vector<std::size_t> targets_;  // for each column of the file, as ColumnChoice::targets
  std::size_t chosen_ = 0;            // columns of the table
  std::span<const std::unique_ptr<SpecialColumn>> specials_;
  struct SpecialCell {
    Cell cell;
    const char* at = nullptr;
    std::size_t column = 0;
  };
  std::vector<SpecialCell> special_cells_;  // of the row that is read
  bool missing_cells_ = false;
  std::string missing_refusal_;
  std::vector<std::string> header_;
  std::size_t first_line_ = 1;
  std::size_t blank_line_ = 0;   // the first of the blank lines before the next row, or 0
  std::size_t blank_lines_ = 0;  // how many there are
};

}  // namespace latent::input
