#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "byte_source.hpp"

namespace latent::input {

// What a .npy file says about its array, of one or two dimensions and at least one item.
struct NpyHeader {
  char kind = 'f';             // f float, i integer, u unsigned integer, b bool
  std::size_t item_bytes = 8;  // 1, 2, 4 or 8
  bool big_endian = false;
  bool fortran_order = false;
  std::size_t rows = 0;
  std::size_t columns = 0;
};

// Reads the header of a .npy file of version 1, 2 or 3, up to the first item; throws DataError for a file that is
// none, and for an array that is no table of numbers.
NpyHeader read_npy_header(ByteSource& source);

// What is to be said of a file that has fewer, or more, bytes than its header says.
std::string truncated(const std::string& file, const NpyHeader& header);
std::string longer(const std::string& file, const NpyHeader& header);

// The whole beginning of a .npy file of version 1 for floats of so many bytes (4, 8) in this machine's byte order, C
// order. It takes npy_header_bytes whatever the shape.
inline constexpr std::size_t npy_header_bytes = 128;
std::string npy_header_of(std::size_t rows, std::size_t columns, std::size_t item_bytes);

}  // namespace latent::input
