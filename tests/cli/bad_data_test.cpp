#include <cmath>
#include <sstream>
#include <string>

#include <doctest/doctest.h>

#include "cli/program.hpp"

TEST_SUITE("cli/bad_data") {
  using namespace cli_test;

  Result fit(const Folder& folder, const std::string& file, const std::string& components, Words more = {}) {
    Words words{"fit", "gmm", file, "--components", components, "--output", "model.json"};
    words.insert(words.end(), more.begin(), more.end());
    return folder.latent(words);
  }

  // Every number of the model and of the report is finite.
  void check_finite(const Json& json) {
    if (json.is_number()) CHECK(std::isfinite(json.get<double>()));
    CHECK(!json.is_null());
    if (json.is_structured()) {
      for (const Json& part : json) check_finite(part);
    }
  }

  TEST_CASE("bad data: a file that is no table of numbers is refused with file, line, column, text") {
    const Folder folder;
    const auto refused = [&](const std::string& content, const std::string& line, Words more = {}) {
      CAPTURE(content);
      folder.write("x.csv", content);
      check_error(fit(folder, "x.csv", "1", more), 1, "x.csv" + line);
      CHECK(folder.files() == std::vector<std::string>{"x.csv"});
    };
    refused("", ": the file is empty");
    refused("a,b\n", ": there is no row below the header");
    refused("a,b\n1,2\n3,nan\n",
            ":3: column \"b\" (2): found \"nan\", expected a number; this model takes no missing cells: remove the "
            "row or "
            "fill the cell");
    refused("a,b\n1,2\n3,\n",
            ":3: column \"b\" (2): found an empty cell, expected a number; this model takes no missing cells: remove "
            "the row or "
            "fill the cell");
    refused("a,b\n1,2\n3,inf\n", ":3: column \"b\" (2): found \"inf\", expected a finite number");
    refused("a,b\n1,2\n3\n", ":3: found 1 cell, expected 2 as on line 1");
    refused("a,b\n1,2\n3,x\n", ":3: column \"b\" (2): found \"x\", expected a number");
    refused("a,b,w\n1,2,1\n3,4,-1\n", ":3: column \"w\" (3): found -1, expected a weight of at least 0",
            {"--weights", "w"});
    refused("a,b,w\n1,2,0\n3,4,0\n", ": column \"w\" (3): every weight is 0", {"--weights", "w"});
    refused("a,b\n1,2\n3,4\n", ": no column \"w\": the columns are \"a\", \"b\"", {"--weights", "w"});
    refused("a,b\n1,2\n3,4\n", ": no column \"c\": the columns are \"a\", \"b\"", {"--columns", "a,c"});
    refused("a,b\n1,2\n3,4\n", ": column 1 is asked for twice", {"--columns", "a,1"});
    refused("a,b\n1,2\n3,4\n", ": no column \"c\" for the labels", {"--start-labels", "c"});
    refused("a\n1\n3\n", ": there is no column besides the labels", {"--start-labels", "a"});
    refused("a,b\n1,2\n3,4\n", ": column \"b\" of labels holds 2 different numbers, for 1 component",
            {"--start-labels", "b"});
  }

  TEST_CASE("bad data: what is no file or cannot be read is refused") {
    const Folder folder;
    fs::create_directory(folder / "folder");
    check_error(fit(folder, "folder", "2"), 1, "folder: the folder has no .npy files");
    check_error(fit(folder, "none.csv", "2"), 1, "none.csv: cannot be opened: No such file or directory");
    check_error(fit(folder, "-", "2"), 1, "standard input: the file is empty");
    folder.write("model.json", "{}");
    check_error(folder.latent({"score", "folder", "x.csv"}), 1, "folder: is a directory, a model file is expected");
  }

  TEST_CASE("bad data: a file without permission is refused" * doctest::skip(::geteuid() == 0)) {
    const Folder folder;
    folder.write("secret.csv", "1,2\n");
    fs::permissions(folder / "secret.csv", fs::perms::none);
    check_error(fit(folder, "secret.csv", "1"), 1, "secret.csv: cannot be opened: Permission denied");
    check_error(folder.latent({"inspect", "secret.csv"}), 1, "secret.csv: cannot be opened: Permission denied");
  }

  TEST_CASE("bad data: a truncated .npy file is refused") {
    const Folder folder;
    folder.write("m.json", R"({"format": "latent-model", "version": 1, "model": "gmm",
    "options": {"components": 1, "dimensions": 1, "covariance": "spherical"},
    "parameters": {"weights": [1], "means": [[0]], "covariances": [1]}})");
    REQUIRE(folder.latent({"sample", "m.json", "--count", "10", "--output", "x.npy"}).status == 0);
    CHECK(fit(folder, "x.npy", "1").status == 0);
    fs::resize_file(folder / "x.npy", fs::file_size(folder / "x.npy") - 8);
    fs::remove(folder / "model.json");
    check_error(fit(folder, "x.npy", "1"), 1, "x.npy: the .npy file ends before its 10 rows of 1 column do");
  }

  TEST_CASE("bad data: columns that do not vary are refused where that makes no model") {
    const Folder folder;
    folder.write("constant.csv", "a,b\n1,2\n2,2\n3,2\n4,2\n5,2\n9,2\n");
    folder.write("same.csv", "a,b\n1,2\n1,2\n1,2\n1,2\n");
    folder.write("one.csv", "a,b\n1,2\n");
    for (const char* covariance : {"full", "tied", "diagonal"}) {
      for (const char* regularization : {"auto", "none"}) {
        const Words options{"--covariance", covariance, "--regularization", regularization};
        CAPTURE(covariance);
        check_error(fit(folder, "constant.csv", "2", options), 1,
                    "constant.csv: column \"b\" is constant, it tells components apart in nothing: leave it out");
        check_error(fit(folder, "same.csv", "2", options), 1,
                    "same.csv: column \"a\" is constant, it tells components apart in nothing: leave it out");
        check_error(fit(folder, "one.csv", "1", options), 1,
                    "one.csv: column \"a\" is constant, it tells components apart in nothing: leave it out");
      }
    }
    check_error(fit(folder, "same.csv", "2", {"--covariance", "spherical"}), 1,
                "same.csv: all rows are the same: there is nothing to tell components apart");
    check_error(fit(folder, "one.csv", "2"), 1, "one.csv: has 1 row, too few for 2 components");
  }

  TEST_CASE("bad data: a column that a model complains of has its name, or its place in the file") {
    const Folder folder;
    const std::string rows = "1,2,7\n2,1,7\n3,3,7\n4,6,7\n5,2,7\n9,2,7\n";
    folder.write("named.csv", "a,b,the same\n" + rows);
    folder.write("bare.csv", rows);
    const std::string why = " is constant, it tells components apart in nothing: leave it out";
    check_error(fit(folder, "named.csv", "2", {"--columns", "the same,a"}), 1, "named.csv: column \"the same\"" + why);
    check_error(fit(folder, "bare.csv", "2", {"--columns", "3,1"}), 1, "bare.csv: column 3" + why);
  }

  TEST_CASE("bad data: a column number beyond the last is refused with the names there are") {
    const Folder folder;
    folder.write("x.csv", "a,b\n1,2\n2,3\n");
    folder.write("bare.csv", "1,2\n2,3\n");
    check_error(fit(folder, "x.csv", "1", {"--columns", "3"}), 1,
                "x.csv: no column \"3\": the columns are \"a\", \"b\"");
    check_error(fit(folder, "bare.csv", "1", {"--columns", "3"}), 1,
                "bare.csv: no column \"3\": there are columns 1 to 2, and no header");
  }

  TEST_CASE("bad data: too few rows for the dimensions end in a finite model with warnings, or in an error") {
    const Folder folder;
    folder.write("wide.csv", "1,2,3,4,5,6\n2,3,1,5,6,7\n3,1,2,9,1,0\n");
    folder.write("pairs.csv", "1,2\n1,2\n1,2\n1,2\n7,3\n7,3\n7,3\n7,3\n");
    for (const char* file : {"wide.csv", "pairs.csv"}) {
      for (const char* covariance : {"full", "tied", "diagonal", "spherical"}) {
        CAPTURE(file);
        CAPTURE(covariance);
        const Result held = fit(folder, file, "2", {"--covariance", covariance, "--json"});
        CHECK(held.status == 0);
        CHECK(held.err == "");
        check_finite(held.json());
        CHECK(held.json()["warnings"].size() > 0);
        CHECK(folder.latent({"inspect", "model.json"}).status == 0);
        fs::remove(folder / "model.json");

        const Result refused = fit(folder, file, "2", {"--covariance", covariance, "--regularization", "none"});
        CHECK(refused.status == 1);
        CHECK(refused.out == "");
        CHECK(refused.err.starts_with("latent: " + std::string(file) + ": "));
        CHECK(refused.err.find("collapsed onto") != std::string::npos);
        CHECK(!fs::exists(folder / "model.json"));
      }
    }
  }

  TEST_CASE("bad data: a fit that fails on its way prints its JSON, says so and writes no model") {
    const Folder folder;
    folder.write("x.csv", "a,b\n1,2\n2,2\n3,2\n4,2\n5,2\n9,2\n");
    folder.write("model.json", "as it was");
    const Result failed =
        fit(folder, "x.csv", "2", {"--covariance", "spherical", "--regularization", "none", "--json"});
    CHECK(failed.status == 1);
    CHECK(failed.err.starts_with("latent: x.csv: the fit failed: iteration "));
    CHECK(failed.json()["verdict"] == "degenerate");
    CHECK(failed.json()["icl"].is_null());
    CHECK(folder.read("model.json") == "as it was");
    CHECK(folder.files() == std::vector<std::string>{"model.json", "x.csv"});
  }

  TEST_CASE("bad data: numbers as large and as small as they get end in finite numbers or in a line") {
    const Folder folder;
    for (const char* scale : {"1e-300", "1e-160", "1e150", "1e154", "1e307"}) {
      CAPTURE(scale);
      std::ostringstream rows;
      for (int i = 0; i < 40; ++i) rows << (i % 7 + 10 * (i % 2)) << scale + 1 << "," << (i % 5) << scale + 1 << "\n";
      folder.write("x.csv", rows.str());
      const Result result = fit(folder, "x.csv", "2", {"--json"});
      if (result.status == 0) {
        check_finite(result.json());
      } else {
        CHECK(result.status == 1);
        CHECK(std::count(result.err.begin(), result.err.end(), '\n') == 1);
        CHECK(result.err.starts_with("latent: x.csv: "));
      }
    }
  }

}  // TEST_SUITE
