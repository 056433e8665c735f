#include <algorithm>
#include <cstring>
#include <fstream>
#include <numeric>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "cli/program.hpp"

// One fit has the same bits however it is made: by any number of threads and ranks, in memory, from files, and by
// accumulators. Of a mixture, a hidden Markov model and two models of the examples.

TEST_SUITE("cli/same_bits") {
  using namespace cli_test;

  struct Subject {
    std::string model;
    Words options;
    std::string source;  // where a first fit is made, of which the data are drawn
    Words source_options;
    std::size_t rows, columns;
    std::vector<std::size_t> shards;  // their rows
    Words plugin = {};
  };

  const Words regressions_plugin{"--plugin", LATENT_EXAMPLE_PLUGINS "/regression_mixture.so"};
  const Words zeros_plugin{"--plugin", LATENT_EXAMPLE_PLUGINS "/extra_zeros.so"};
  const std::string widows = LATENT_SOURCE_DIR "/examples/data/widows.csv";

  const std::vector<Subject> subjects{
      {"gmm", {"--components", "3"}, old_faithful, {"--components", "2"}, 20011, 2, {7001, 1, 8009, 5000}},
      {"hmm",
       {"--states", "3", "--seed", "2"},
       old_faithful,
       {"--states", "2"},
       9000,
       2,
       {1000, 500, 2000, 1, 999, 1500, 100, 900, 1000, 700, 300}},
      {"regressions",
       {"--components", "2"},
       old_faithful,
       {"--components", "2"},
       20011,
       2,
       {7001, 1, 8009, 5000},
       regressions_plugin},
      {"extra-zeros",
       {},
       widows,
       {"--columns", "children", "--weights", "widows"},
       50021,
       1,
       {20000, 30000, 21},
       zeros_plugin},
  };

  Words operator+(Words a, const Words& b) {
    a.insert(a.end(), b.begin(), b.end());
    return a;
  }

  Result run(const Folder& folder, const Words& words) {
    const Result result = folder.latent(words);
    CHECK(result.err == "");
    REQUIRE(result.status == 0);
    return result;
  }

  // A .npy file of version 1, by the book.
  std::string npy_of(const std::string& values, std::size_t rows, std::size_t columns, const char* type) {
    std::string text = std::string("{'descr': '") + type + "', 'fortran_order': False, 'shape': (" +
                       std::to_string(rows) + ", " + std::to_string(columns) + "), }";
    text.resize(128 - 10 - 1, ' ');
    text += '\n';
    return std::string("\x93NUMPY\x01\x00", 8) + static_cast<char>(text.size()) + '\0' + text + values;
  }

  // The data, in one file `all.npy` and cut into the shards `parts/*.npy`.
  void write_data(const Folder& folder, const Subject& subject) {
    // Of the two groups of a table, and not of the model itself if that cannot draw.
    const bool draws = subject.plugin.empty() || subject.model == "extra-zeros";
    const std::string source = draws ? subject.model : "gmm";
    run(folder, Words{"fit", source, subject.source, "--output", "source.json"} + subject.source_options +
                    (draws ? subject.plugin : Words{}));
    run(folder, Words{"sample", "source.json", "--count", std::to_string(subject.rows), "--output", "all.csv"} +
                    (draws ? subject.plugin : Words{}));
    run(folder, {"convert", "all.csv", "all.npy"});
    const std::string values = folder.read("all.npy").substr(128);
    REQUIRE(values.size() == subject.rows * subject.columns * sizeof(double));
    REQUIRE(std::reduce(subject.shards.begin(), subject.shards.end()) == subject.rows);
    fs::create_directory(folder / "parts");
    std::size_t at = 0;
    for (std::size_t i = 0; i < subject.shards.size(); ++i) {
      const std::size_t bytes = subject.shards[i] * subject.columns * sizeof(double);
      folder.write("parts/" + std::to_string(10 + i) + ".npy",
                   npy_of(values.substr(at, bytes), subject.shards[i], subject.columns, "<f8"));
      at += bytes;
    }
  }

  // What a fit found, without what may differ: times, threads, names of files.
  std::string found(const Folder& folder, const std::string& file) {
    Json json = Json::parse(folder.read(file));
    for (const char* key : {"seconds", "threads", "ranks", "data"}) json["fit"].erase(key);
    return json.dump();
  }

  Words fit_words(const Subject& subject, const Words& more) {
    return Words{"fit", subject.model, "parts", "--output", "fitted.json"} + subject.options + subject.plugin + more;
  }

  TEST_CASE("fit: the same bits by any number of threads, in memory and from files") {
    for (const Subject& subject : subjects) {
      CAPTURE(subject.model);
      const Folder folder;
      write_data(folder, subject);
      const Words search{"--starts", "3", "--max-iterations", "40"};
      run(folder, fit_words(subject, search + Words{"--threads", "1", "--data-in", "memory"}));
      const std::string expected = found(folder, "fitted.json");
      for (const char* threads : {"1", "2", "3", "8"}) {
        for (const char* where : {"memory", "files"}) {
          CAPTURE(threads);
          CAPTURE(where);
          run(folder, fit_words(subject, search + Words{"--threads", threads, "--data-in", where}));
          CHECK(found(folder, "fitted.json") == expected);
        }
      }
    }
  }

#ifdef LATENT_MPIRUN
  // By so many ranks, which may be more than there are processors. Of what Open MPI does not free a sanitizer need not
  // tell.
  Result by_ranks(const Folder& folder, std::size_t ranks, const Words& words) {
    std::string line =
        "export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 OMPI_MCA_rmaps_base_oversubscribe=1 "
        "OMPI_MCA_btl_base_warn_component_unused=0 ASAN_OPTIONS=detect_leaks=0; " LATENT_MPIRUN " -n " +
        std::to_string(ranks) + " $latent";
    for (const std::string& word : words) line += " '" + word + "'";
    return folder.shell(line);
  }

  TEST_CASE("mpirun: the same bits by any number of ranks") {
    for (const Subject& subject : subjects) {
      CAPTURE(subject.model);
      const Folder folder;
      write_data(folder, subject);
      run(folder, fit_words(subject, {"--starts", "2", "--max-iterations", "30"}));
      const std::string expected = found(folder, "fitted.json");
      for (const std::size_t ranks : {1, 2, 3, 8}) {
        CAPTURE(ranks);
        const std::string threads = std::to_string(1 + ranks % 3);
        fs::remove(folder / "fitted.json");
        const Result result = by_ranks(
            folder, ranks, fit_words(subject, {"--starts", "2", "--max-iterations", "30", "--threads", threads}));
        CHECK(result.err.find("latent: ") == std::string::npos);  // what Open MPI says of the machine is not ours
        REQUIRE(result.status == 0);
        CHECK(found(folder, "fitted.json") == expected);
        const Json told = Json::parse(folder.read("fitted.json"))["fit"];
        CHECK(told.value("ranks", 1) == static_cast<int>(ranks));
      }
    }
  }

  TEST_CASE("mpirun: what cannot be done is said once, and ends all ranks") {
    const Folder folder;
    write_data(folder, subjects.front());
    const auto check_refused = [&](const Words& words, const std::string& line) {
      const Result result = by_ranks(folder, 3, words);
      CHECK(result.status != 0);
      const std::size_t first = result.err.find(line);
      CHECK(first != std::string::npos);
      CHECK(result.err.find(line, first + 1) == std::string::npos);
    };
    check_refused({"fit", "gmm", "nowhere.npy", "--components", "2"}, "latent: nowhere.npy: cannot be opened");
    check_refused({"fit", "gmm", "parts", "--components", "none"}, "latent: components is 'none'");
    check_refused({"fit", "gmm", "parts", "--components", "2", "--output", "no/folder/m.json"}, "no/folder");
    std::string bad = folder.read("parts/12.npy");
    const double nan = std::numeric_limits<double>::quiet_NaN();
    std::memcpy(bad.data() + 128 + 800, &nan, sizeof nan);
    folder.write("parts/12.npy", bad);
    check_refused({"fit", "gmm", "parts", "--components", "2"}, "12.npy: row 51, column 1");
  }
#endif

  // Steps of EM by accumulators, one a shard.
  TEST_CASE("accumulate, merge, maximize: the same bits as steps of a fit") {
    for (const Subject& subject : subjects) {
      CAPTURE(subject.model);
      const Folder folder;
      write_data(folder, subject);
      run(folder, fit_words(subject, {"--max-iterations", "0", "--starts", "1", "--acceleration", "none"}));
      fs::copy(folder / "fitted.json", folder / "step0.json");
      constexpr int steps = 3;
      std::vector<std::string> parts(subject.shards.size());
      for (std::size_t i = 0; i < parts.size(); ++i) parts[i] = std::to_string(10 + i);
      for (int step = 0; step < steps; ++step) {
        const std::string from = "step" + std::to_string(step) + ".json",
                          to = "step" + std::to_string(step + 1) + ".json";
        for (const std::string& part : parts) {
          run(folder, Words{"accumulate", from, "parts/" + part + ".npy", "-o", part + ".acc", "--threads",
                            std::to_string(1 + step)} +
                          subject.plugin);
        }
        // Some first, in another order each time, then all.
        std::rotate(parts.begin(), parts.begin() + 1, parts.end());
        Words first{"merge", "-o", "some.acc"}, all{"merge", "some.acc", "-o", "all.acc"};
        for (std::size_t i = 0; i < parts.size(); ++i) (i < 2 ? first : all).push_back(parts[i] + ".acc");
        run(folder, first + subject.plugin);
        run(folder, all + subject.plugin);
        run(folder, Words{"maximize", from, "all.acc", "-o", to} + subject.plugin);
      }
      run(folder, fit_words(subject, {"--max-iterations", std::to_string(steps), "--starts", "1", "--acceleration",
                                      "none", "--tolerance", "0"}));
      CHECK(Json::parse(folder.read("step3.json"))["parameters"] ==
            Json::parse(folder.read("fitted.json"))["parameters"]);
      // The same of all shards by one program.
      run(folder, Words{"accumulate", "step0.json", "parts", "-o", "all.acc"} + subject.plugin);
      const Result told = run(folder, Words{"maximize", "step0.json", "all.acc", "-o", "once.json"} + subject.plugin);
      CHECK(Json::parse(folder.read("once.json"))["parameters"] ==
            Json::parse(folder.read("step1.json"))["parameters"]);
      CHECK(told.out.find("log-likelihood") == 0);
    }
  }

  TEST_CASE("accumulate, merge, maximize: what does not belong together is refused, and nothing is written") {
    const Folder folder;
    write_data(folder, subjects.front());
    run(folder, fit_words(subjects.front(), {"--max-iterations", "0", "--starts", "1"}));
    fs::copy(folder / "fitted.json", folder / "start.json");
    run(folder, fit_words(subjects.front(), {"--max-iterations", "1", "--starts", "1"}));
    fs::rename(folder / "fitted.json", folder / "other.json");
    fs::rename(folder / "start.json", folder / "fitted.json");
    for (const char* part : {"10", "11", "12"}) {
      run(folder,
          {"accumulate", "fitted.json", std::string("parts/") + part + ".npy", "-o", std::string(part) + ".acc"});
    }
    run(folder, {"accumulate", "other.json", "parts/13.npy", "-o", "other.acc"});
    run(folder, {"merge", "10.acc", "11.acc", "-o", "two.acc"});
    const std::string two = folder.read("two.acc");
    const auto check_refused = [&](const Words& words, const std::string& part_of_line, int status = 1) {
      const Result result = folder.latent(words);
      CHECK(result.status == status);
      CHECK(result.err.starts_with("latent: "));
      CHECK(std::ranges::count(result.err, '\n') == 1);
      CHECK(result.err.find(part_of_line) != std::string::npos);
      CHECK(folder.read("two.acc") == two);
      CHECK(!fs::exists(folder / "next.json"));
    };
    check_refused({"merge", "10.acc", "two.acc", "-o", "two.acc"}, "output is the same file as PART", 2);
    check_refused({"merge", "10.acc", "two.acc", "-o", "next.json"}, "two.acc: observations 1 to 7001");
    check_refused({"merge", "10.acc", "other.acc", "-o", "two.acc"},
                  "other.acc: was accumulated with another model, or with other parameters, than 10.acc");
    check_refused({"maximize", "fitted.json", "two.acc", "-o", "next.json"}, "two.acc: of 10.npy and 3 more");
    check_refused({"maximize", "other.json", "two.acc", "-o", "next.json"},
                  "two.acc: was accumulated with another model, or with other parameters");
    check_refused({"merge", "10.acc", "fitted.json", "-o", "two.acc"}, "fitted.json: ");
    std::string damaged = two;
    damaged[two.size() / 2] ^= 1;
    folder.write("damaged.acc", damaged);
    folder.write("short.acc", two.substr(0, two.size() - 5));
    check_refused({"merge", "10.acc", "damaged.acc", "-o", "two.acc"}, "damaged.acc: ");
    check_refused({"merge", "10.acc", "short.acc", "-o", "two.acc"}, "short.acc: ");
    check_refused({"accumulate", "fitted.json", "parts/14.npy", "-o", "two.acc"}, "parts/14.npy: ");
  }

  TEST_CASE("accumulate: files of a folder with as many rows as the model was fitted to are its data") {
    const Folder folder;
    write_data(folder, subjects.front());
    const Words fit{"fit",  "gmm",         "all.npy", "--components", "3", "--starts", "1", "--acceleration",
                    "none", "--tolerance", "0"};
    run(folder, fit + Words{"--max-iterations", "0", "-o", "start.json"});
    Words merge{"merge", "-o", "all.acc"};
    for (const char* part : {"12", "10", "13", "11"}) {
      run(folder,
          {"accumulate", "start.json", std::string("parts/") + part + ".npy", "-o", std::string(part) + ".acc"});
      merge.push_back(std::string(part) + ".acc");
    }
    run(folder, merge);
    run(folder, {"maximize", "start.json", "all.acc", "-o", "next.json"});
    run(folder, fit + Words{"--max-iterations", "1", "-o", "fitted.json"});
    CHECK(Json::parse(folder.read("next.json"))["parameters"] == Json::parse(folder.read("fitted.json"))["parameters"]);
  }

  TEST_CASE("accumulate, maximize: as the model was fitted, with its options, columns and weights") {
    const Folder folder;
    const Words fit{"fit", "gmm", old_faithful, "--components", "2", "--regularization", "0.3", "--starts", "1"};
    run(folder, fit + Words{"--max-iterations", "0", "-o", "start.json"});
    run(folder, {"accumulate", "start.json", old_faithful, "-o", "all.acc"});
    const Result told = folder.latent({"maximize", "start.json", "all.acc", "-o", "next.json"});
    CHECK(told.status == 0);
    CHECK(told.err.find("component 1 has no spread in some direction") != std::string::npos);
    run(folder,
        fit + Words{"--max-iterations", "1", "--acceleration", "none", "--tolerance", "0", "-o", "fitted.json"});
    CHECK(Json::parse(folder.read("next.json"))["parameters"] == Json::parse(folder.read("fitted.json"))["parameters"]);

    // But a prior that is made of all data cannot be had of their sums.
    run(folder, {"fit", "gmm", old_faithful, "--components", "2", "--prior", "conjugate", "-o", "start.json"});
    run(folder, {"accumulate", "start.json", old_faithful, "-o", "all.acc"});
    const Result refused = folder.latent({"maximize", "start.json", "all.acc", "-o", "never.json"});
    CHECK(refused.status == 1);
    CHECK(refused.err.starts_with("latent: start.json: was fitted with the log-prior -"));
    CHECK(!fs::exists(folder / "never.json"));

    const Words weighted{"fit", "gmm",          widows, "--columns",      "1",    "--weights",   "2", "--starts",
                         "1",   "--components", "2",    "--acceleration", "none", "--tolerance", "0"};
    run(folder, weighted + Words{"--max-iterations", "0", "-o", "start.json"});
    run(folder, {"accumulate", "start.json", widows, "-o", "all.acc"});
    run(folder, {"maximize", "start.json", "all.acc", "-o", "next.json"});
    run(folder, weighted + Words{"--max-iterations", "1", "-o", "fitted.json"});
    CHECK(Json::parse(folder.read("next.json"))["parameters"] == Json::parse(folder.read("fitted.json"))["parameters"]);
  }

  TEST_CASE("fit: of float32 and of float64 files of the same numbers") {
    const Folder folder;
    write_data(folder, subjects.front());
    run(folder, {"convert", "all.npy", "all32.npy", "--float32"});
    // The numbers that float32 has, as float64.
    const std::string narrow = folder.read("all32.npy").substr(128);
    std::string wide;
    for (std::size_t at = 0; at < narrow.size(); at += sizeof(float)) {
      float value = 0;
      std::memcpy(&value, narrow.data() + at, sizeof value);
      const double same = value;
      wide.append(reinterpret_cast<const char*>(&same), sizeof same);
    }
    folder.write("all64.npy", npy_of(wide, subjects.front().rows, 2, "<f8"));
    for (const char* where : {"memory", "files"}) {
      std::vector<std::string> bits;
      for (const char* file : {"all32.npy", "all64.npy"}) {
        run(folder, {"fit", "gmm", file, "--components", "2", "--data-in", where, "--output", "m.json"});
        bits.push_back(found(folder, "m.json"));
      }
      CHECK(bits[0] == bits[1]);
    }
    // The rounding of the cells to float32 moves what is found by no more than that.
    run(folder, {"fit", "gmm", "all.npy", "--components", "2", "--output", "exact.json"});
    const Json narrow_fit = Json::parse(folder.read("m.json")), exact = Json::parse(folder.read("exact.json"));
    for (std::size_t k = 0; k < 2; ++k) {
      for (std::size_t j = 0; j < 2; ++j) {
        CHECK(narrow_fit["parameters"]["means"][k][j].get<double>() ==
              doctest::Approx(exact["parameters"]["means"][k][j].get<double>()).epsilon(1e-6));
      }
    }
  }
}
