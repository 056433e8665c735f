#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "cli/program.hpp"

// Data that stay in .npy files.

TEST_SUITE("cli/data_files") {
  using namespace cli_test;

  Result run(const Folder& folder, Words words, const Words& more) {
    words.insert(words.end(), more.begin(), more.end());
    const Result result = folder.latent(words);
    CHECK(result.err == "");
    REQUIRE(result.status == 0);
    return result;
  }

  // The model file of a fit, without what differs from run to run.
  std::string fitted(const Folder& folder, const Words& words, const Words& more) {
    Words all = words;
    all.insert(all.end(), {"--output", "fitted.json"});
    run(folder, all, more);
    Json json = Json::parse(folder.read("fitted.json"));
    for (const char* key : {"seconds", "threads", "data"}) json["fit"].erase(key);
    json["fit"]["options"].erase("lengths");
    return json.dump();
  }

  // Rows of a fitted mixture of Old Faithful in three files, `all.npy`, `parts/1.npy` and `parts/2.npy`.
  void write_rows(const Folder& folder) {
    run(folder, {"fit", "gmm", old_faithful}, {"--components", "2", "--output", "m.json"});
    run(folder, {"sample", "m.json"}, {"--count", "30011", "--output", "all.npy"});
    fs::create_directory(folder / "parts");
    std::ifstream all(folder / "all.npy", std::ios::binary);
    std::string header(128, ' ');
    all.read(header.data(), 128);
    const std::size_t at = header.find("30011");
    for (const auto& [name, rows] : {std::pair("parts/1.npy", "17001"), std::pair("parts/2.npy", "13010")}) {
      std::string values(std::stoul(rows) * 2 * sizeof(double), ' ');
      all.read(values.data(), static_cast<std::streamsize>(values.size()));
      folder.write(name, header.replace(at, 5, rows) + values);
    }
  }

  TEST_CASE("fit: the same bits from files as from memory, on any number of threads") {
    const Folder folder;
    write_rows(folder);
    const Words one{"fit", "gmm", "all.npy"}, list{"fit", "gmm", "parts/1.npy", "parts/2.npy"},
        in_folder{"fit", "gmm", "parts"};
    for (const Words& how :
         {Words{"--components", "3", "--starts", "2", "--covariance", "diagonal"},
          Words{"--components", "2", "--starts", "1", "--columns", "2,1", "--max-iterations", "20"}}) {
      const std::string expected = fitted(folder, one, how);
      for (const char* threads : {"1", "2", "3"}) {
        CAPTURE(threads);
        Words more = how;
        more.insert(more.end(), {"--threads", threads, "--data-in", "files"});
        CHECK(fitted(folder, one, more) == expected);
        CHECK(fitted(folder, list, more) == expected);
        CHECK(fitted(folder, in_folder, more) == expected);
      }
      Words more = how;
      more.insert(more.end(), {"--data-in", "memory"});
      CHECK(fitted(folder, list, more) == expected);
    }
  }

  TEST_CASE("predict, score: the same text from files as from memory") {
    const Folder folder;
    write_rows(folder);
    for (const char* command : {"predict", "score"}) {
      const std::string expected = run(folder, {command, "m.json", "all.npy"}, {}).out;
      CHECK(run(folder, {command, "m.json", "parts"}, {"--data-in", "files"}).out == expected);
      CHECK(run(folder, {command, "m.json", "all.npy"}, {"--data-in", "files"}).out == expected);
    }
  }

  TEST_CASE("fit hmm: each of several files is a sequence, in files as in memory") {
    const Folder folder;
    write_rows(folder);
    folder.write("lengths.txt", "17001\n13010\n");
    const Words how{"--states", "2", "--starts", "2", "--max-iterations", "10", "--tolerance", "0"};
    Words with_lengths = how;
    with_lengths.insert(with_lengths.end(), {"--lengths", "lengths.txt"});
    const std::string expected = fitted(folder, {"fit", "hmm", "all.npy"}, with_lengths);
    CHECK(fitted(folder, {"fit", "hmm", "parts"}, how) == expected);
    CHECK(fitted(folder, {"fit", "hmm", "all.npy"}, how) != expected);  // one sequence
    for (const char* threads : {"1", "2", "3"}) {
      Words more = how;
      more.insert(more.end(), {"--threads", threads, "--data-in", "files"});
      CHECK(fitted(folder, {"fit", "hmm", "parts"}, more) == expected);
    }
    const std::string states =
        run(folder, {"predict", "fitted.json", "parts"}, {"--data-in", "files", "--decode", "viterbi"}).out;
    CHECK(states.starts_with("sequence,state\nparts/1.npy,"));
    CHECK(states.find("\nparts/2.npy,") != std::string::npos);
  }

#if !defined(__SANITIZE_ADDRESS__)  // whose shadow is larger than any limit
  TEST_CASE("fit: data of twice the address space, in little memory") {
    const Folder folder;
    run(folder, {"fit", "gmm", old_faithful}, {"--components", "2", "--output", "m.json"});
    run(folder, {"sample", "m.json"}, {"--count", "500000", "--output", "rows.npy"});  // 8 MB, under sixteen names
    folder.shell("mkdir large; for i in {01..16}; do ln rows.npy large/$i.npy; done");
    const Result result = folder.shell(
        "ulimit -v 62500; $latent fit gmm large --components 2 --starts 1 --max-iterations 2 --threads 2 "
        "--tolerance 0 --covariance diagonal --json");
    CHECK(result.err == "");
    REQUIRE(result.status == 0);
    CHECK(result.json()["observations"] == 8000000);
    CHECK(result.peak_kilobytes < 60000);
  }
#endif

  TEST_CASE(
      "fit: a file that becomes shorter meanwhile ends it with a line that names the file, and nothing is written") {
    const Folder folder;
    write_rows(folder);
    const Result result = folder.shell(
        "$latent fit gmm parts --data-in files --components 3 --starts 1 --max-iterations 10000000 --tolerance 0 "
        "--acceleration none --output none.json & sleep 1; truncate --size 100000 parts/2.npy; wait $!");
    check_error(result, 1, "parts/2.npy: the .npy file ends before its 13010 rows of 2 columns do");
    CHECK(!fs::exists(folder / "none.json"));
  }

  TEST_CASE("--data-in: says what cannot stay in files, and which file is wrong") {
    const Folder folder;
    write_rows(folder);
    const auto refused = [&](const Words& data, int status, const std::string& line) {
      Words words{"fit", "gmm"};
      words.insert(words.end(), data.begin(), data.end());
      words.insert(words.end(), {"--components", "2", "--output", "none.json"});
      check_error(folder.latent(words), status, line);
      CHECK(!fs::exists(folder / "none.json"));
    };
    refused({"all.npy", "--data-in", "disk"}, 2, "data-in is 'disk', it must be auto, memory or files");
    refused({old_faithful, "--data-in", "files"}, 1,
            old_faithful + ": is no .npy file; only a plain .npy file can stay a file: latent convert makes one");
    refused({old_faithful, old_faithful}, 1,
            old_faithful + ": is no .npy file; several files must all be plain .npy files: latent convert makes one");
    refused({"all.npy", "-"}, 2, "DATA is standard input and more: several files must be .npy files");
    refused({"parts/1.npy", "gone.npy"}, 1, "gone.npy: cannot be opened: No such file or directory");
    fs::create_directory(folder / "empty");
    refused({"empty"}, 1, "empty: the folder has no .npy files");
    fs::resize_file(folder / "parts/2.npy", 1000);
    refused({"parts"}, 1, "parts/2.npy: the .npy file ends before its 13010 rows of 2 columns do");
    refused({"parts", "--data-in", "files"}, 1,
            "parts/2.npy: the .npy file ends before its 13010 rows of 2 columns do");
  }
}
