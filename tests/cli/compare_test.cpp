#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "cli/program.hpp"
#include "support/tolerances.hpp"

TEST_SUITE("cli/compare") {
  using namespace cli_test;

  struct TraceLine {
    std::string data, contender, kind;
    int start;
    std::string iteration, gap;
    double objective;
  };

  // Cells of a line of CSV in which quotes stand around whole cells only.
  std::vector<std::string> cells_of(const std::string& line) {
    std::vector<std::string> cells{""};
    bool quoted = false;
    for (const char letter : line) {
      if (letter == '"') {
        quoted = !quoted;
      } else if (letter == ',' && !quoted) {
        cells.emplace_back();
      } else {
        cells.back() += letter;
      }
    }
    return cells;
  }

  std::vector<TraceLine> traces_of(const std::string& text) {
    std::istringstream lines(text);
    std::string line;
    std::getline(lines, line);
    CHECK(line == "data,contender,start,iteration,passes,seconds,objective,gap,kind");
    std::vector<TraceLine> traces;
    while (std::getline(lines, line)) {
      const std::vector<std::string> cells = cells_of(line);
      REQUIRE(cells.size() == 9);
      traces.push_back({cells[0], cells[1], cells[8], std::stoi(cells[2]), cells[3], cells[7],
                        std::strtod(cells[6].c_str(), nullptr)});
    }
    return traces;
  }

  Words compare_words(const Words& models, const Words& more) {
    Words words{"compare", old_faithful};
    for (const std::string& model : models) words.insert(words.end(), {"--model", model});
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }

  TEST_CASE("compare: writes a page, a summary and traces, of every contender and start") {
    const Folder folder;
    const Result result = folder.latent(
        compare_words({"gmm --components 3", "gmm --components 3 --covariance tied", "hmm --states 2"},
                      {"--acceleration", "none,squarem,anderson,acx,auto", "--starts", "3", "--output", "made/here"}));
    CHECK(result.err == "");
    REQUIRE(result.status == 0);
    CHECK(folder.read("made/here/report.html").starts_with("<!DOCTYPE html>"));
    std::set<std::pair<std::string, int>> seen;
    for (const TraceLine& line : traces_of(folder.read("made/here/traces.csv"))) {
      CHECK(line.data == old_faithful);
      CHECK(std::strtod(line.gap.c_str(), nullptr) >= -1e-9);
      CHECK(line.gap != "");
      seen.emplace(line.contender, line.start);
    }
    CHECK(seen.size() == 3 * 5 * 3);
    CHECK(seen.contains({"gmm --components 3 --covariance tied, acx", 3}));

    const Json summary = Json::parse(folder.read("made/here/summary.json"));
    CHECK(summary["format"] == "latent-comparison");
    const Json& comparison = summary["comparisons"][0];
    CHECK(comparison["observations"] == 272);
    CHECK(comparison["options"]["starts"] == 3);
    CHECK(comparison["contenders"].size() == 15);
    for (const Json& contender : comparison["contenders"]) {
      CAPTURE(contender["contender"]);
      CHECK(contender["runs"].size() == 3);
      CHECK(contender["failures"] == 0);
      CHECK(contender["verdicts"]["converged"] == 3);
      for (const Json& run : contender["runs"]) CHECK(run["optimum"].is_number());
    }
    for (const Json& model : comparison["models"]) {
      CHECK(model["error"].is_null());
      const Json& best = model["optima"][0];
      CHECK(best["parameters"].is_object());
      std::size_t runs = 0;
      for (const Json& optimum : model["optima"]) {
        CHECK(optimum["objective"].get<double>() <= best["objective"].get<double>());
        for (const Json& count : optimum["runs"]) runs += count.get<std::size_t>();
      }
      CHECK(runs == 15);
    }
    const Json& model = comparison["models"][1];
    CHECK(model["free_parameters"] == 11);
    CHECK(model["criteria"]["bic"].get<double>() ==
          near(-2 * model["best_objective"].get<double>() + 11 * std::log(272.0), tolerance::rounding));
  }

  TEST_CASE("compare: the contenders of a model begin at the same objective, that of the start of a fit") {
    const Folder folder;
    REQUIRE(folder
                .latent(compare_words({"gmm --components 4", "hmm --states 3"},
                                      {"--starts", "2", "--seed", "5", "--output", "o"}))
                .status == 0);
    std::map<std::pair<std::string, int>, std::set<double>> begun;
    for (const TraceLine& line : traces_of(folder.read("o/traces.csv"))) {
      if (line.iteration != "0") continue;
      CHECK(line.kind == "start");
      begun[{line.contender.substr(0, line.contender.find(',')), line.start}].insert(line.objective);
    }
    REQUIRE(begun.size() == 4);
    for (const auto& [who, objectives] : begun) CHECK(objectives.size() == 1);
    CHECK(begun.at({"gmm --components 4", 1}) != begun.at({"gmm --components 4", 2}));
    const Json fit = folder
                         .latent({"fit", "gmm", old_faithful, "--components", "4", "--starts", "1", "--seed", "5",
                                  "--max-iterations", "0", "--json"})
                         .json();
    CHECK(begun.at({"gmm --components 4", 1}) == std::set<double>{fit["objective"].get<double>()});
  }

  TEST_CASE("compare: what cannot be run is shown with its reason beside those that ran") {
    const Folder folder;
    folder.write("x.csv", "a,b\n1,2\n2,1.5\n3,1\n4,9\n5,1\n6,3\n");
    const Result result =
        folder.latent({"compare", "x.csv", "--model", "gmm --components 1", "--model", "gmm --components 7", "--model",
                       "gmm --components none", "--model", "mixture --components 2 --family poisson", "--model",
                       "mixture --components 2 --family categorical", "--starts", "2", "--acceleration", "none,auto",
                       "--output", "o"});
    CHECK(result.err == "");
    CHECK(result.status == 0);
    const Json comparison = Json::parse(folder.read("o/summary.json"))["comparisons"][0];
    const std::vector<std::string> errors{
        "", "has 6 rows, too few for 7 components", "components is 'none', it must be a whole number, 1 or more",
        "row 2, column \"b\" is 1.5: ", "x.csv: has 2 columns, a model of symbols takes one; choose it by --columns"};
    REQUIRE(comparison["models"].size() == errors.size());
    for (std::size_t m = 1; m < errors.size(); ++m) {
      CAPTURE(m);
      CHECK(comparison["models"][m]["error"].get<std::string>().starts_with(errors[m]));
      CHECK(result.out.find("  error   " + errors[m]) != std::string::npos);
      CHECK(comparison["contenders"][2 * m]["model"] == m);
      CHECK(comparison["contenders"][2 * m]["runs"].size() == 2);
      CHECK(comparison["contenders"][2 * m]["failures"] == 2);
    }
    CHECK(comparison["models"][0]["error"].is_null());
    const std::vector<TraceLine> traces = traces_of(folder.read("o/traces.csv"));
    CHECK(std::ranges::count(traces, "failed", &TraceLine::kind) == 4 * 2 * 2);
  }

  TEST_CASE("compare: if nothing could be run the table is there and the status is 1") {
    const Folder folder;
    const Result result = folder.latent(compare_words({"gmm --components 300"}, {"--starts", "1"}));
    CHECK(result.status == 1);
    CHECK(result.err == "latent: no contender could be run: has 272 rows, too few for 300 components\n");
    CHECK(result.out.find("  error   has 272 rows") != std::string::npos);
  }

  TEST_CASE("compare: several files are several comparisons, with sequences for the models that know them") {
    const Folder folder;
    folder.write("x.csv", "s,a\nu,1\nu,2\nu,9\nv,8\nv,1\nv,2\nv,7\n");
    folder.write("y.csv", "s,a\np,1\np,2\nq,9\nq,8\n");
    const Result result =
        folder.latent({"compare", "x.csv", "y.csv", "--model", "gmm --components 1", "--model",
                       "hmm --states 2 --family poisson", "--sequence", "s", "--starts", "2", "--output", "o"});
    CHECK(result.err == "");
    REQUIRE(result.status == 0);
    const Json comparisons = Json::parse(folder.read("o/summary.json"))["comparisons"];
    REQUIRE(comparisons.size() == 2);
    CHECK(comparisons[0]["data"] == "x.csv");
    CHECK(comparisons[1]["observations"] == 4);
    CHECK(comparisons[1]["models"][1]["error"].is_null());
    // Two values of `a` alone: the column of the sequences is no value.
    CHECK(comparisons[0]["models"][0]["optima"][0]["parameters"]["means"][0].size() == 1);
    check_error(folder.latent({"compare", "x.csv", "--model", "gmm --components 1", "--sequence", "s"}), 2,
                "sequence is 's', but the model is one of rows without order");
  }

  TEST_CASE("compare: draws in the terminal and writes pictures") {
    const Folder folder;
    const Result result =
        folder.latent(compare_words({"gmm --components 2"}, {"--terminal", "--starts", "2", "--acceleration",
                                                             "none,auto", "--output", "o", "--plot-format", "png"}));
    CHECK(result.status == 0);
    CHECK(result.out.find("gmm --components 2, start 1: gap to the best known objective by passes over the data\n") !=
          std::string::npos);
    CHECK(result.out.find("a none  b auto  * several\n") != std::string::npos);
    CHECK(folder.read("o/gap-1-1.png").starts_with("\x89PNG"));
  }

  TEST_CASE("compare: words of a model may be quoted") {
    const Folder folder;
    const Result result =
        folder.latent(compare_words({"gmm '--components' \"2\" --start po\\ints"}, {"--starts", "1"}));
    CHECK(result.err == "");
    CHECK(result.status == 0);
  }

  TEST_CASE("compare: wrong usage ends with status 2 and one line, before any work") {
    const Folder folder;
    const auto refused = [&](const Words& words, const std::string& line) {
      CAPTURE(words);
      check_error(folder.latent(words), 2, line);
    };
    const Words two{"gmm --components 2"};
    refused({"compare", old_faithful},
            "--model is missing: a model with its options, as in --model \"gmm ...\"; see latent compare --help");
    refused({"compare", "--model", two[0]},
            "DATA is missing, the usage is latent compare DATA... --model TEXT... [options]; see latent compare "
            "--help");
    refused(compare_words({"gmmm --components 2"}, {}),
            "'gmmm' is not a model; those known are gmm, mixture, hmm, one of a plugin needs --plugin FILE or "
            "LATENT_PLUGIN_PATH");
    refused(compare_words({"gmm"}, {}), "--components is missing: the number of Gaussians; see latent fit gmm --help");
    refused(compare_words({"gmm --states 2"}, {}),
            "--states is not an option of the model gmm; see latent fit gmm --help");
    refused(compare_words({"gmm --components 2 --starts 3"}, {}),
            "--starts is not an option of the model gmm; see latent fit gmm --help");
    refused(compare_words({"gmm --components '2"}, {}), "model is 'gmm --components '2': the quote ' is not closed");
    refused(compare_words({" "}, {}), "model is ' ': it must begin with the name of a model; see latent models");
    refused(compare_words({two[0], two[0]}, {}), "model is 'gmm --components 2': it is given twice");
    refused(compare_words(two, {"--acceleration", "none,none"}), "acceleration is 'none,none', none is there twice");
    refused(compare_words(two, {"--stop", "soon"}),
            "stop is 'soon', it must be aitken, absolute, relative or parameters");
    refused(compare_words(two, {"--plot-format", "gif", "--output", "o"}),
            "plot-format is 'gif', it must be svg or png");
    refused({"compare", old_faithful, old_faithful, "--model", two[0]}, "DATA is given twice, " + old_faithful);
    folder.write("file", "");
    refused(compare_words(two, {"--output", "file"}), "output is 'file', which is a file, it must be a folder");
    CHECK(folder.latent(compare_words(two, {"--acceleration", "warp"})).status == 2);
    check_error(folder.latent({"compare", "none.csv", "--model", two[0], "--output", "o"}), 1,
                "none.csv: cannot be opened: No such file or directory");
    CHECK(folder.files() == std::vector<std::string>{"file"});
  }

}  // TEST_SUITE
