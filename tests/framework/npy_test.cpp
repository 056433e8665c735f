#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <random>
#include <sstream>
#include <streambuf>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <doctest/doctest.h>
#include <latent/error.hpp>
#include <latent/table.hpp>

namespace {

using latent::RowMajorMatrix;
using latent::RowMajorMatrix32;
using latent::Table;
using latent::TableOptions;

// The bytes of a .npy file, put together by hand as its specification says (numpy.lib.format).
std::string npy(const std::string& dictionary, const std::string& data, int version = 1) {
  const std::string header = dictionary + "   \n";
  std::string bytes = "\x93NUMPY";
  bytes += static_cast<char>(version);
  bytes += '\0';
  for (int i = 0; i < (version == 1 ? 2 : 4); ++i) bytes += static_cast<char>(header.size() >> (8 * i) & 0xff);
  return bytes + header + data;
}

std::string dictionary(const std::string& type, const std::string& shape, bool fortran_order = false) {
  return "{'descr': '" + type + "', 'fortran_order': " + (fortran_order ? "True" : "False") + ", 'shape': " + shape +
         ", }";
}

// Items one after the other, in little or big endian whatever this machine's order is.
template <class Item>
std::string data_of(const std::vector<Item>& items, bool big_endian = false) {
  using Bits =
      std::conditional_t<sizeof(Item) == 8, std::uint64_t,
                         std::conditional_t<sizeof(Item) == 4, std::uint32_t,
                                            std::conditional_t<sizeof(Item) == 2, std::uint16_t, std::uint8_t>>>;
  std::string bytes;
  for (const Item item : items) {
    Bits bits;
    std::memcpy(&bits, &item, sizeof(item));
    for (std::size_t i = 0; i < sizeof(item); ++i) {
      const std::size_t byte = big_endian ? sizeof(item) - 1 - i : i;
      bytes += static_cast<char>(static_cast<std::uint64_t>(bits) >> (8 * byte) & 0xff);
    }
  }
  return bytes;
}

Table read(const std::string& bytes, const TableOptions& options = {}) {
  std::istringstream stream(bytes);
  return latent::read_table(stream, options, "data.npy");
}

// Bytes that come one at a time and cannot be counted beforehand, as through a pipe.
class Pipe : public std::streambuf {
 public:
  explicit Pipe(std::string bytes) : bytes_(std::move(bytes)) {}

