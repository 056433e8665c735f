#include <cmath>
#include <cstdlib>
#include <set>
#include <sstream>
#include <string>

#include <doctest/doctest.h>

#include "cli/program.hpp"
#include "support/tolerances.hpp"

TEST_SUITE("cli/fit") {
  using namespace cli_test;

  Words fit_words(const std::string& data, const Words& more) {
    Words words{"fit", "gmm", data};
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }

  Json fit_json(const Folder& folder, const std::string& data, Words more) {
    more.emplace_back("--json");
    const Result result = folder.latent(fit_words(data, more));
    CHECK(result.err == "");
    REQUIRE(result.status == 0);
    return result.json();
  }

  // Without what differs from run to run.
  Json timeless(Json json) {
    json.erase("seconds");
    json.erase("threads");
    return json;
  }

  TEST_CASE("fit: reaches the known optima of Old Faithful") {
    const Folder folder;
    CHECK(fit_json(folder, old_faithful, {"--components", "2"})["log_likelihood"].get<double>() ==
          near(-1130.2639601847586, tolerance::conditioned));
    CHECK(fit_json(folder, old_faithful, {"--components", "3", "--starts", "20"})["log_likelihood"].get<double>() ==
          near(-1114.439872998304, tolerance::conditioned));
  }

  TEST_CASE("fit: the JSON has what is promised, and the same numbers as the model file") {
    const Folder folder;
    const Json json = fit_json(folder, old_faithful, {"--components", "2", "--output", "m.json", "--threads", "1"});
    for (const char* key : {"verdict", "message", "log_likelihood", "iterations", "observations", "free_parameters",
                            "aic", "bic", "seconds", "threads", "parameters", "warnings"}) {
      CAPTURE(key);
      CHECK(json.contains(key));
    }
    CHECK(json["verdict"] == "converged");
    CHECK(json["observations"] == 272);
    CHECK(json["free_parameters"] == 11);
    CHECK(json["threads"] == 1);
    CHECK(json["warnings"] == Json::array());
    const double log_likelihood = json["log_likelihood"];
    CHECK(json["aic"].get<double>() == near(-2 * log_likelihood + 2 * 11, tolerance::rounding));
    CHECK(json["bic"].get<double>() == near(-2 * log_likelihood + 11 * std::log(272.0), tolerance::rounding));
    const Json file = Json::parse(folder.read("m.json"));
    CHECK(file["parameters"] == json["parameters"]);
    CHECK(file["fit"]["log_likelihood"] == json["log_likelihood"]);
    CHECK(file["columns"] == Json::parse(R"(["eruptions", "waiting"])"));
    CHECK(file["options"] == Json::parse(R"({"components": 2, "dimensions": 2, "covariance": "full"})"));
    CHECK(file["fit"]["options"]["seed"] == 1);
  }

  TEST_CASE("fit: ICL is BIC plus twice the entropy of the predicted probabilities") {
    const Folder folder;
    const Json json = fit_json(folder, old_faithful, {"--components", "3", "--output", "m.json"});
    std::istringstream lines(folder.latent({"predict", "m.json", old_faithful}).out);
    std::string line;
    std::getline(lines, line);
    double entropy = 0;
    while (std::getline(lines, line)) {
      std::istringstream cells(line);
      std::string cell;
      std::getline(cells, cell, ',');
      while (std::getline(cells, cell, ',')) {
        const double r = std::strtod(cell.c_str(), nullptr);  // which may be a denormal number
        if (r > 0) entropy -= r * std::log(r);
      }
    }
    CHECK(json["icl"].get<double>() == near(json["bic"].get<double>() + 2 * entropy, tolerance::round_trip));
  }

  TEST_CASE("fit: max-iterations counts complete E- and M-steps, and tolerance 0 never stops before") {
    const Folder folder;
    REQUIRE(folder
                .latent(fit_words(old_faithful, {"--components", "2", "--max-iterations", "0", "--starts", "1",
                                                 "--output", "start.json"}))
                .status == 0);
    double before = -1e300;
    for (const int n : {0, 1, 2, 5, 60}) {
      CAPTURE(n);
      const Json json = fit_json(folder, old_faithful,
                                 {"--start", "start.json", "--tolerance", "0", "--max-iterations", std::to_string(n),
                                  "--trace", "t.csv", "--output", "m.json"});
      CHECK(json["verdict"] == "iteration_limit");
      CHECK(json["iterations"] == n);
      const std::string trace = folder.read("t.csv");
      CHECK(std::count(trace.begin(), trace.end(), '\n') == n + 2);
      // The log-likelihood is that of the parameters returned.
      const Json score = folder.latent({"score", "m.json", old_faithful, "--json"}).json();
      CHECK(json["log_likelihood"].get<double>() == near(score["log_likelihood"].get<double>(), tolerance::rounding));
      CHECK(json["log_likelihood"].get<double>() >= before - 1e-9);
      before = json["log_likelihood"];
    }
  }

  TEST_CASE("fit: max-iterations 0 returns the start bit for bit") {
    const Folder folder;
    REQUIRE(folder.latent(fit_words(old_faithful, {"--components", "3", "--output", "m.json"})).status == 0);
    const Json start = Json::parse(folder.read("m.json"));
    const Json json =
        fit_json(folder, old_faithful, {"--start", "m.json", "--max-iterations", "0", "--output", "n.json"});
    CHECK(json["parameters"].dump() == start["parameters"].dump());
    CHECK(Json::parse(folder.read("n.json"))["parameters"].dump() == start["parameters"].dump());
    CHECK(json["iterations"] == 0);
  }

  TEST_CASE("fit: a fit that goes on from a file ends where one without a pause ends") {
    const Folder folder;
    for (const char* covariance : {"full", "tied", "diagonal", "spherical"}) {
      CAPTURE(covariance);
      const Words options{"--components", "3", "--covariance", covariance, "--starts", "1", "--tolerance", "0"};
      const auto after = [&](Words words, const std::string& n) {
        words.insert(words.end(), {"--max-iterations", n, "--output", "m.json"});
        return fit_json(folder, old_faithful, words);
      };
      const Json at_once = after(options, "12");
      after(options, "5");
      const Json continued = after({"--start", "m.json", "--tolerance", "0"}, "7");
      CHECK(continued["parameters"].dump() == at_once["parameters"].dump());
      CHECK(continued["log_likelihood"] == at_once["log_likelihood"]);
    }
  }

  TEST_CASE("fit: any number of threads gives the same bits") {
    const Folder folder;
    REQUIRE(folder.latent(fit_words(old_faithful, {"--components", "3", "--output", "m.json"})).status == 0);
    REQUIRE(folder.latent({"sample", "m.json", "--count", "20000", "--output", "x.csv"}).status == 0);
    for (const std::string& data : {std::string("x.csv"), old_faithful}) {
      const auto fit = [&](const char* threads) {
        return timeless(fit_json(folder, data, {"--components", "3", "--threads", threads, "--max-iterations", "100"}))
            .dump();
      };
      const std::string one = fit("1");
      for (const char* threads : {"2", "3", "8"}) CHECK(fit(threads) == one);
    }
  }

  TEST_CASE("fit: the same seed gives the same fit, another seed may not") {
    const Folder folder;
    const auto fit = [&](const char* seed) {
      return timeless(
                 fit_json(folder, old_faithful, {"--components", "6", "--starts", "1", "--seed", seed}))["parameters"]
          .dump();
    };
    CHECK(fit("1") == fit("1"));
    CHECK(std::set<std::string>{fit("1"), fit("2"), fit("3"), fit("4")}.size() > 1);
  }

  TEST_CASE("fit: CSV, TSV, spaces, NumPy and standard input give the same fit") {
    const Folder folder;
    const std::string csv = content_of(old_faithful);
    std::string tsv = csv, spaces, crlf;
    std::replace(tsv.begin(), tsv.end(), ',', '\t');
    for (const char c : csv.substr(csv.find('\n') + 1)) spaces += c == ',' ? std::string("   ") : std::string(1, c);
    for (const char c : csv) crlf += c == '\n' ? std::string("\r\n") : std::string(1, c);
    folder.write("x.tsv", tsv);
    folder.write("spaces.txt", spaces);
    folder.write("crlf.csv", "\xef\xbb\xbf" + crlf);
    // As NumPy writes it: float64, rows one after another.
    std::string header = "{'descr': '<f8', 'fortran_order': False, 'shape': (272, 2), }";
    header.resize(117, ' ');
    std::string npy = std::string("\x93NUMPY\x01\x00\x76\x00", 10) + header + "\n";
    std::istringstream numbers(spaces);
    for (double value = 0; numbers >> value;) npy.append(reinterpret_cast<const char*>(&value), sizeof value);
    folder.write("x.npy", npy);

    const Words options{"--components", "2"};
    const Json expected = timeless(fit_json(folder, old_faithful, options));
    for (const char* file : {"x.tsv", "spaces.txt", "crlf.csv", "x.npy"}) {
      CAPTURE(file);
      CHECK(timeless(fit_json(folder, file, options)).dump() == expected.dump());
    }
    const Result piped = folder.latent(fit_words("-", {"--components", "2", "--json"}), csv);
    CHECK(timeless(piped.json()).dump() == expected.dump());
  }

  TEST_CASE("fit: columns are chosen by name or number, and their order is that asked for") {
    const Folder folder;
    const Json swapped =
        fit_json(folder, old_faithful, {"--components", "2", "--columns", "waiting,eruptions", "--output", "m.json"});
    const Json plain = fit_json(folder, old_faithful, {"--components", "2"});
    CHECK(swapped["log_likelihood"].get<double>() ==
          near(plain["log_likelihood"].get<double>(), tolerance::conditioned));
    CHECK(Json::parse(folder.read("m.json"))["columns"].dump() == R"(["waiting","eruptions"])");
    CHECK(timeless(fit_json(folder, old_faithful, {"--components", "2", "--columns", "2,1"}))["parameters"] ==
          swapped["parameters"]);
    CHECK(fit_json(folder, old_faithful, {"--components", "2", "--columns", "2"})["parameters"]["means"][0].size() ==
          1);
  }

  TEST_CASE("fit: whole weights count like repeated rows, and a weight of zero like no row") {
    const Folder folder;
    folder.write("weighted.csv", "a,w,b\n1,2,1\n2,1,4\n3,0,900\n9,3,12\n10,1,9\n8.5,2,11\n2.5,2,0\n");
    folder.write("repeated.csv", "a,b\n1,1\n1,1\n2,4\n9,12\n9,12\n9,12\n10,9\n8.5,11\n8.5,11\n2.5,0\n2.5,0\n");
    const Words options{"--components", "2", "--covariance", "diagonal"};
    Words weighted = options;
    weighted.insert(weighted.end(), {"--weights", "w"});
    const Json a = fit_json(folder, "weighted.csv", weighted), b = fit_json(folder, "repeated.csv", options);
    CHECK(a["total_weight"] == 11);
    CHECK(a["log_likelihood"].get<double>() == near(b["log_likelihood"].get<double>(), tolerance::conditioned));
    CHECK(a["bic"].get<double>() == near(b["bic"].get<double>(), tolerance::conditioned));
  }

  TEST_CASE("fit: start-labels are the classes of the first M-step and are not fitted") {
    const Folder folder;
    folder.write("x.csv", "class,a,b,w\n7,1,1,2\n7,2,4,2\n7,3,2,2\n-1,9,12,1\n-1,10,9,1\n-1,8.5,11,1\n");
    const auto means = [&](Words more) {
      const Words options{"--components", "2", "--covariance", "diagonal", "--max-iterations", "0"};
      more.insert(more.end(), options.begin(), options.end());
      return fit_json(folder, "x.csv", more)["parameters"]["means"];
    };
    const Json by_name = means({"--start-labels", "class", "--weights", "w"});
    CHECK(by_name.size() == 2);
    CHECK(by_name[0][0].get<double>() ==
          near(27.5 / 3, tolerance::rounding));  // the smallest number is the first class
    CHECK(by_name[1][0].get<double>() == near(2, tolerance::rounding));
    CHECK(by_name[1].size() == 2);
    const Json chosen = means({"--start-labels", "class", "--columns", "a,b"});
    CHECK(chosen[1][0].get<double>() == near(2, tolerance::rounding));
    CHECK(means({"--start-labels", "1", "--columns", "2-3"}) == chosen);
    CHECK(means({"--start-labels", "1", "--columns", "2"})[1].size() == 1);
    CHECK(means({"--start-labels", "w"})[1].size() == 3);
    check_error(folder.latent(fit_words("x.csv", {"--components", "2", "--start-labels", "1", "--weights", "w"})), 2,
                "start-labels is '1', with --weights it must be the name of a column");
    folder.write("bare.csv", "7,1,1\n7,2,4\n7,3,2\n-1,9,12\n-1,10,9\n-1,8.5,11\n");
    const Json bare =
        fit_json(folder, "bare.csv",
                 {"--components", "2", "--covariance", "diagonal", "--max-iterations", "0", "--start-labels", "1"});
    CHECK(bare["parameters"]["means"] == chosen);
  }

  TEST_CASE("fit: a start from a file takes the columns of the file's names") {
    const Folder folder;
    const Json plain = fit_json(folder, old_faithful, {"--components", "2", "--output", "m.json"});
    std::istringstream lines(content_of(old_faithful));
    std::string text, line;
    while (std::getline(lines, line)) {
      const std::size_t comma = line.find(',');
      text += line.substr(comma + 1) + ",x" + (text.empty() ? "" : "yz") + "," + line.substr(0, comma) + "\n";
    }
    folder.write("swapped.csv", text);
    const Json json = fit_json(folder, "swapped.csv", {"--start", "m.json", "--max-iterations", "0"});
    CHECK(json["log_likelihood"] == plain["log_likelihood"]);
  }

  TEST_CASE("fit: the prior makes the objective differ from the log-likelihood") {
    const Folder folder;
    const Json json = fit_json(folder, old_faithful, {"--components", "2", "--prior", "conjugate"});
    CHECK(json["verdict"] == "converged");
    CHECK(json["objective"] != json["log_likelihood"]);
  }

  TEST_CASE("fit: names that are not UTF-8 leave valid JSON") {
    const Folder folder;
    folder.write("x.csv",
                 "dur\xe9"
                 "e,\"a \"\"b\"\"\"\n1,2\n2,3\n3,1\n4,9\n5,1\n");
    const Json json = fit_json(folder, "x.csv", {"--components", "1", "--output", "m.json"});
    CHECK(Json::parse(folder.read("m.json"))["columns"][0] ==
          "dur\xef\xbf\xbd"
          "e");
    CHECK(Json::parse(folder.read("m.json"))["columns"][1] == "a \"b\"");
  }

  TEST_CASE("fit: the report shows small parameters with the names of the columns, and not large ones") {
    const Folder folder;
    const std::string report = folder.latent(fit_words(old_faithful, {"--components", "2"})).out;
    CHECK(report.find("means  eruptions  waiting\n") != std::string::npos);
    CHECK(report.find("covariances 2  eruptions   waiting\n  eruptions") != std::string::npos);
    std::ostringstream rows;
    for (int i = 0; i < 60; ++i) {
      for (int j = 0; j < 40; ++j) rows << (j ? "," : "") << (i * (j + 3)) % 61;
      rows << "\n";
    }
    folder.write("wide.csv", rows.str());
    const Result wide =
        folder.latent(fit_words("wide.csv", {"--components", "1", "--starts", "1", "--output", "m.json"}));
    CHECK(wide.out.find("covariances  1 x 40 x 40 numbers, not shown\n") != std::string::npos);
    CHECK(folder.latent({"inspect", "m.json"}).out.find("not shown") == std::string::npos);
  }

  TEST_CASE("fit: progress is shown to a terminal alone") {
    // Where there are no pseudo-terminals (a bare chroot) nobody can watch.
    if (std::system("script -qec true /dev/null </dev/null >/dev/null 2>&1") != 0) return;
    const Folder folder;
    folder.shell("$latent fit gmm " + old_faithful +
                 " --components 3 --output m.json; $latent sample m.json --count 20000 > x.csv");
    const std::string fit =
        "$latent fit gmm x.csv --components 3 --tolerance 0 --max-iterations 100000000 --starts 1 "
        "--time-limit 1 --json";
    const Result silent = folder.shell(fit);
    CHECK(silent.err == "");
    CHECK(silent.json()["verdict"] == "time_limit");
    const Result watched = folder.shell("script -qec \"" + fit + " >out.json\" /dev/null </dev/null");
    CHECK(watched.out.find("start 1, iteration ") != std::string::npos);
    CHECK(watched.out.find("\r\033[K") != std::string::npos);
    CHECK(Json::parse(folder.read("out.json"))["verdict"] == "time_limit");
    CHECK(
        folder
            .shell("script -qec \"$latent fit gmm " + old_faithful + " --components 2 >out.json\" /dev/null </dev/null")
            .out == "");
  }

#if !defined(__SANITIZE_ADDRESS__)
  TEST_CASE("fit: needs no more than the data and 64 MB") {
    const Folder folder;
    const long before = folder.latent({"--version"}).peak_kilobytes;
    folder.shell("$latent fit gmm " + old_faithful +
                 " --components 3 --output m.json; "
                 "$latent sample m.json --count 400000 --output x.npy");
    const Result result = folder.latent(fit_words(
        "x.npy", {"--components", "64", "--covariance", "diagonal", "--starts", "2", "--max-iterations", "2"}));
    CHECK(result.status == 0);
    CHECK(result.peak_kilobytes - before < 400 * 2 * 8 + 64 * 1024);
  }
#endif

}  // TEST_SUITE
