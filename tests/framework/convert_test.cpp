#include <algorithm>
#include <bit>
#include <cmath>
#include <csignal>
#include <cstdint>
#include <cstring>
#include <limits>
#include <random>
#include <sstream>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <latent/atomic_file.hpp>
#include <latent/convert.hpp>
#include <latent/error.hpp>
#include <latent/table.hpp>
#include <sys/resource.h>
#include <unistd.h>

#include "support/temporary_folder.hpp"

namespace {

using latent::convert_to_npy;
using latent::Converted;
using latent::ConvertOptions;
using latent::RowMajorMatrix;
using latent::RowMajorMatrix32;
using latent::write_file_atomically;
using Folder = TemporaryFolder;
using Names = std::vector<std::string>;

// A .npy file as the format's specification says (numpy.lib.format), with no help from the code that writes or reads.
std::string npy(const std::string& type, const std::string& shape, const std::string& items, bool fortran = false) {
  std::string text =
      "{'descr': '" + type + "', 'fortran_order': " + (fortran ? "True" : "False") + ", 'shape': " + shape + ", }";
  text.resize(128 - 10 - 1, ' ');
  return std::string("\x93NUMPY\x01\x00v\x00", 10) + text + "\n" + items;
}

const std::string order = std::endian::native == std::endian::little ? "<" : ">";

template <class Item>
std::string bytes_of(const std::vector<Item>& items) {
  return {reinterpret_cast<const char*>(items.data()), items.size() * sizeof(Item)};
}

template <class Item>
std::string swapped_bytes_of(const std::vector<Item>& items) {
  std::string bytes = bytes_of(items);
  for (std::size_t i = 0; i < bytes.size(); i += sizeof(Item)) {
    std::reverse(bytes.begin() + static_cast<std::ptrdiff_t>(i),
                 bytes.begin() + static_cast<std::ptrdiff_t>(i + sizeof(Item)));
  }
  return bytes;
}

// Any finite float64, many of them subnormal.
std::vector<double> any_numbers(std::size_t count) {
  std::mt19937_64 random(5);
  std::vector<double> numbers(count);
  for (std::size_t i = 0; i < count; ++i) {
    do {
      numbers[i] = std::bit_cast<double>(random() & (i % 4 == 0 ? 0x800fffffffffffffU : ~std::uint64_t{0}));
    } while (!std::isfinite(numbers[i]));
  }
  return numbers;
}

RowMajorMatrix matrix_of(const std::vector<double>& numbers, std::size_t columns) {
  return Eigen::Map<const RowMajorMatrix>(numbers.data(), static_cast<Eigen::Index>(numbers.size() / columns),
                                          static_cast<Eigen::Index>(columns));
}

std::string text_of(const std::vector<double>& numbers, std::size_t columns, const Names& names) {
  std::ostringstream stream;
  latent::write_delimited(stream, names, matrix_of(numbers, columns));
  return stream.str();
}

std::string shape(std::size_t rows, std::size_t columns) {
  return "(" + std::to_string(rows) + ", " + std::to_string(columns) + ")";
}

// What the input becomes.
std::string converted(const std::string& input, const ConvertOptions& options = {}) {
  const Folder folder;
  write_file_atomically(folder / "input", input);
  convert_to_npy(folder / "input", folder / "output.npy", options);
  return content_of(folder / "output.npy");
}

// The error of an input that cannot be converted, without its folder; nothing else is to change.
std::string error_of(const std::string& input, const ConvertOptions& options = {}) {
  const Folder folder;
  write_file_atomically(folder / "input", input);
  write_file_atomically(folder / "output.npy", "as it was");
  std::string message = "no error";
  try {
    convert_to_npy(folder / "input", folder / "output.npy", options);
  } catch (const latent::DataError& error) {
    message = error.what();
  }
  CHECK(content_of(folder / "output.npy") == "as it was");
  CHECK(folder.entries() == 2);
  const std::string before = (folder / "").string();
  return message.starts_with(before) ? message.substr(before.size()) : message;
}

TEST_SUITE("framework/convert") {
  TEST_CASE("convert: text becomes the .npy file that the format's specification says, to the last bit") {
    const std::vector<double> numbers = any_numbers(20000 * 7);
    const std::string expected = npy(order + "f8", shape(20000, 7), bytes_of(numbers));
    CHECK(converted(text_of(numbers, 7, {"a", "b", "c", "d", "e", "f", "g"})) == expected);
    CHECK(converted(text_of(numbers, 7, {})) == expected);
    CHECK(converted(expected) == expected);
  }

  TEST_CASE("convert: says what it wrote") {
    const Folder folder;
    write_file_atomically(folder / "a.csv", "when;what\n1;x\n2;y\n3;z\n");
    const Converted named = convert_to_npy(folder / "a.csv", folder / "a.npy", {.columns = {"when"}, .float32 = true});
    CHECK(named.rows == 3);
    CHECK(named.names == Names{"when"});
    CHECK(named.has_header);
    CHECK(named.float32);
    const Converted nameless = convert_to_npy(folder / "a.npy", folder / "b.npy");
    CHECK(nameless.rows == 3);
    CHECK(nameless.names == Names{"x1"});
    CHECK_FALSE(nameless.has_header);
    CHECK(nameless.float32);
    CHECK(content_of(folder / "b.npy") == npy(order + "f4", "(3, 1)", bytes_of<float>({1, 2, 3})));
  }

  TEST_CASE("convert: rows are as many as they are, at the edges of the blocks too") {
    for (const std::size_t rows : {1, 2, 32767, 32768, 32769, 65536}) {
      CAPTURE(rows);
      std::vector<double> numbers(rows);
      for (std::size_t i = 0; i < rows; ++i) numbers[i] = static_cast<double>(i) / 8;
      CHECK(converted(text_of(numbers, 1, {"x"})) == npy(order + "f8", shape(rows, 1), bytes_of(numbers)));
    }
    // A row that is larger than a block.
    std::vector<double> wide(3 * 50000);
    for (std::size_t i = 0; i < wide.size(); ++i) wide[i] = static_cast<double>(i % 1000);
    CHECK(converted(text_of(wide, 50000, {})) == npy(order + "f8", shape(3, 50000), bytes_of(wide)));
  }

  TEST_CASE("convert: the options are those of tables") {
    const std::string text = "id;b c;d\n7; 1;2\n8; ;4\n";
    const double nan = std::numeric_limits<double>::quiet_NaN();
    CHECK(converted(text, {.columns = {"d", "b c"}, .missing_cells = true}) ==
          npy(order + "f8", "(2, 2)", bytes_of<double>({2, 1, 4, nan})));
    CHECK(converted(text, {.columns = {"b c"}, .missing_cells = true, .float32 = true}) ==
          npy(order + "f4", "(2, 1)", bytes_of<float>({1, static_cast<float>(nan)})));
    CHECK(converted("1|2\n3|4\n", {.separator = '|', .header = true}) ==
          npy(order + "f8", "(1, 2)", bytes_of<double>({3, 4})));
    CHECK(converted("x\n1\n\n2\n", {.missing_cells = true}) ==
          npy(order + "f8", "(3, 1)", bytes_of<double>({1, nan, 2})));
  }

  TEST_CASE("convert: float32 rounds to the nearest and refuses what it cannot hold, with row and column") {
    const std::vector<double> numbers = {0.1, -0.2, 1 / 3.0, 16777217, 3.4028234663852886e38, 1e-50};
    std::vector<float> rounded;
    for (const double number : numbers) rounded.push_back(static_cast<float>(number));
    CHECK(converted(text_of(numbers, 2, {}), {.float32 = true}) == npy(order + "f4", "(3, 2)", bytes_of(rounded)));
    CHECK(converted(npy("<f8", "(3, 2)", bytes_of(numbers)), {.float32 = true}) ==
          npy(order + "f4", "(3, 2)", bytes_of(rounded)));

    std::vector<double> too_large(2 * 40000, 1.0);
    too_large[2 * 33333 + 1] = -3.5e38;
    const std::string reason =
        ": found -3.5e+38, expected a number of at most 3.4e38 in size for float32; float64 holds it";
    CHECK(error_of(text_of(too_large, 2, {"a", "b"}), {.float32 = true}) == "input: row 33334, column \"b\"" + reason);
    CHECK(error_of(text_of(too_large, 2, {}), {.columns = {"2"}, .float32 = true}) ==
          "input: row 33334, column 2" + reason);
    CHECK(error_of(npy("<f8", "(40000, 2)", bytes_of(too_large)), {.float32 = true}) ==
          "input: row 33334, column 2" + reason);
  }

  TEST_CASE("convert: arrays of other types and byte orders become float64, float32 stays") {
    const std::vector<double> values = {1, 0, 100, 5, 6, 7};
    const std::string expected = npy(order + "f8", "(3, 2)", bytes_of(values));
    const auto check = [&]<class Item>(const std::string& type, Item) {
      CAPTURE(type);
      const std::vector<Item> items(values.begin(), values.end());
      const std::string same = sizeof(Item) == 1 ? "|" : order, other = order == "<" ? ">" : "<";
      CHECK(converted(npy(same + type, "(3, 2)", bytes_of(items))) == expected);
      CHECK(converted(npy(other + type, "(3, 2)", swapped_bytes_of(items))) == expected);
    };
    check("f8", double{});
    check("i1", std::int8_t{});
    check("u1", std::uint8_t{});
    check("i2", std::int16_t{});
    check("u2", std::uint16_t{});
    check("i4", std::int32_t{});
    check("u4", std::uint32_t{});
    check("i8", std::int64_t{});
    check("u8", std::uint64_t{});
    const std::vector<float> floats(values.begin(), values.end());
    CHECK(converted(npy(">f4", "(6,)", order == "<" ? swapped_bytes_of(floats) : bytes_of(floats))) ==
          npy(order + "f4", "(6, 1)", bytes_of(floats)));
    CHECK(error_of(npy(order + "i8", "(2,)", bytes_of<std::int64_t>({1, (std::int64_t{1} << 53) + 1}))) ==
          "input: row 2, column 1 (counted from 1): found 9007199254740993, a 64-bit integer that no float64 equals; "
          "save the array as float64 to have it rounded");
  }

  TEST_CASE("convert: an array in Fortran order is read from a file, in blocks of rows, and not from a pipe") {
    const auto check = [&]<class Item>(const std::string& type, Item) {
      CAPTURE(type);
      const std::size_t rows = 700001, columns = 3;  // several blocks, of any type but bytes
      std::vector<Item> by_column(rows * columns);
      std::vector<double> by_row(rows * columns);
      for (std::size_t i = 0; i < rows; ++i) {
        for (std::size_t j = 0; j < columns; ++j) {
          const auto item = static_cast<Item>((i * 7 + j) % 127);
          by_column[j * rows + i] = item;
          by_row[i * columns + j] = static_cast<double>(item);
        }
      }
      // CHECK would print a file.
      const bool same =
          converted(npy((sizeof(Item) == 1 ? "|" : order) + type, shape(rows, columns), bytes_of(by_column), true)) ==
          npy(order + "f8", shape(rows, columns), bytes_of(by_row));
      CHECK(same);
    };
    check("f8", double{});
    check("i4", std::int32_t{});
    check("i2", std::int16_t{});
    check("u1", std::uint8_t{});

    const Folder folder;
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    const std::string array = npy(order + "f8", "(2, 2)", bytes_of<double>({1, 2, 3, 4}), true);
    REQUIRE(::write(ends[1], array.data(), array.size()) == static_cast<ssize_t>(array.size()));
    ::close(ends[1]);
    const std::string pipe = "/dev/fd/" + std::to_string(ends[0]);
    CHECK_THROWS_WITH_AS(
        convert_to_npy(pipe, folder / "a.npy"),
        (pipe + ": the array is in Fortran order, whose rows cannot be taken from a pipe: name a file").c_str(),
        latent::DataError);
    ::close(ends[0]);
    CHECK(folder.entries() == 0);
  }

  TEST_CASE("convert: what cannot be read is one line with its place, and leaves what was there") {
    std::string text = "a,b\n";
    for (int i = 0; i < 100000; ++i) text += "1,2\n";
    CHECK(error_of(text + "3,x\n4,5\n") == "input:100002: column \"b\" (2): found \"x\", expected a number");
    CHECK(error_of(text + "3\n") == "input:100002: found 1 cell, expected 2 as on line 1");
    CHECK(error_of(text + "3,\n") ==
          "input:100002: column \"b\" (2): found an empty cell, expected a number; missing cells become NaN only if "
          "that is asked for");
    CHECK(error_of(npy(order + "f8", "(1, 2)", bytes_of<double>({1, std::nan("")}))) ==
          "input: row 1, column 2 (counted from 1): found NaN, expected a number; missing cells become NaN only if "
          "that is asked for");
    CHECK(error_of("a,b\n") == "input: there is no row below the header");
    CHECK(error_of("") == "input: the file is empty");
    CHECK(error_of(text, {.columns = {"c"}}) == "input: no column \"c\": the columns are \"a\", \"b\"");
    const std::string items = bytes_of(std::vector<double>(6));
    for (const bool fortran : {false, true}) {
      CHECK(error_of(npy(order + "f8", "(4, 2)", items, fortran)) ==
            "input: the .npy file ends before its 4 rows of 2 columns do");
      CHECK(error_of(npy(order + "f8", "(1, 2)", items, fortran)) ==
            "input: the .npy file goes on after its 1 row of 2 columns, expected one array");
    }
  }

  TEST_CASE("convert: a place that cannot be written is one line, and a full disk leaves what was there") {
    const Folder folder;
    write_file_atomically(folder / "a.csv", text_of(std::vector<double>(100000, 0.5), 2, {}));
    write_file_atomically(folder / "a.npy", "as it was");
    const auto error_of_output = [&](const std::filesystem::path& output) -> std::string {
      try {
        convert_to_npy(folder / "a.csv", output);
      } catch (const latent::Error& error) {
        return error.what();
      }
      return "no error";
    };
    const std::string nowhere = (folder / "none/a.npy").string();
    CHECK(error_of_output(nowhere) == nowhere + ": cannot be written: No such file or directory");
    CHECK(error_of_output("/dev/null") ==
          "/dev/null: is no regular file, and in a .npy file the number of rows, known last, stands first");

    rlimit before{};
    REQUIRE(::getrlimit(RLIMIT_FSIZE, &before) == 0);
    const auto old_handler = std::signal(SIGXFSZ, SIG_IGN);
    const rlimit small = {100000, before.rlim_max};
    REQUIRE(::setrlimit(RLIMIT_FSIZE, &small) == 0);
    const std::string message = error_of_output(folder / "a.npy");
    ::setrlimit(RLIMIT_FSIZE, &before);
    std::signal(SIGXFSZ, old_handler);
    CHECK(message == (folder / "a.npy").string() + ": cannot be written: File too large");
    CHECK(content_of(folder / "a.npy") == "as it was");
    CHECK(folder.entries() == 2);
  }
}

}  // namespace
