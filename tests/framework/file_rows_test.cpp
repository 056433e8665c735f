#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <limits>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include <doctest/doctest.h>
#include <latent/column_block.hpp>
#include <latent/error.hpp>
#include <latent/file_rows.hpp>
#include <latent/random.hpp>
#include <latent/subset.hpp>

namespace {

namespace fs = std::filesystem;
using latent::ColumnBlock;
using latent::FileRows;
using latent::Observations;
using latent::RowMajorMatrix;
using latent::Table;
using latent::TableOptions;

// A folder of .npy files, and the same numbers in memory.
class Shards {
 public:
  explicit Shards(std::size_t columns) : columns_(columns) {
    std::string name = (fs::temp_directory_path() / "latent-shards-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()));
    folder_ = name;
  }
  ~Shards() { fs::remove_all(folder_); }

  // Rows of small whole numbers and quarters that every type holds: whole numbers only for integers.
  template <class Item>
  Shards& add(const std::string& type, std::size_t rows) {
    std::vector<Item> items;
    for (std::size_t i = 0; i < rows * columns_; ++i) {
      double value = static_cast<double>(engine_() % 200) - (type[1] == 'u' ? 0 : 100);
      if (type[1] == 'f') value += 0.1 * static_cast<double>(engine_() % 1000);
      items.push_back(static_cast<Item>(value));
      numbers.push_back(static_cast<double>(items.back()));
    }
    return write(type, rows, items);
  }
  template <class Item>
  Shards& write(const std::string& type, std::size_t rows, const std::vector<Item>& items, bool fortran = false) {
    const std::string text = "{'descr': '" + type + "', 'fortran_order': " + (fortran ? "True" : "False") +
                             ", 'shape': (" + std::to_string(rows) + ", " + std::to_string(columns_) + "), }\n";
    files.push_back(folder_ / ("part" + std::to_string(files.size() + 1) + ".npy"));
    std::ofstream out(files.back(), std::ios::binary);
    out << "\x93NUMPY" << '\x01' << '\0' << static_cast<char>(text.size()) << '\0' << text;
    out.write(reinterpret_cast<const char*>(items.data()), static_cast<std::streamsize>(items.size() * sizeof(Item)));
    return *this;
  }

  Observations in_memory() const { return {numbers.data(), numbers.size() / columns_, columns_}; }
  const fs::path& folder() const { return folder_; }

  std::vector<fs::path> files;
  std::vector<double> numbers;  // of all files, row by row

 private:
  std::size_t columns_;
  fs::path folder_;
  std::mt19937_64 engine_{7};
};

bool same_block(ColumnBlock& a, ColumnBlock& b, const Observations& x, const Observations& y,
                const std::vector<double>& origin) {
  a.gather(x, origin);
  b.gather(y, origin);
  return a.rows() == b.rows() && a.columns() == b.columns() && a.padded_rows() == b.padded_rows() &&
         std::memcmp(a.column(0), b.column(0), a.padded_rows() * a.columns() * sizeof(double)) == 0;
}

// Blocks of `step` rows of both, in order, are the same bits.
void check_blocks(const Observations& in_files, const Observations& in_memory, std::size_t step) {
  ColumnBlock a, b;
  REQUIRE(in_files.size() == in_memory.size());
  REQUIRE(in_files.columns() == in_memory.columns());
  std::vector<double> origin(in_memory.columns());
  for (std::size_t j = 0; j < origin.size(); ++j) origin[j] = 0.3 + static_cast<double>(j);
  std::size_t wrong = 0;
  for (std::size_t first = 0; first < in_memory.size(); first += step) {
    const std::size_t count = std::min(step, in_memory.size() - first);
    const Observations x = in_files.subspan(first, count), y = in_memory.subspan(first, count);
    wrong += !same_block(a, b, x, y, {}) || !same_block(a, b, x, y, origin);
  }
  CAPTURE(step);
  CHECK(wrong == 0);
}

std::string message_of(const std::function<void()>& act) {
  try {
    act();
  } catch (const latent::DataError& error) {
    return error.what();
  }
  return "";
}

}  // namespace

TEST_SUITE("framework/file_rows") {
  TEST_CASE("FileRows: blocks are the same bits as of the numbers in memory, whatever the types and lengths of files") {
    for (const std::size_t columns : {1, 2, 3, 7, 8, 9, 33}) {
      CAPTURE(columns);
      Shards shards(columns);
      shards.add<double>("<f8", 1).add<float>("<f4", 1017).add<double>("<f8", 3000).add<std::int16_t>("<i2", 13);
      shards.add<std::uint8_t>("|u1", 1).add<std::int64_t>("<i8", 505).add<float>("<f4", 2);
      const FileRows rows(shards.files);
      for (const std::size_t step : {1, 7, 8, 504, 5000}) check_blocks(Observations(rows), shards.in_memory(), step);
    }
  }

  TEST_CASE("FileRows: rows wider than the buffer are the same, too") {
    Shards shards(70001);
    shards.add<double>("<f8", 5).add<float>("<f4", 4);
    const FileRows rows(shards.files);
    for (const std::size_t step : {1, 4, 9}) check_blocks(Observations(rows), shards.in_memory(), step);
  }

  TEST_CASE("FileRows: any row at any time, also of two sources in turn and of a part of a part") {
    Shards one(3), two(2);
    one.add<double>("<f8", 20000).add<float>("<f4", 20001);
    two.add<std::int32_t>("<i4", 30000);
    const FileRows first(one.files), second(two.files);
    const Observations a(first), b(second);
    std::mt19937_64 engine(3);
    std::size_t wrong = 0;
    for (int turn = 0; turn < 3000; ++turn) {
      const std::size_t i = engine() % a.size(), j = engine() % a.size(), k = engine() % b.size();
      wrong +=
          a(i, 2) != one.in_memory()(i, 2) || b(k, 1) != two.in_memory()(k, 1) || a.row(j) != one.in_memory().row(j);
      const std::size_t from = engine() % 10000, at = engine() % 500;
      wrong += a.subspan(from, 20000).subspan(17, 600)(at, 0) != one.in_memory()(from + 17 + at, 0);
    }
    CHECK(wrong == 0);
    const std::vector<std::size_t> some{0, 1, 2, 19999, 20000, 30000, 40000};
    CHECK(latent::take(a, some) == latent::take(one.in_memory(), some));
  }

  TEST_CASE("FileRows: threads read the same at the same time") {
    Shards shards(5);
    shards.add<double>("<f8", 30000).add<float>("<f4", 30000);
    const FileRows rows(shards.files);
    std::vector<int> right(4, 0);
    std::vector<std::thread> threads;
    for (std::size_t t = 0; t < right.size(); ++t) {
      threads.emplace_back([&, t] {
        ColumnBlock a, b;
        int good = 1;
        for (std::size_t first = t * 1000; first + 500 <= rows.rows(); first += 500) {
          good &= same_block(a, b, Observations(rows).subspan(first, 500), shards.in_memory().subspan(first, 500), {});
        }
        right[t] = good;
      });
    }
    for (std::thread& thread : threads) thread.join();
    CHECK(right == std::vector<int>(4, 1));
  }

  TEST_CASE("FileRows: chosen columns in any order, and columns of these") {
    Shards shards(6);
    shards.add<double>("<f8", 700).add<std::int8_t>("|i1", 300);
    const FileRows rows(shards.files, {5, 0, 3});
    const auto fewer = rows.with_columns({2, 0});
    const Observations all = shards.in_memory();
    RowMajorMatrix chosen(1000, 3), again(1000, 2);
    for (Eigen::Index i = 0; i < 1000; ++i) {
      const auto row = static_cast<std::size_t>(i);
      chosen.row(i) << all(row, 5), all(row, 0), all(row, 3);
      again.row(i) << all(row, 3), all(row, 5);
    }
    for (const std::size_t step : {3, 300}) {
      check_blocks(Observations(rows), chosen, step);
      check_blocks(Observations(*fewer), again, step);
    }
  }

  TEST_CASE("FileRows: a file that is removed is still read, one that becomes shorter is an error with its name") {
    Shards shards(4);
    shards.add<double>("<f8", 20000).add<double>("<f8", 20000);
    const FileRows rows(shards.files);
    fs::remove(shards.files[0]);
    CHECK(Observations(rows)(19999, 3) == shards.in_memory()(19999, 3));
    fs::resize_file(shards.files[1], 400000);
    CHECK(Observations(rows)(20000, 0) == shards.in_memory()(20000, 0));
    ColumnBlock block;
    CHECK(message_of([&] { block.gather(Observations(rows).subspan(39000, 500)); }) ==
          shards.files[1].string() + ": the .npy file ends before its 20000 rows of 4 columns do");
    block.gather(Observations(rows).subspan(10000, 500));  // others are still right
    CHECK(block.column(2)[7] == shards.in_memory()(10007, 2));
  }

  TEST_CASE("FileRows: what cannot be read so is refused with its name") {
    Shards shards(2);
    shards.add<double>("<f8", 3);
    const auto refused = [&](const fs::path& file) { return message_of([&] { FileRows({shards.files[0], file}); }); };
    Shards other(3);
    other.add<double>("<f8", 3);
    CHECK(refused(other.files[0]) ==
          other.files[0].string() + ": has 3 columns, " + shards.files[0].string() + " has 2");
    Shards fortran(2);
    fortran.write<double>("<f8", 2, {1, 2, 3, 4}, true);
    CHECK(refused(fortran.files[0]) ==
          fortran.files[0].string() + ": the array is in Fortran order, and can only be read into memory");
    Shards big(2);
    big.write<double>(">f8", 1, {1, 2});
    CHECK(refused(big.files[0]).find("another byte order") != std::string::npos);
    Shards shorter(2);
    shorter.write<double>("<f8", 3, {1, 2});
    CHECK(refused(shorter.files[0]) ==
          shorter.files[0].string() + ": the .npy file ends before its 3 rows of 2 columns do");
    CHECK(refused(shards.folder()) == shards.folder().string() + ": is a directory, expected a .npy file");
    CHECK(refused("/nowhere/x.npy") == "/nowhere/x.npy: cannot be opened: No such file or directory");
  }

  TEST_CASE("FileRows: more files than a process may usually open") {
    Shards shards(1);
    for (int i = 0; i < 1500; ++i) shards.add<std::int8_t>("|i1", 2);
    const FileRows rows(shards.files);
    check_blocks(Observations(rows), shards.in_memory(), 504);
  }

  TEST_CASE("check_cells: names the first bad cell by its place in its file") {
    const double nan = std::numeric_limits<double>::quiet_NaN();
    Shards shards(2);
    shards.add<double>("<f8", 50000).write<double>("<f8", 3, {1, 2, 3, nan, HUGE_VAL, 6});
    shards.write<std::int64_t>("<i8", 1, {1, (std::int64_t{1} << 53) + 1});
    const FileRows rows(shards.files);
    const std::string file = shards.files[1].string();
    CHECK(message_of([&] { rows.check_cells(false); }) ==
          file +
              ": row 2, column 2 (counted from 1): found NaN, expected a number; this model takes no missing cells: "
              "remove the row or fill the cell");
    CHECK(message_of([&] { rows.check_cells(true); }) ==
          file + ": row 3, column 1 (counted from 1): found inf, expected a finite number");
    CHECK(message_of([&] { FileRows({shards.files[2]}).check_cells(true); }) ==
          shards.files[2].string() +
              ": row 1, column 2 (counted from 1): found 9007199254740993, a 64-bit integer that no float64 equals; "
              "save the array as float64 to have it rounded");
    FileRows({shards.files[2]}, {0}).check_cells(false);  // only what is chosen
  }

  TEST_CASE("open_table, load_table: the same table, of files and in memory") {
    Shards shards(4);
    shards.add<std::int16_t>("<i2", 40).add<float>("<f4", 30);
    std::vector<double> weights, sequences;
    std::vector<float> rest;
    for (int i = 0; i < 50; ++i) {
      for (const double cell : {1.5, 0.25 * i, double(i / 20), i % 3 + 1.0}) rest.push_back(static_cast<float>(cell));
    }
    Shards roles(4);
    roles.write<float>("<f4", 50, rest);
    const TableOptions options{.weights = "2", .sequence = "3", .known_states = "4"};
    const Table open = latent::open_table({roles.files[0]}, options), load = latent::load_table(roles.files, options),
                read = latent::read_table(roles.files[0], options);
    CHECK(open.files);
    CHECK(!load.files);
    for (const Table* table : {&open, &load}) {
      CHECK(table->names == read.names);
      CHECK(table->weights == read.weights);
      CHECK(table->sequence_begins == read.sequence_begins);
      CHECK(table->sequence_names == read.sequence_names);
      CHECK(table->known_states == read.known_states);
      check_blocks(table->view(), read.view(), 8);
    }
    const Table mixed = latent::load_table(shards.files, {.columns = {"4", "1-2"}});
    CHECK(!mixed.view().is_float32());
    CHECK(mixed.names == std::vector<std::string>{"x4", "x1", "x2"});
    const Table in_files = latent::open_table(shards.files, {.columns = {"4", "1-2"}});
    check_blocks(in_files.view(), mixed.view(), 13);
  }

  TEST_CASE("npy_files_of: the .npy files of a folder in the order of their names") {
    Shards shards(1);
    shards.add<double>("<f8", 1).add<double>("<f8", 1);
    std::ofstream(shards.folder() / "notes.txt") << "none";
    CHECK(latent::npy_files_of(shards.folder()) == shards.files);
    const fs::path empty = shards.folder() / "empty";
    fs::create_directory(empty);
    CHECK(message_of([&] { latent::npy_files_of(empty); }) == empty.string() + ": the folder has no .npy files");
  }

  TEST_CASE("draw_subset: of very many, as many as asked for, all different and evenly spread") {
    latent::Random random = latent::random_stream(1);
    const std::size_t n = std::size_t{1} << 40, count = 4000;
    const std::vector<std::size_t> drawn = latent::draw_subset(n, {}, count, random);
    REQUIRE(drawn.size() == count);
    double mean = 0;
    for (std::size_t i = 0; i < count; ++i) {
      CHECK_UNARY(drawn[i] < n && (i == 0 || drawn[i] > drawn[i - 1]));
      mean += static_cast<double>(drawn[i]) / static_cast<double>(n) / static_cast<double>(count);
    }
    CHECK(std::abs(mean - 0.5) < 6 * std::sqrt(1.0 / 12 / static_cast<double>(count)));
  }
}
