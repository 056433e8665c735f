#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "npy_header.hpp"

namespace latent::input {

// A .npy file that is open.
struct Shard {
  std::string name;
  int descriptor = -1;
  std::uint64_t begin = 0;    // byte of the first item
  std::size_t first_row = 0;  // among the rows of all
  std::int64_t written = 0;   // when, in nanoseconds
  NpyHeader header;

  std::size_t end_row() const { return first_row + header.rows; }
  std::uint64_t byte_of(std::size_t row) const;
  std::size_t row_bytes() const { return header.columns * header.item_bytes; }
  // Reads rows, counted from the first of all, as they stand in the file. Throws DataFileError.
  void read(std::size_t first, std::size_t count, char* to) const { read_rest(first, count, to, 0); }
  // How many bytes of them, from the first on, could be read without waiting for a disk.
  std::size_t read_what_is_cached(std::size_t first, std::size_t count, char* to) const;
  // The others.
  void read_rest(std::size_t first, std::size_t count, char* to, std::size_t bytes_read) const;
  // Throws DataFileError if somebody has written to the file since it was opened.
  void expect_unchanged() const;
  // Says that those rows are about to be read.
  void expect(std::size_t first, std::size_t count) const;
};

// .npy files of which the rows can be read where they stand: C order, this machine's byte order, as many columns each.
class Shards {
 public:
  explicit Shards(const std::vector<std::filesystem::path>& files);  // at least one; throws DataFileError
  ~Shards();
  Shards(const Shards&) = delete;
  Shards& operator=(const Shards&) = delete;

  const std::vector<Shard>& all() const { return shards_; }
  std::size_t rows() const { return shards_.back().end_row(); }
  std::size_t columns() const { return shards_.front().header.columns; }
  const Shard& of_row(std::size_t row) const;

 private:
  void open(const std::filesystem::path& file);
  void close();

  std::vector<Shard> shards_;
};

// Why the array cannot be read where it stands; empty: it can.
std::string kept_from_reading(const NpyHeader& header);

}  // namespace latent::input