 private:
  int_type underflow() override {
    if (at_ == bytes_.size()) return traits_type::eof();
    setg(bytes_.data() + at_, bytes_.data() + at_, bytes_.data() + at_ + 1);
    return traits_type::to_int_type(bytes_[at_++]);
  }
  std::string bytes_;
  std::size_t at_ = 0;
};

Table read_piped(const std::string& bytes, const TableOptions& options = {}) {
  Pipe pipe(bytes);
  std::istream stream(&pipe);
  return latent::read_table(stream, options, "data.npy");
}

std::string error_of(const std::string& bytes, const TableOptions& options = {}) {
  std::string seekable = "no error";
  std::string piped = "no error";
  try {
    read(bytes, options);
  } catch (const latent::DataError& error) {
    seekable = error.what();
  }
  try {
    read_piped(bytes, options);
  } catch (const latent::DataError& error) {
    piped = error.what();
  }
  CHECK(piped == seekable);
  return seekable;
}

template <class Item>
void check_type(const std::string& type, const std::vector<Item>& items) {
  const char order = sizeof(Item) == 1 ? '|' : '<';
  RowMajorMatrix expected(2, 3);
  for (Eigen::Index i = 0; i < 6; ++i) expected.data()[i] = static_cast<double>(items[static_cast<std::size_t>(i)]);
  const std::vector<Item> columns = {items[0], items[3], items[1], items[4], items[2], items[5]};
  for (const bool big : {false, true}) {
    const std::string typed = (big ? '>' : order) + type;
    for (const bool fortran : {false, true}) {
      const std::string bytes = npy(dictionary(typed, "(2, 3)", fortran), data_of(fortran ? columns : items, big));
      CAPTURE(typed);
      CAPTURE(fortran);
      for (const Table& table : {read(bytes), read_piped(bytes)}) {
        const latent::Observations view = table.view();
        REQUIRE(view.size() == 2);
        REQUIRE(view.columns() == 3);
        CHECK(view.is_float32() == (type == "f4"));
        for (std::size_t i = 0; i < 2; ++i)
          CHECK(view.row(i) == expected.row(static_cast<Eigen::Index>(i)).transpose());
        CHECK(table.names == std::vector<std::string>{"x1", "x2", "x3"});
        CHECK_FALSE(table.has_header);
      }
    }
  }
}

const std::vector<double> six = {1.5, -2, 3e300, 5e-324, 0, 7};

TEST_SUITE("framework/npy") {
  TEST_CASE("npy: every supported type is read in both byte orders and both array orders") {
    check_type<double>("f8", six);
    check_type<float>("f4", {1.5F, -2, 3e38F, 1e-45F, 0, 7});
    check_type<std::int8_t>("i1", {1, -128, 127, 0, 5, 6});
    check_type<std::int16_t>("i2", {1, -32768, 32767, 0, 5, 6});
    check_type<std::int32_t>("i4", {1, -2147483647 - 1, 2147483647, 0, 5, 6});
    check_type<std::int64_t>("i8", {1, std::numeric_limits<std::int64_t>::min(), std::int64_t{1} << 53, 0, 5, 6});
    check_type<std::uint8_t>("u1", {1, 255, 127, 0, 5, 6});
    check_type<std::uint16_t>("u2", {1, 65535, 32767, 0, 5, 6});
    check_type<std::uint32_t>("u4", {1, 4294967295U, 2147483647, 0, 5, 6});
    check_type<std::uint64_t>("u8", {1, std::uint64_t{1} << 63, std::uint64_t{1} << 53, 0, 5, 6});
    check_type<std::uint8_t>("b1", {1, 0, 1, 0, 1, 1});
  }

  TEST_CASE("npy: all versions and header spellings are read") {
    for (const int version : {1, 2, 3})
      CHECK(read(npy(dictionary("<f8", "(2, 3)"), data_of(six), version)).rows() == 2);
    for (const std::string text : {"{'descr':'<f8','fortran_order':False,'shape':(2,3)}",
                                   "{\"shape\": (2L, 3L), 'fortran_order': False, \"descr\": \"<f8\"}",
                                   " { 'shape' : ( 2 , 3 , ) , 'descr' : '<f8' , 'fortran_order' : False , } "}) {
      CAPTURE(text);
      const Table table = read(npy(text, data_of(six)));
      CHECK(table.view().row(1) == Eigen::Vector3d(5e-324, 0, 7));
    }
    CHECK(read(npy(dictionary("<f8", "(6,)"), data_of(six))).columns() == 1);
    CHECK(read(npy(dictionary("<f8", "(6,)"), data_of(six))).rows() == 6);
    CHECK(read(npy(dictionary("<f8", "(1, 6)"), data_of(six))).columns() == 6);
  }

  TEST_CASE("npy: columns and weights are chosen by number") {
    const std::string bytes = npy(dictionary("<f8", "(2, 3)"), data_of<double>({1, 2, 3, 4, 5, 6}));
    for (const bool fortran : {false, true}) {
      const std::string file =
          fortran ? npy(dictionary("<f8", "(2, 3)", true), data_of<double>({1, 4, 2, 5, 3, 6})) : bytes;
      const Table table = read(file, {.columns = {"3", "1"}, .weights = "2"});
      CHECK(table.names == std::vector<std::string>{"x3", "x1"});
      CHECK(std::get<RowMajorMatrix>(table.values) == (RowMajorMatrix(2, 2) << 3, 1, 6, 4).finished());
      CHECK(table.weights == Eigen::Vector2d(2, 5));
    }
    CHECK(error_of(bytes, {.columns = {"4"}}) == "data.npy: no column \"4\": there are columns 1 to 3, and no header");
    CHECK(error_of(bytes, {.columns = {"a"}}) == "data.npy: no column \"a\": there are columns 1 to 3, and no header");
    CHECK(error_of(npy(dictionary("<f8", "(2, 2)"), data_of<double>({1, 1, 2, -1})), {.weights = "2"}) ==
          "data.npy: row 2, column 2 (counted from 1): found -1, expected a weight of at least 0");
    CHECK(error_of(npy(dictionary("<f8", "(2, 2)"), data_of<double>({1, 0, 2, 0})), {.weights = "2"}) ==
          "data.npy: column 2: every weight is 0");
  }

  TEST_CASE("npy: what is not finite or not exact is refused with its place") {
    const double nan = std::numeric_limits<double>::quiet_NaN();
    const double infinity = std::numeric_limits<double>::infinity();
    CHECK(error_of(npy(dictionary("<f8", "(2, 2)"), data_of<double>({1, 2, 3, nan}))) ==
          "data.npy: row 2, column 2 (counted from 1): found NaN, expected a number; this model takes no missing "
          "cells: remove the row or fill the cell");
    CHECK(error_of(npy(dictionary("<f8", "(2, 2)", true), data_of<double>({1, -infinity, 3, 4}))) ==
          "data.npy: row 2, column 1 (counted from 1): found -inf, expected a finite number");
    CHECK(error_of(npy(dictionary("<f4", "(1, 1)"), data_of<float>({std::numeric_limits<float>::infinity()}))) ==
          "data.npy: row 1, column 1 (counted from 1): found inf, expected a finite number");
    CHECK(
        error_of(npy(dictionary("<i8", "(2,)"), data_of<std::int64_t>({0, (std::int64_t{1} << 53) + 1}))) ==
        "data.npy: row 2, column 1 (counted from 1): found 9007199254740993, a 64-bit integer that no float64 equals; "
        "save the array as float64 to have it rounded");
    CHECK(error_of(npy(dictionary("<u8", "(1,)"), data_of<std::uint64_t>({~std::uint64_t{0}}))) ==
          "data.npy: row 1, column 1 (counted from 1): found 18446744073709551615, a 64-bit integer that no float64 "
          "equals; save the array as float64 to have it rounded");
    CHECK(error_of(npy(dictionary("<i8", "(1,)"), data_of<std::int64_t>({std::numeric_limits<std::int64_t>::max()}))) ==
          "data.npy: row 1, column 1 (counted from 1): found 9223372036854775807, a 64-bit integer that no float64 "
          "equals; save the array as float64 to have it rounded");
    // Only chosen columns count.
    CHECK(read(npy(dictionary("<f8", "(2, 2)"), data_of<double>({1, 2, 3, nan})), {.columns = {"1"}}).rows() == 2);
  }

  TEST_CASE("npy: what is no table of numbers is refused in one line") {
    const std::string data = data_of(six);
    for (const std::string type : {"<f2", "<c16", "|O", "<U3", "|S8", "<M8[ns]", "<f16", "|f8", "f8", "<", "", "|V8"}) {
      CAPTURE(type);
      CHECK(error_of(npy(dictionary(type, "(2, 3)"), data)) ==
            "data.npy: the array has dtype \"" + type +
                "\", expected float32, float64, an integer or bool (in Python: array.astype(\"float64\"))");
    }
    CHECK(error_of(npy("{'descr': [('a', '<f8')], 'fortran_order': False, 'shape': (6,), }", data)) ==
          "data.npy: the array has named fields (a structured dtype), expected plain numbers");
    CHECK(error_of(npy(dictionary("<f8", "()"), data)) ==
          "data.npy: the array has 0 dimensions, expected (rows, columns)");
    CHECK(error_of(npy(dictionary("<f8", "(1, 2, 3)"), data)) ==
          "data.npy: the array has 3 dimensions, expected (rows, columns)");
    CHECK(error_of(npy(dictionary("<f8", "(0, 3)"), "")) == "data.npy: the array has no rows");
    CHECK(error_of(npy(dictionary("<f8", "(3, 0)"), "")) == "data.npy: the array has no columns");
    CHECK(error_of(npy("{'descr': '<f8', 'shape': (6,)}", data)) ==
          "data.npy: the header of the .npy file lacks one of descr, fortran_order, shape");
    CHECK(error_of(npy("{'descr': '<f8', 'color': 7}", data)) ==
          "data.npy: the header of the .npy file has the unknown key \"color\"");
    CHECK(error_of(npy("{'descr': '<f8', 'fortran_order': Maybe}", data)) ==
          "data.npy: the header of the .npy file is damaged at \"Maybe}   \\n\"");
    CHECK(error_of(npy(dictionary("<f8", "(2, -3)"), data)) ==
          "data.npy: the header of the .npy file is damaged at \"-3), }   \\n\"");
    CHECK(error_of(npy(dictionary("<f8", "(2, 3)"), data, 4)) ==
          "data.npy: is a .npy file of version 4, expected 1, 2 or 3");
    CHECK(error_of("\x93NUMPX\x01\x02 and so on") ==
          "data.npy: is no .npy file: it begins with \"\\x93NUMPX\\x01\\x02\"");
    CHECK(error_of(std::string("\x93NUMPY\x02\x00\xff\xff\xff\xff", 12)) ==
          "data.npy: the .npy file claims a header of 4294967295 bytes, a damaged length");
  }

  TEST_CASE("npy: sizes that do not fit the file are refused before memory is taken") {
    CHECK(error_of(npy(dictionary("<f8", "(3, 3)"), data_of(six))) ==
          "data.npy: the .npy file ends before its 3 rows of 3 columns do");
    CHECK(error_of(npy(dictionary("<f8", "(1, 3)"), data_of(six))) ==
          "data.npy: the .npy file goes on after its 1 row of 3 columns, expected one array");
    CHECK(error_of(npy(dictionary("<f8", "(100000000000000, 3)"), data_of(six))) ==
          "data.npy: the .npy file ends before its 100000000000000 rows of 3 columns do");
    CHECK(error_of(npy(dictionary("<f8", "(4611686018427387904, 4)"), data_of(six))) ==
          "data.npy: the header of the .npy file claims 4611686018427387904 rows of 4 columns, more than any memory "
          "holds");
    CHECK(error_of(npy(dictionary("<f8", "(99999999999999999999, 4)"), data_of(six))).find("is damaged at") !=
          std::string::npos);
  }

  TEST_CASE("npy: a file cut off at any byte is refused") {
    for (const std::string type : {"<f8", ">i8"}) {
      for (const bool fortran : {false, true}) {
        const std::string whole = npy(dictionary(type, "(3, 2)", fortran), data_of(six), fortran ? 2 : 1);
        for (std::size_t length = 0; length < whole.size(); ++length) {
          CAPTURE(length);
          const std::string message = error_of(whole.substr(0, length));
          CHECK(message.starts_with("data.npy: the "));
          CHECK(message.find('\n') == std::string::npos);
        }
      }
    }
  }

  TEST_CASE("npy: a damaged file is refused or finite and never crashes") {
    std::mt19937 random(5);
    const auto below = [&](std::size_t limit) { return static_cast<std::size_t>(random() % limit); };
    const std::string alphabet = "0123456789(),:'{}<>|=fiub LTrueFalse\n\xff";
    std::size_t accepted = 0;
    for (int trial = 0; trial < 5000; ++trial) {
      std::string bytes = npy(dictionary("<f8", "(3, 2)", trial % 2 == 0), data_of(six), 1 + trial % 3);
      const bool in_data = trial % 4 == 0;
      for (std::size_t change = 0; change <= below(3); ++change) {
        const std::size_t at = in_data ? bytes.size() - 1 - below(48) : below(bytes.size());
        bytes[at] = trial % 3 == 0 ? static_cast<char>(random()) : alphabet[below(alphabet.size())];
      }
      CAPTURE(trial);
      try {
        const Table table = read(bytes);
        const latent::Observations view = table.view();
        for (std::size_t i = 0; i < view.size(); ++i) CHECK(view.row(i).allFinite());
        ++accepted;
      } catch (const latent::DataError& error) {
        CHECK(std::string(error.what()).find('\n') == std::string::npos);
      }
    }
    CHECK(accepted > 100);  // or the trials would show nothing
  }

  TEST_CASE("npy: a table larger than the reading buffer is read whole from a file and a pipe") {
    RowMajorMatrix written(70001, 3);
    for (Eigen::Index i = 0; i < written.size(); ++i) written.data()[i] = std::sqrt(static_cast<double>(i));
    std::ostringstream stream;
    latent::write_npy(stream, written);
    CHECK(std::get<RowMajorMatrix>(read(stream.str()).values) == written);
    CHECK(std::get<RowMajorMatrix>(read_piped(stream.str()).values) == written);
  }

  TEST_CASE("npy: every float64 survives writing and reading") {
    std::mt19937_64 random(3);
    RowMajorMatrix written(300, 5);
    for (Eigen::Index i = 0; i < written.size(); ++i) {
      double& value = written.data()[i];
      do {
        const std::uint64_t bits = random() & (i % 4 == 0 ? 0x800fffffffffffffU : ~std::uint64_t{0});  // some subnormal
        std::memcpy(&value, &bits, sizeof(value));
      } while (!std::isfinite(value));
    }
    std::ostringstream stream;
    latent::write_npy(stream, written);
    const Table table = read(stream.str());
    REQUIRE(table.rows() == 300);
    const auto& found = std::get<RowMajorMatrix>(table.values);
    CHECK(std::memcmp(found.data(), written.data(), 1500 * sizeof(double)) == 0);
  }

  TEST_CASE("npy: the written header is the one that numpy writes") {
    std::ostringstream stream;
    latent::write_npy(stream, RowMajorMatrix::Ones(3, 2));
    const std::string bytes = stream.str();
    CHECK(bytes.size() == 128 + 48);
    CHECK(bytes.substr(0, 10) == std::string("\x93NUMPY\x01\x00v\x00", 10));
    CHECK(bytes.substr(10, 59) == "{'descr': '<f8', 'fortran_order': False, 'shape': (3, 2), }");
    CHECK(bytes.substr(69, 59) == std::string(58, ' ') + "\n");
  }
}

}  // namespace
