#include <cmath>
#include <sstream>
#include <string>

#include <doctest/doctest.h>

#include "cli/program.hpp"
#include "support/tolerances.hpp"

TEST_SUITE("cli/use") {
  using namespace cli_test;

  // A folder with the fit of two Gaussians to Old Faithful.
  class Fitted : public Folder {
   public:
    Fitted() { REQUIRE(latent({"fit", "gmm", old_faithful, "--components", "2", "--output", "m.json"}).status == 0); }
  };

  // Old Faithful with its columns in the other order, a column of text between, and that header.
  std::string swapped(const std::string& header) {
    std::istringstream lines(content_of(old_faithful));
    std::string text = header.empty() ? "" : header + "\n", line;
    std::getline(lines, line);
    while (std::getline(lines, line)) {
      text += line.substr(line.find(',') + 1) + ",old," + line.substr(0, line.find(',')) + "\n";
    }
    return text;
  }

  TEST_CASE("predict: prints the most probable component and all probabilities of every row") {
    const Fitted folder;
    const Result result = folder.latent({"predict", "m.json", old_faithful});
    CHECK(result.status == 0);
    CHECK(result.err == "");
    std::istringstream lines(result.out);
    std::string line;
    std::getline(lines, line);
    CHECK(line == "component,p1,p2");
    int rows = 0;
    for (; std::getline(lines, line); ++rows) {
      std::istringstream cells(line);
      double component = 0, p1 = 0, p2 = 0;
      char comma = 0;
      cells >> component >> comma >> p1 >> comma >> p2;
      CHECK(p1 + p2 == near(1, tolerance::rounding));
      CHECK(component == (p1 >= p2 ? 1 : 2));
    }
    CHECK(rows == 272);
  }

  TEST_CASE("predict: takes the columns by the names that the model was fitted to") {
    const Fitted folder;
    folder.write("swapped.csv", swapped("waiting,note,eruptions"));
    folder.write("other.csv", swapped("wait,note,erupt"));
    const std::string expected = folder.latent({"predict", "m.json", old_faithful}).out;
    CHECK(folder.latent({"predict", "m.json", "swapped.csv"}).out == expected);
    CHECK(folder.latent({"predict", "m.json", "swapped.csv", "--columns", "waiting,eruptions"}).out == expected);
    check_error(folder.latent({"predict", "m.json", "other.csv"}), 1,
                "other.csv: no column \"eruptions\": the columns are \"wait\", \"note\", \"erupt\"");
    CHECK(folder.latent({"predict", "m.json", "other.csv", "--columns", "erupt,wait"}).out == expected);
    // Columns that are not the model's are not taken for them, even if there are as many.
    check_error(folder.latent({"predict", "m.json", "-"}, "a,b\n1,2\n"), 1,
                "standard input: has not all the columns that the model was fitted to (\"eruptions\", ...); say which "
                "to take by --columns");
    const std::string rows = content_of(old_faithful);
    CHECK(folder.latent({"predict", "m.json", "-"}, rows.substr(rows.find('\n') + 1)).out == expected);
    CHECK(folder.latent({"predict", "m.json", "-"}, rows).out == expected);
  }

  TEST_CASE("predict: an error in a named column is said of that column") {
    const Fitted folder;
    folder.write("x.csv", "note,waiting,eruptions\nx,70,2\ny,?,3\n");
    check_error(folder.latent({"predict", "m.json", "x.csv"}), 1,
                "x.csv:3: column \"waiting\" (2): found \"?\", expected a number; this model takes no missing cells: "
                "remove the row or fill the cell");
  }

  TEST_CASE("predict: --output has what would be printed") {
    const Fitted folder;
    const Result result = folder.latent({"predict", "m.json", old_faithful, "--output", "p.csv"});
    CHECK(result.out == "");
    CHECK(folder.read("p.csv") == folder.latent({"predict", "m.json", old_faithful}).out);
  }

  TEST_CASE("score: the rows add up to the whole, which is what the fit reports") {
    const Fitted folder;
    const Json score = folder.latent({"score", "m.json", old_faithful, "--json"}).json();
    std::istringstream lines(folder.latent({"score", "m.json", old_faithful, "--per-observation"}).out);
    std::string line;
    std::getline(lines, line);
    CHECK(line == "log_likelihood");
    double sum = 0;
    int rows = 0;
    for (; std::getline(lines, line); ++rows) sum += std::stod(line);
    CHECK(rows == 272);
    CHECK(score["log_likelihood"].get<double>() == near(sum, tolerance::rounding));
    CHECK(score["per_observation"].get<double>() == near(sum / 272, tolerance::rounding));
    CHECK(score["log_likelihood"] == Json::parse(folder.read("m.json"))["fit"]["log_likelihood"]);
    const std::string text = folder.latent({"score", "m.json", old_faithful}).out;
    CHECK(text.starts_with("log-likelihood   -1130.26396"));
    CHECK(text.ends_with("\nobservations     272\n"));
  }

  TEST_CASE("score: weights count") {
    const Fitted folder;
    folder.write("w.csv", "eruptions,waiting,w\n3.6,79,2\n1.8,54,0.5\n");
    folder.write("x.csv", "eruptions,waiting\n3.6,79\n1.8,54\n");
    std::istringstream lines(folder.latent({"score", "m.json", "x.csv", "--per-observation"}).out);
    std::string header;
    double first = 0, second = 0;
    lines >> header >> first >> second;
    const Json score = folder.latent({"score", "m.json", "w.csv", "--weights", "w", "--json"}).json();
    CHECK(score["log_likelihood"].get<double>() == near(2 * first + 0.5 * second, tolerance::rounding));
    CHECK(score["per_observation"].get<double>() == near((2 * first + 0.5 * second) / 2.5, tolerance::rounding));
    check_error(folder.latent({"score", "m.json", "x.csv", "--per-observation", "--json"}), 2,
                "per-observation and json exclude each other");
  }

  TEST_CASE("sample: pipes into score, and the same seed gives the same rows") {
    const Fitted folder;
    const Result piped = folder.shell("$latent sample m.json --count 100 | $latent score m.json -");
    CHECK(piped.err == "");
    CHECK(piped.out.ends_with("\nobservations     100\n"));
    const auto sample = [&](const char* seed) {
      return folder.latent({"sample", "m.json", "--count", "50", "--seed", seed}).out;
    };
    CHECK(sample("1") == sample("1"));
    CHECK(sample("1") != sample("2"));
    CHECK(sample("1").starts_with("eruptions,waiting\n"));
    check_error(folder.latent({"sample", "m.json", "--count", "0"}), 2,
                "count is '0', it must be a whole number, 1 or more");
  }

  TEST_CASE("sample: NumPy and CSV hold the same rows, however many") {
    const Fitted folder;
    REQUIRE(folder.latent({"sample", "m.json", "--count", "10000", "--output", "x.npy"}).status == 0);
    REQUIRE(folder.latent({"sample", "m.json", "--count", "10000", "--output", "x.csv"}).status == 0);
    const Json npy = folder.latent({"score", "m.json", "x.npy", "--json"}).json();
    CHECK(npy.dump() == folder.latent({"score", "m.json", "x.csv", "--json"}).json().dump());
    CHECK(npy["observations"] == 10000);
  }

  TEST_CASE("sample: labels say which component a row came from") {
    const Fitted folder;
    const Result sample = folder.latent({"sample", "m.json", "--count", "2000", "--labels", "--output", "x.csv"});
    CHECK(sample.status == 0);
    CHECK(folder.read("x.csv").starts_with("eruptions,waiting,component\n"));
    const Json fit = folder
                         .latent({"fit", "gmm", "x.csv", "--components", "2", "--start-labels", "component",
                                  "--max-iterations", "0", "--json"})
                         .json();
    const Json model = Json::parse(folder.read("m.json"));
    for (std::size_t k = 0; k < 2; ++k) {
      CHECK(std::abs(fit["parameters"]["weights"][k].get<double>() - model["parameters"]["weights"][k].get<double>()) <
            0.05);
      CHECK(std::abs(fit["parameters"]["means"][k][1].get<double>() -
                     model["parameters"]["means"][k][1].get<double>()) < 1);
    }
    CHECK(folder.shell("$latent sample m.json --count 5 --labels | $latent predict m.json -").status == 0);
  }

  TEST_CASE("use: what only sequences have is refused for a model of rows without order") {
    const Fitted folder;
    const std::string rows = ", but the model is one of rows without order";
    check_error(folder.latent({"predict", "m.json", old_faithful, "--sequence", "1"}), 2, "sequence is '1'" + rows);
    check_error(folder.latent({"score", "m.json", old_faithful, "--lengths", "n.txt"}), 2, "lengths is 'n.txt'" + rows);
    check_error(folder.latent({"score", "m.json", old_faithful, "--known-states", "s"}), 2,
                "known-states is 's'" + rows);
    check_error(folder.latent({"sample", "m.json", "--count", "2", "--sequences", "3"}), 2, "sequences is '3'" + rows);
    check_error(folder.latent({"forecast", "m.json", old_faithful}), 1,
                "m.json: is a model gmm, of rows without order: there is no next row to forecast");
    check_error(folder.latent({"predict", "m.json", old_faithful, "--decode", "backwards"}), 2,
                "decode is 'backwards', it must be posterior, viterbi or filtered");
    const Result viterbi = folder.latent({"predict", "m.json", old_faithful, "--decode", "viterbi"});
    CHECK(viterbi.status == 2);
    CHECK(viterbi.err == "latent: decode is 'viterbi', of observations that are independent there is only posterior\n");
  }

  TEST_CASE("predict: a row that is impossible is named with its file") {
    const Folder folder;
    folder.write("m.json", R"({"format": "latent-model", "version": 1, "model": "gmm",
    "options": {"components": 1, "dimensions": 1, "covariance": "spherical"},
    "parameters": {"weights": [1], "means": [[0]], "covariances": [1e-300]}})");
    folder.write("x.csv", "0\n1e300\n");
    const Result result = folder.latent({"predict", "m.json", "x.csv"});
    CHECK(result.status == 1);
    CHECK(result.err == "latent: x.csv: row 2 is impossible under every component of the model\n");
  }

  TEST_CASE("inspect: prints options, fit and parameters") {
    const Fitted folder;
    const std::string text = folder.latent({"inspect", "m.json"}).out;
    CHECK(
        text.starts_with("model            gmm\ncomponents       2\ndimensions       2\ncovariance       full\n"
                         "free parameters  11\nverdict          converged\n"));
    CHECK(text.find("\nmeans  eruptions  waiting\n  1 ") != std::string::npos);
    CHECK(text.find("      4.28966  79.9681\n") != std::string::npos);
    CHECK(text.find("      2.03639  54.4785\n") != std::string::npos);
  }

}  // TEST_SUITE
