#include <cmath>
#include <cstdint>
#include <sstream>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <latent/error.hpp>
#include <latent/sequences.hpp>
#include <latent/table.hpp>

// Columns that are not, or not simply, numbers of the table: missing cells, symbols, sequences, known states.

namespace {

using latent::RowMajorMatrix;
using latent::Table;
using latent::TableOptions;
using Names = std::vector<std::string>;
using Begins = std::vector<std::size_t>;
using States = std::vector<std::int32_t>;
constexpr std::int32_t unknown = latent::Sequences::unknown;

Table read(const std::string& text, const TableOptions& options = {}) {
  std::istringstream stream(text);
  return latent::read_table(stream, options, "data.csv");
}

std::string error_of(const std::string& text, const TableOptions& options = {}) {
  try {
    read(text, options);
  } catch (const latent::Error& error) {
    return error.what();
  }
  return "no error";
}

std::string npy(const std::vector<std::vector<double>>& rows) {
  RowMajorMatrix values(rows.size(), rows.front().size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    for (std::size_t j = 0; j < rows[i].size(); ++j) {
      values(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(j)) = rows[i][j];
    }
  }
  std::ostringstream stream;
  latent::write_npy(stream, values);
  return stream.str();
}

// The values row by row, missing ones as "-".
std::string values_of(const Table& table) {
  std::ostringstream text;
  for (std::size_t i = 0; i < table.rows(); ++i) {
    for (std::size_t j = 0; j < table.columns(); ++j) {
      const double value = table.view()(i, j);
      if (std::isnan(value)) {
        text << "- ";
      } else {
        text << value << ' ';
      }
    }
    text << "| ";
  }
  return text.str();
}

const TableOptions symbols{.categories = Names{}};

TEST_SUITE("framework/special_column") {
  TEST_CASE("missing cells: become NaN where they are allowed, in text and in .npy files") {
    const TableOptions allowed{.missing_cells = true};
    for (const std::string cell : {"", " ", "NA", "NaN", "nan", "?", "null", "\"\"", "\"NA\""}) {
      CAPTURE(cell);
      CHECK(values_of(read("a,b\n1," + cell + "\n" + cell + ",2\n", allowed)) == "1 - | - 2 | ");
    }
    CHECK(error_of("a,b\n1,inf\n", allowed) == "data.csv:2: column \"b\" (2): found \"inf\", expected a finite number");
    CHECK(error_of("a,b\n1,x\n", allowed) == "data.csv:2: column \"b\" (2): found \"x\", expected a number");
    CHECK(error_of("a,b\n1,2\n1\n", allowed) == "data.csv:3: found 1 cell, expected 2 as on line 1");
    CHECK(error_of("a,b\n1,NA\n", {}) ==
          "data.csv:2: column \"b\" (2): found \"NA\", expected a number; this model takes no missing cells: remove "
          "the row or fill the cell");
    CHECK(values_of(read(npy({{1, std::nan("")}, {3, 4}}), allowed)) == "1 - | 3 4 | ");
    CHECK(error_of(npy({{1, INFINITY}}), allowed) ==
          "data.csv: row 1, column 2 (counted from 1): found inf, expected a finite number");
  }

  TEST_CASE("missing cells: a weight is never missing") {
    CHECK(error_of("a,w\n1,\n", {.missing_cells = true, .weights = "w"})
              .starts_with("data.csv:2: column \"w\" (2): found an empty cell, expected a number"));
    CHECK(error_of(npy({{1, std::nan("")}}), {.missing_cells = true, .weights = "2"}) != "no error");
  }

  TEST_CASE("missing cells: between the rows of a single column a blank line is one, at the end it is none") {
    const TableOptions allowed{.missing_cells = true};
    CHECK(values_of(read("a\n1\n\n\n2\n\n3\n\n", allowed)) == "1 | - | - | 2 | - | 3 | ");
    CHECK(values_of(read("1,2\n\n3,4\n", allowed)) == "1 2 | 3 4 | ");
    const Table letters = read("s\nb\n\na\nb\n", {.header = true, .missing_cells = true, .categories = Names{}});
    CHECK(values_of(letters) == "1 | - | 0 | 1 | ");
  }

  TEST_CASE("symbols: are numbered in the order of their bytes, or as numbers if all are whole numbers") {
    const Table table =
        read("x,letter,n\n0.5,b,10\n0.7,a,9\n0.9,\"\"\"é\"\"\",-1\n1.5,b,10\n", {.categories = Names{"letter", "n"}});
    CHECK(table.names == Names{"x", "letter", "n"});
    CHECK(table.alphabets == std::vector<Names>{{}, {"\"é\"", "a", "b"}, {"-1", "9", "10"}});
    CHECK(values_of(table) == "0.5 2 2 | 0.7 1 1 | 0.9 0 0 | 1.5 2 2 | ");
    CHECK(read("x\n10\n9\n1.5\n", symbols).alphabets[0] == Names{"1.5", "10", "9"});
    CHECK(read("x\n1\n01\n0\n", symbols).alphabets[0] == Names{"0", "01", "1"});
    CHECK(read("a,b\n1,2\n", {}).alphabets.empty());
  }

  TEST_CASE("symbols: an empty cell is missing or an error, and NA is a symbol") {
    const std::string text = "s,x\nb,1\n,2\nNA,3\n";
    const Table table = read(text, {.missing_cells = true, .categories = Names{"s"}});
    CHECK(table.alphabets == std::vector<Names>{{"NA", "b"}, {}});
    CHECK(values_of(table) == "1 1 | - 2 | 0 3 | ");
    CHECK(error_of(text, {.categories = Names{"1"}}) ==
          "data.csv:3: column \"s\" (1): found an empty cell, expected a symbol");
    CHECK(error_of("s,x\n,1\n", {.missing_cells = true, .categories = Names{"s"}}) ==
          "data.csv: column \"s\" (1): every cell is empty");
  }

  TEST_CASE("symbols: of a given alphabet keep its order, and no other may come") {
    const TableOptions given{.categories = Names{"letter"}, .alphabets = {{"b", "a"}}};
    const Table table = read("letter,x\na,1\nb,2\n", given);
    CHECK(table.alphabets == std::vector<Names>{{"b", "a"}, {}});
    CHECK(values_of(table) == "1 1 | 0 2 | ");
    CHECK(error_of("letter,x\na,1\nb,2\né,3\n", given) ==
          "data.csv:4: column \"letter\" (1): found \"é\", the model knows \"a\", \"b\"");
  }

  TEST_CASE("symbols: a first line is a header if its texts do not come again below") {
    CHECK(read("letter\na\nb\na\n", symbols).names == Names{"letter"});
    CHECK_FALSE(read("a\nb\na\n", symbols).has_header);
    CHECK_FALSE(read("3\n1\n2\n", symbols).has_header);
    CHECK(read("a b\nb b\nb a\n", symbols).rows() == 3);
    CHECK(read("first second\nb b\nb a\n", symbols).rows() == 2);
    CHECK(read("s,x\nb,1\n", {.categories = Names{"1"}}).has_header);
    CHECK_FALSE(read("s,0.5\nb,1\n", {.categories = Names{"1"}}).has_header);
    CHECK(read("a\nb\nc\n", {.header = false, .categories = Names{}}).rows() == 3);
    CHECK_FALSE(read("a\nb\n", {.categories = Names{}, .alphabets = {{"a", "b"}}}).has_header);
    CHECK(read("x\na\nb\n", {.categories = Names{}, .alphabets = {{"a", "b"}}}).has_header);
  }

  TEST_CASE("symbols: are whole numbers in .npy files") {
    const Table table = read(npy({{2, 0.5}, {100000, 1.5}, {-1, 2.5}}), {.categories = Names{"1"}});
    CHECK(table.alphabets == std::vector<Names>{{"-1", "2", "100000"}, {}});
    CHECK(values_of(table) == "1 0.5 | 2 1.5 | 0 2.5 | ");
    CHECK(error_of(npy({{2}, {2.5}}), symbols) ==
          "data.csv: row 2, column 1 (counted from 1): found 2.5, expected a whole number for a symbol");
    const TableOptions missing{.missing_cells = true, .categories = Names{}};
    CHECK(values_of(read(npy({{2}, {std::nan("")}, {3}}), missing)) == "0 | - | 1 | ");
    CHECK(error_of(npy({{2}, {std::nan("")}}), symbols).find("found NaN, expected a number") != std::string::npos);
  }

  TEST_CASE("sequences: are adjacent rows with the same text, and are taken out of the values") {
    const Table table = read("id,x\nanna,1\nanna,2\n\"bert, x\",3\nc,4\nc,5\n", {.sequence = "id"});
    CHECK(table.names == Names{"x"});
    CHECK(values_of(table) == "1 | 2 | 3 | 4 | 5 | ");
    CHECK(table.sequence_begins == Begins{0, 2, 3});
    CHECK(table.sequence_names == Names{"anna", "bert, x", "c"});
    CHECK(read("s1,1\ns1,2\n", {.sequence = "1"}).sequence_begins == Begins{0});
    const Table numbered = read(npy({{1, 0.5}, {1, 1.5}, {2.5, 2.5}}), {.sequence = "1"});
    CHECK(numbered.sequence_names == Names{"1", "2.5"});
    CHECK(numbered.sequence_begins == Begins{0, 2});
  }

  TEST_CASE("sequences: one that comes again later is refused with its line") {
    CHECK(
        error_of("id,x\na,1\nb,2\n\na,3\n", {.sequence = "id"}) ==
        "data.csv:5: column \"id\" (1): found \"a\" again after \"b\", the rows of a sequence must follow one another");
    CHECK(error_of("id,x\na,1\n,2\n", {.sequence = "id"}) ==
          "data.csv:3: column \"id\" (1): found an empty cell, expected the name of a sequence");
    CHECK(error_of("a,b\n1,2\n", {.sequence = "id"}) == "data.csv: no column \"id\": the columns are \"a\", \"b\"");
    CHECK(
        error_of(npy({{1, 0}, {2, 0}, {1, 0}}), {.sequence = "1"}) ==
        "data.csv: row 3, column 1 (counted from 1): found \"1\" again after \"2\", the rows of a sequence must follow "
        "one another");
  }

  TEST_CASE("known states: are counted from one, and unknown where the cell is empty or NA") {
    const Table table = read("x,state\n1,2\n2,\n3,NA\n4, 1 \n", {.known_states = "state"});
    CHECK(table.names == Names{"x"});
    CHECK(table.known_states == States{1, unknown, unknown, 0});
    CHECK(read(npy({{1, 2}, {2, std::nan("")}}), {.known_states = "2"}).known_states == States{1, unknown});
    for (const std::string bad : {"0", "-1", "1.5", "x", "1e10", "inf"}) {
      CAPTURE(bad);
      CHECK(error_of("x,state\n1," + bad + "\n", {.known_states = "state"}) ==
            "data.csv:2: column \"state\" (2): found \"" + bad +
                "\", expected a state, a whole number from 1, or nothing where none is known");
    }
  }

  TEST_CASE("special columns: all together, over several parts of a large file") {
    std::string text = "w,id,letter,x,state\n";
    constexpr std::size_t rows = 200000, length = 7;
    for (std::size_t i = 0; i < rows; ++i) {
      text += "0.5,sequence " + std::to_string(i / length) + "," + std::string(1, static_cast<char>('a' + i % 3)) +
              "," + std::to_string(i) + "," + (i % 5 == 0 ? "" : std::to_string(i % 5)) + "\n";
    }
    const Table table =
        read(text, {.categories = Names{"letter"}, .weights = "w", .sequence = "id", .known_states = "state"});
    CHECK(table.names == Names{"letter", "x"});
    REQUIRE(table.rows() == rows);
    CHECK((table.weights.array() == 0.5).all());
    CHECK(table.weights.size() == static_cast<Eigen::Index>(rows));
    CHECK(table.sequence_begins.size() == rows / length + 1);
    CHECK(table.sequence_begins[1000] == 1000 * length);
    CHECK(table.sequence_names[1000] == "sequence 1000");
    bool right = true;
    for (std::size_t i = 0; i < rows; ++i) {
      right = right && table.view()(i, 0) == static_cast<double>(i % 3) && table.view()(i, 1) == static_cast<double>(i);
      right = right && table.known_states[i] == (i % 5 == 0 ? unknown : static_cast<std::int32_t>(i % 5) - 1);
    }
    CHECK(right);
  }

  TEST_CASE("special columns: one column has one use") {
    CHECK(error_of("a,b\n1,2\n", {.weights = "b", .sequence = "2"}) == "data.csv: column 2 is asked for twice");
    CHECK(error_of("a,b\n1,2\n", {.weights = "b", .sequence = "a"}) == "data.csv: no column of values is left");
    CHECK(error_of("a,b,c\n1,2,3\n", {.sequence = "1-2"}) == "data.csv: sequence: \"1-2\" is more than one column");
  }

}  // TEST_SUITE

}  // namespace
