#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <random>
#include <sstream>
#include <stdexcept>
#include <streambuf>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>
#include <latent/error.hpp>
#include <latent/table.hpp>

namespace {

using latent::RowMajorMatrix;
using latent::Table;
using latent::TableOptions;

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

RowMajorMatrix values_of(const std::string& text, const TableOptions& options = {}) {
  return std::get<RowMajorMatrix>(read(text, options).values);
}

RowMajorMatrix matrix(std::initializer_list<std::initializer_list<double>> rows) {
  RowMajorMatrix result(static_cast<Eigen::Index>(rows.size()), static_cast<Eigen::Index>(rows.begin()->size()));
  Eigen::Index i = 0;
  for (const auto& row : rows) {
    Eigen::Index j = 0;
    for (const double value : row) result(i, j++) = value;
    ++i;
  }
  return result;
}

using Names = std::vector<std::string>;

TEST_SUITE("framework/delimited_text") {
  TEST_CASE("delimited text: all customary forms of a table give the same table") {
    const RowMajorMatrix expected = matrix({{3.6, 79}, {1.8, -54}, {0.5, 1e5}});
    for (const std::string text : {
             "eruptions,waiting\n3.6,79\n1.8,-54\n.5,1e5\n",
             "eruptions,waiting\n3.6,79\n1.8,-54\n.5,1e5",
             "eruptions,waiting\r\n3.6,79\r\n1.8,-54\r\n.5,1e5\r\n",
             "eruptions,waiting\r3.6,79\r1.8,-54\r.5,1e5\r",
             "\xef\xbb\xbf"
             "eruptions,waiting\n3.6,79\n1.8,-54\n.5,1e5\n",
             "eruptions\twaiting\n3.6\t79\n1.8\t-54\n.5\t1e5\n",
             "eruptions;waiting\n3.6;79\n1.8;-54\n.5;1e5\n",
             "eruptions waiting\n3.6 79\n1.8 -54\n.5 1e5\n",
             "  eruptions   waiting \n      3.6 \t    79\n      1.8       -54  \n.5 1e5\n",
             "eruptions, waiting\n3.6, 79\n1.8 , -54\n .5, 1e5 \n",
             "\"eruptions\",\"waiting\"\n\"3.6\",\"79\"\n\"1.8\",-54\n0.5,\" +1E+05 \"\n",
             "\"eruptions\" \"waiting\"\n\"3.6\" \"79\"\n\"1.8\" -54\n0.5   \"1e5\"\n",
             "\n\neruptions,waiting\n3.6,79\n\n1.8,-54\n  \n+.5,+100000.\n\n\n",
         }) {
      CAPTURE(text);
      const Table table = read(text);
      CHECK(table.has_header);
      CHECK(table.names == Names{"eruptions", "waiting"});
      CHECK(std::get<RowMajorMatrix>(table.values) == expected);
      CHECK(table.weights.size() == 0);
    }
  }

  TEST_CASE("delimited text: quoted cells may hold separators and quotes and line ends") {
    const Table table = read("\"a, \"\"b\"\"\nc\",d\n1,2\n\"3\",\"4\"\n");
    CHECK(table.names == Names{"a, \"b\"\nc", "d"});
    CHECK(std::get<RowMajorMatrix>(table.values) == matrix({{1, 2}, {3, 4}}));
    // A line end in a cell that is not read still counts as one.
    CHECK(error_of("note,x\n\"two\nlines\",1\nshort,abc\n", {.columns = {"x"}}) ==
          "data.csv:4: column \"x\" (2): found \"abc\", expected a number");
    CHECK(error_of("note,x\n\"two\nlines\",abc\n", {.columns = {"x"}}) ==
          "data.csv:3: column \"x\" (2): found \"abc\", expected a number");
  }

  TEST_CASE("delimited text: a first line of numbers is data and one of text is a header") {
    const Table bare = read("1,2\n3,4\n");
    CHECK_FALSE(bare.has_header);
    CHECK(bare.names == Names{"x1", "x2"});
    CHECK(bare.rows() == 2);
    CHECK(read("1999,2000\n3,4\n", {.header = true}).names == Names{"1999", "2000"});
    CHECK(values_of("1999,2000\n3,4\n", {.columns = {"2000"}, .header = true}) == matrix({{4}}));
    CHECK(error_of("a,b\n3,4\n", {.header = false}) == "data.csv:1: column 1: found \"a\", expected a number");
    // Only the chosen columns count.
    CHECK(values_of("setosa,5.1,3.5\nsetosa,4.9,3\n", {.columns = {"2-3"}}) == matrix({{5.1, 3.5}, {4.9, 3}}));
    CHECK(values_of("species,length\nsetosa,4.9\n", {.columns = {"2"}}) == matrix({{4.9}}));
  }

  TEST_CASE("delimited text: a first line that may be a header or a bad row is refused") {
    CHECK(error_of("5.1,3.x\n4,3\n") ==
          "data.csv:1: column 2: found \"3.x\" beside the number \"5.1\": a bad cell, or a header (then say that there "
          "is one)?");
    CHECK(values_of("5.1,3.x\n4,3\n", {.header = true}) == matrix({{4, 3}}));
    CHECK(error_of("NA,3\n4,3\n") ==
          "data.csv:1: column 1: found \"NA\", expected a number; this model takes no missing cells: remove the row "
          "or fill the cell");
    CHECK(error_of("3,14;2,5\n1;2\n") == "data.csv:1: column 1: found \"3,14\", expected a decimal point: \"3.14\"");
  }

  TEST_CASE("delimited text: the separator is the one that makes numbers of the cells") {
    CHECK(values_of("a;b\n1.5;2\n").cols() == 2);
    CHECK(values_of("time of day,b\n1,2\n3,4\n").cols() == 2);
    CHECK(values_of("waiting time\n54\n79\n").cols() == 1);
    CHECK(values_of("n,t\n1,\"a;b;c;d\"\n2,\"x;y;z;w\"\n", {.columns = {"n"}}) == matrix({{1}, {2}}));
    CHECK(values_of("n,t,x\n1,a;b,2\n2,c;d,4\n", {.columns = {"x"}}) == matrix({{2}, {4}}));
    CHECK(values_of("name,x\nAnn Lee,1\nBob M Ray,2\n", {.columns = {"x"}}) == matrix({{1}, {2}}));
    CHECK(values_of("1|2\n3|4\n", {.separator = '|'}) == matrix({{1, 2}, {3, 4}}));
    CHECK(values_of("7\n").cols() == 1);
    CHECK(error_of("a;b\n1,5;2,5\n") ==
          "data.csv:2: column \"a\" (1): found \"1,5\", expected a decimal point: \"1.5\"");
    CHECK(error_of("a,b\n1,2\n3\n4,5\n") == "data.csv:3: found 1 cell, expected 2 as on line 1");
    CHECK(error_of("1,2\n", {.separator = '.'}) ==
          "separator: \".\" cannot separate numbers; a comma, a semicolon, a tab or a space can");
  }

  TEST_CASE("delimited text: columns are chosen by name and then by number and in the order asked for") {
    const std::string text = "a,b,2,c\n1,2,3,x\n4,5,6,y\n";
    CHECK(values_of(text, {.columns = {"b", "a"}}) == matrix({{2, 1}, {5, 4}}));
    CHECK(values_of(text, {.columns = {"b", "2"}}) == matrix({{2, 3}, {5, 6}}));
    CHECK(values_of(text, {.columns = {"1-3"}, .header = true}) == matrix({{1, 2, 3}, {4, 5, 6}}));
    CHECK(read(text, {.columns = {"b", "1"}}).names == Names{"b", "a"});
    CHECK(read("1,2,3\n", {.columns = {"3", "1"}}).names == Names{"x3", "x1"});
    CHECK(error_of(text, {.columns = {"d"}}) ==
          "data.csv: no column \"d\": the columns are \"a\", \"b\", \"2\", \"c\"");
    CHECK(error_of(text, {.columns = {"a", "5"}}) ==
          "data.csv: no column \"5\": the columns are \"a\", \"b\", \"2\", \"c\"");
    CHECK(error_of("1,2,3\n", {.columns = {"0"}}) ==
          "data.csv: no column \"0\": there are columns 1 to 3, and no header");
    CHECK(error_of("1,2,3\n", {.columns = {"a"}}) ==
          "data.csv: no column \"a\": there are columns 1 to 3, and no header");
    CHECK(error_of("1,2,3\n", {.columns = {"3-2"}}) ==
          "data.csv: no column \"3-2\" (a range goes upwards): there are columns 1 to 3, and no header");
    CHECK(error_of("1,2,3\n", {.columns = {"1-2", "2"}}) == "data.csv: column 2 is asked for twice");
    CHECK(error_of("a,a\n1,2\n", {.columns = {"a"}}) ==
          "data.csv: two columns are called \"a\", 1 and 2: choose by number");
    CHECK(error_of("a,b,c,d,e,f,g,h,i,j,k,l\n1,2,3,4,5,6,7,8,9,10,11,12\n", {.columns = {"z"}}) ==
          "data.csv: no column \"z\": the columns are \"a\", \"b\", \"c\", \"d\", \"e\", \"f\", \"g\", \"h\", \"i\", "
          "\"j\" and 2 more");
  }

  TEST_CASE("delimited text: a column without a name is not taken unasked") {
    const std::string text = "\"\",a\n1,2.5\n2,3.5\n";  // as R writes row numbers
    CHECK(error_of(text) == "data.csv: column 1 has no name in the header (row numbers?): choose the columns to read");
    CHECK(values_of(text, {.columns = {"a"}}) == matrix({{2.5}, {3.5}}));
    CHECK(values_of(text, {.columns = {"1-2"}}) == matrix({{1, 2.5}, {2, 3.5}}));
    CHECK(error_of("a,b,\n1,2,\n") ==
          "data.csv: column 3 has no name in the header (row numbers?): choose the columns to read");
  }

  TEST_CASE("delimited text: weights are taken out of the values") {
    const std::string text = "a,w,b\n1,0.5,2\n3,0,4\n";
    const Table table = read(text, {.weights = "w"});
    CHECK(std::get<RowMajorMatrix>(table.values) == matrix({{1, 2}, {3, 4}}));
    CHECK(table.names == Names{"a", "b"});
    CHECK(table.weights == Eigen::Vector2d(0.5, 0));
    CHECK(table.weights_view().size() == 2);
    CHECK(values_of(text, {.columns = {"1-3"}, .weights = "2"}) == matrix({{1, 2}, {3, 4}}));
    CHECK(values_of(text, {.columns = {"b"}, .weights = "w"}) == matrix({{2}, {4}}));
    CHECK(error_of("a,w\n1,1\n2,-1\n", {.weights = "w"}) ==
          "data.csv:3: column \"w\" (2): found -1, expected a weight of at least 0");
    CHECK(error_of("a,w\n1,0\n2,0\n", {.weights = "w"}) == "data.csv: column \"w\" (2): every weight is 0");
    CHECK(error_of("a,w\n1,inf\n", {.weights = "w"}) ==
          "data.csv:2: column \"w\" (2): found \"inf\", expected a finite number");
    CHECK(error_of("w\n1\n", {.weights = "w"}) == "data.csv: no column is left beside the weights");
    CHECK(error_of(text, {.weights = "v"}) == "data.csv: no column \"v\": the columns are \"a\", \"w\", \"b\"");
    CHECK(error_of(text, {.weights = "1-2"}) == "data.csv: weights: \"1-2\" is more than one column");
  }

  TEST_CASE("delimited text: a cell that is no number is refused with its place") {
    CHECK(error_of("eruptions,waiting\n3.6,79\n1.8,abc\n") ==
          "data.csv:3: column \"waiting\" (2): found \"abc\", expected a number");
    CHECK(error_of("1,2\n3,4 kg\n") == "data.csv:2: column 2: found \"4 kg\", expected a number");
    for (const std::string text : {"0x10", "1e", "1e+", "--1", "+-1", "1.2.3", "1_000", "12abc", "1d5", "+", "5%"}) {
      CAPTURE(text);
      CHECK(error_of("a,b\n1," + text + "\n") ==
            "data.csv:2: column \"b\" (2): found \"" + text + "\", expected a number");
    }
    for (const std::string text : {"NA", "na", "nan", "NaN", "-nan", "N/A", "#N/A", "null", "None", "?", ".", "-"}) {
      CAPTURE(text);
      CHECK(error_of("a,b\n1," + text + "\n") ==
            "data.csv:2: column \"b\" (2): found \"" + text +
                "\", expected a number; this model takes no missing cells: remove the row or fill the cell");
    }
    for (const std::string text : {"inf", "-inf", "+Inf", "Infinity", "-INFINITY"}) {
      CAPTURE(text);
      CHECK(error_of("a,b\n1," + text + "\n") ==
            "data.csv:2: column \"b\" (2): found \"" + text + "\", expected a finite number");
    }
    for (const std::string text :
         {"1e999", "-1e999", "1.8e308", "123456789e301", "0.001e400", "1e99999999999999999999"}) {
      CAPTURE(text);
      CHECK(error_of("a,b\n1," + text + "\n") ==
            "data.csv:2: column \"b\" (2): found \"" + text + "\", expected a number of at most 1.8e308 in size");
    }
    for (const std::string empty : {"", "  ", "\"\""}) {
      CHECK(error_of("a,b\n1," + empty + "\n") ==
            "data.csv:2: column \"b\" (2): found an empty cell, expected a number; this model takes no missing cells: "
            "remove the row or fill the cell");
    }
  }

  TEST_CASE("delimited text: what is smaller than any float64 becomes zero with its sign") {
    const RowMajorMatrix found = values_of("1e-400,-1e-400,5e-324,0.0000001e-330,0e999\n");
    CHECK(found == matrix({{0, 0, 5e-324, 0, 0}}));
    CHECK(std::signbit(found(0, 1)));
    CHECK(found(0, 2) == std::numeric_limits<double>::denorm_min());
  }

  TEST_CASE("delimited text: the text found is shown on one line and not at length") {
    CHECK(error_of("a\n\"x\ty\nz\x01\xff\"\n") ==
          "data.csv:2: column \"a\" (1): found \"x\\ty\\nz\\x01\\xff\", expected a number");
    CHECK(error_of("a\n" + std::string(100, 'x') + "\n") ==
          "data.csv:2: column \"a\" (1): found \"" + std::string(40, 'x') + "...\", expected a number");
    CHECK(error_of("Größe\ngroß\n") == "data.csv:2: column \"Größe\" (1): found \"groß\", expected a number");
  }

  TEST_CASE("delimited text: a row with too few or too many cells is refused with its line") {
    CHECK(error_of("a,b\n1,2\n\n3,4,5\n") == "data.csv:4: found 3 cells, expected 2 as on line 1");
    CHECK(error_of("\na,b,c\n1,2,3\n1,2\n") == "data.csv:4: found 2 cells, expected 3 as on line 2");
    CHECK(error_of("1,2\n1,2,\n") == "data.csv:2: found 3 cells, expected 2 as on line 1");
    // The number of cells explains a bad cell, not the other way round.
    CHECK(error_of("a,b\n1,2\nx,2,3\n") == "data.csv:3: found 3 cells, expected 2 as on line 1");
  }

  TEST_CASE("delimited text: a blank line is skipped but among single cells it is a missing one") {
    CHECK(values_of("a,b\n\n1,2\n \n\n3,4\n\n") == matrix({{1, 2}, {3, 4}}));
    CHECK(values_of("\n\na\n1\n2\n\n\n") == matrix({{1}, {2}}));
    CHECK(error_of("a\n1\n\n\n2\n") ==
          "data.csv:3: column \"a\" (1): found an empty cell, expected a number; this model takes no missing cells: "
          "remove the row or fill the cell");
  }

  TEST_CASE("delimited text: faulty quotes are refused where they begin") {
    CHECK(error_of("a,b\n1,\"2\"x\n") ==
          "data.csv:2: column \"b\" (2): found \"\"2\"x\", expected a separator after the closing quote");
    CHECK(error_of("a,b\n1,2\n\"3,4\n5,6\n") ==
          "data.csv:3: column \"a\" (1): found a quote that is never closed before \"3,4\"");
    const std::string rows(std::size_t{3} << 20, '\n');
    CHECK(error_of("a,b\n1,2\n\"3,4\n" + rows) ==
          "data.csv:3: column \"a\" (1): found a quote that is never closed before \"3,4\"");
    CHECK(error_of("\"a,b\n1,2\n") == "data.csv:1: column 1: found a quote that is never closed before \"a,b\"");
  }

  TEST_CASE("delimited text: what is no text or no table is refused in one line") {
    CHECK(error_of("") == "data.csv: the file is empty");
    CHECK(error_of("\n \n\n") == "data.csv: the file is empty");
    CHECK(error_of("\xef\xbb\xbf") == "data.csv: the file is empty");
    CHECK(error_of("a,b\n") == "data.csv: there is no row below the header");
    CHECK(error_of("a,b") == "data.csv: there is no row below the header");
    CHECK(error_of(std::string("\xff\xfe"
                               "a\0,\0",
                               6)) == "data.csv: is UTF-16 text: save it as UTF-8");
    CHECK(error_of(std::string("a,b\n1,\0\n", 8)) ==
          "data.csv:2: found a NUL byte, expected text (comma-separated or alike) or a .npy file");
    CHECK(error_of("PK\x03\x04 and so on") ==
          "data.csv: is a zip archive (.npz, .xlsx): export one table as CSV or .npy");
    CHECK(error_of("\x1f\x8b and so on") == "data.csv: is compressed by gzip: unpack it first");
    const std::string late = "a,b\n" + [] {
      std::string rows;
      for (int i = 0; i < 400000; ++i) rows += "1,2\n";
      return rows;
    }() + std::string("3,\0\n", 4);
    CHECK(error_of(late) ==
          "data.csv:400002: found a NUL byte, expected text (comma-separated or alike) or a .npy file");
  }

  TEST_CASE("delimited text: a stream that fails half-way is an error") {
    struct Failing : std::streambuf {
      std::string text = "a,b\n1,2\n";
      bool given = false;
      int_type underflow() override {
        if (std::exchange(given, true)) throw std::runtime_error("disk on fire");
        setg(text.data(), text.data(), text.data() + text.size());
        return traits_type::to_int_type(text.front());
      }
    } buffer;
    std::istream stream(&buffer);
    CHECK_THROWS_WITH_AS(latent::read_table(stream), "standard input: cannot be read: the stream failed",
                         latent::DataError);
  }

  TEST_CASE("delimited text: a table does not depend on where the reading buffer ends") {
    // Cells and line ends of all kinds meet the end of the first megabyte, as it moves through them by one byte.
    std::string text = "id,note,x,w\r\n";
    std::vector<double> expected;
    std::mt19937 random(7);
    while (text.size() < (std::size_t{1} << 20) + 4096) {
      const double x = std::ldexp(static_cast<double>(random()), -20);
      expected.push_back(x);
      std::ostringstream cell;
      cell.precision(17);
      cell << x;
      text += std::to_string(expected.size()) + ",\"a \"\"quoted\"\"\r\nnote\", " + cell.str() + " ,\"1.5\"\r\n\r\n";
    }
    for (std::size_t shift = 0; shift < 90; ++shift) {
      CAPTURE(shift);
      const Table table = read(std::string(shift, '\n') + text, {.columns = {"x"}, .weights = "w"});
      REQUIRE(table.rows() == expected.size());
      CHECK(std::equal(expected.begin(), expected.end(), std::get<RowMajorMatrix>(table.values).data()));
      CHECK((table.weights.array() == 1.5).all());
    }
  }

  TEST_CASE("delimited text: a line longer than the reading buffer is read") {
    RowMajorMatrix wide(2, 300000);
    for (Eigen::Index j = 0; j < wide.cols(); ++j) wide(0, j) = static_cast<double>(j) / 7, wide(1, j) = -wide(0, j);
    std::ostringstream stream;
    latent::write_delimited(stream, {}, wide);
    CHECK(values_of(stream.str()) == wide);
  }

  TEST_CASE("delimited text: every float64 survives writing and reading") {
    std::mt19937_64 random(3);
    RowMajorMatrix written(500, 4);
    for (double& value : written.reshaped()) {
      do {
        const std::uint64_t bits = random() & (random() % 4 == 0 ? 0x800fffffffffffffu : ~0ull);  // some subnormal
        std::memcpy(&value, &bits, sizeof(value));
      } while (!std::isfinite(value));
    }
    written.row(0) << 0.0, -0.0, std::numeric_limits<double>::max(), std::numeric_limits<double>::denorm_min();
    const Names names = {"plain", "with \"quotes\"", "two\nlines, and a comma", "tab\tand;semicolon"};
    for (const char separator : {',', ';', '\t', ' '}) {
      CAPTURE(separator);
      std::ostringstream stream;
      latent::write_delimited(stream, names, written, separator);
      const Table table = read(stream.str());
      CHECK(table.names == names);
      REQUIRE(table.rows() == 500);
      CHECK(std::memcmp(std::get<RowMajorMatrix>(table.values).data(), written.data(), 2000 * sizeof(double)) == 0);
    }
  }

  TEST_CASE("delimited text: writing gives the shortest numbers and a header only if there are names") {
    std::ostringstream stream;
    latent::write_delimited(stream, Names{"a", "b"}, matrix({{0.1, 1e300}, {-2, 5e-324}}));
    CHECK(stream.str() == "a,b\n0.1,1e+300\n-2,5e-324\n");
    std::ostringstream bare;
    latent::write_delimited(bare, {}, matrix({{0.1, 3}}), '\t');
    CHECK(bare.str() == "0.1\t3\n");
    CHECK_THROWS_AS(latent::write_delimited(bare, Names{"a"}, matrix({{1, 2}})), std::invalid_argument);
  }

  TEST_CASE("delimited text: a damaged table is refused or finite and never crashes") {
    const std::string sound = "a,\"b \"\"q\"\"\",w\r\n1.5,2e3,1\r\n-3,\"4\",0.5\r\n\r\n.5,6.,2\r\n";
    const std::string alphabet = std::string("0123456789+-.eE,;\t \"\r\nnaif\xef\xbb\xbf\xff") + '\0';
    std::mt19937 random(11);
    const auto below = [&](std::size_t limit) { return static_cast<std::size_t>(random() % limit); };
    for (int trial = 0; trial < 5000; ++trial) {
      std::string text = sound;
      for (std::size_t change = 0; change <= below(4); ++change) {
        const std::size_t at = below(text.size());
        switch (below(4)) {
          case 0: text[at] = alphabet[below(alphabet.size())]; break;
          case 1: text.insert(at, 1, alphabet[below(alphabet.size())]); break;
          case 2: text.erase(at, 1 + below(5)); break;
          default: text.insert(at, text.substr(below(text.size()), below(20)));
        }
        if (text.empty()) text = "1";
      }
      CAPTURE(trial);
      CAPTURE(text);
      const TableOptions options = trial % 2 == 0 ? TableOptions{} : TableOptions{.columns = {"1"}, .weights = "3"};
      try {
        const Table table = read(text, options);
        const RowMajorMatrix& values = std::get<RowMajorMatrix>(table.values);
        CHECK(values.size() > 0);
        CHECK(values.allFinite());
        CHECK(table.names.size() == static_cast<std::size_t>(values.cols()));
        CHECK((table.weights.size() == 0 || (table.weights.allFinite() && (table.weights.array() >= 0).all())));
      } catch (const latent::DataError& error) {
        CHECK(std::string(error.what()).find('\n') == std::string::npos);
      }
    }
  }
}

}  // namespace
