#include <cmath>
#include <cstdint>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "program.hpp"

// latent fit --checkpoint and latent resume, killed and interrupted as they are in life.

namespace {

using namespace cli_test;

// Overlapping clusters, which take EM hundreds of iterations.
std::string slow_data(std::size_t rows) {
  std::ostringstream out;
  out << "x,y\n";
  std::uint64_t state = 1;
  const auto uniform = [&state] {
    state = state * 6364136223846793005U + 1442695040888963407U;
    return static_cast<double>(state >> 11) / 9007199254740992.0;
  };
  const auto normal = [&] { return uniform() + uniform() + uniform() + uniform() - uniform() - uniform(); };
  for (std::size_t i = 0; i < rows; ++i) {
    const auto cluster = static_cast<double>(i % 4);
    out << normal() + cluster << "," << normal() + 0.5 * cluster * cluster << "\n";
  }
  return out.str();
}

// What two fits of the same bits have in common: the model file but for its times and threads, and the trace but for its
// seconds.
std::string essence(const Folder& folder, const std::string& model, const std::string& trace) {
  Json json = Json::parse(folder.read(model));
  for (const char* key : {"seconds", "threads"}) json["fit"].erase(key);
  std::string text = json.dump();
  std::istringstream lines(folder.read(trace));
  for (std::string line; std::getline(lines, line);) {
    std::istringstream cells(line);
    std::string cell;
    for (int column = 1; std::getline(cells, cell, ','); ++column) text += column == 5 ? "\n" : "," + cell;  // seconds
  }
  return text;
}

// `fit` in the shell, killed after so many seconds, resumed and killed until it ends; then the number of kills.
const std::string kill_and_resume = R"shell(
    rm -f c m.json t.csv; kills=0
    command="$fit"
    while :; do
      $command > /dev/null 2> err & pid=$!
      milliseconds=$((1 + RANDOM % most))
      sleep $(printf '%d.%03d' $((milliseconds / 1000)) $((milliseconds % 1000)))
      kill -9 $pid 2> /dev/null
      wait $pid 2> /dev/null; status=$?
      [ $status = 0 ] && break
      [ $status = 137 ] || { cat err; echo "status $status"; exit 1; }
      kills=$((kills + 1))
      if [ -e c ]; then command="$latent resume c --threads $((1 + RANDOM % 3))"; else command="$fit"; fi
      [ $kills -gt 30 ] && most=$((most * 6 / 5))
    done
    echo $kills)shell";

TEST_SUITE("cli/checkpoint") {
  TEST_CASE("checkpoint: a fit that is killed at any moment ends in the same bits") {
    const Folder folder;
    folder.write("slow.csv", slow_data(3000));
    const std::string fits[]{"fit gmm " + old_faithful + " --components 3 --starts 20 --checkpoint-every 5",
                             "fit gmm slow.csv --components 4 --starts 3 --checkpoint-every 0.01s"};
    for (const std::string& fit : fits) {
      CAPTURE(fit);
      const std::string outputs = " --output m.json --trace t.csv";
      const Result whole = folder.shell("$latent " + fit + " --output whole.json --trace whole.csv --checkpoint w");
      REQUIRE(whole.status == 0);
      folder.shell("rm w");
      for (int repetition = 0; repetition < 3; ++repetition) {
        const Result result = folder.shell("most=150; RANDOM=" + std::to_string(repetition + 1) + "; fit=\"$latent " +
                                           fit + outputs + " --checkpoint c\"" + kill_and_resume);
        INFO(result.out << result.err);
        REQUIRE(result.status == 0);
        CHECK(essence(folder, "m.json", "t.csv") == essence(folder, "whole.json", "whole.csv"));
      }
    }
  }

  TEST_CASE("checkpoint: SIGINT and SIGTERM leave a usable model and a checkpoint") {
    const Folder folder;
    folder.write("slow.csv", slow_data(10000));
    const std::string fit = "fit gmm slow.csv --components 5 --starts 2 --tolerance 0 --max-iterations 1000";
    REQUIRE(folder.shell("$latent " + fit + " --output whole.json --trace whole.csv").status == 0);
    const std::vector<std::pair<std::string, int>> signals{{"INT", 130}, {"TERM", 143}};
    for (const auto& signal : signals) {
      const std::string name = signal.first;
      CAPTURE(name);
      // In its own group of processes: the shell lets what it starts in the background ignore SIGINT otherwise.
      const Result result = folder.shell("set -m; $latent " + fit +
                                         " --checkpoint c --output m.json --trace t.csv & while [ ! -e c ]; do sleep "
                                         "0.01; done; kill -" +
                                         name + " $!; wait $!");
      CHECK(result.status == signal.second);
      CHECK(result.err.starts_with("latent: interrupted by SIG" + name + "; to go on: latent resume c\n"));
      CHECK(result.out.starts_with("verdict           interrupted: stopped by a signal"));
      CHECK(Json::parse(folder.read("m.json"))["fit"]["verdict"] == "interrupted");
      CHECK(folder.latent({"score", "m.json", "slow.csv"}).status == 0);
      const Result again = folder.shell("$latent " + fit + " --checkpoint c");
      check_error(again, 1,
                  "c: is the checkpoint of a fit that is not complete, which goes on by latent resume c; remove it to "
                  "begin anew");
      REQUIRE(folder.latent({"resume", "c"}).status == 0);
      CHECK(essence(folder, "m.json", "t.csv") == essence(folder, "whole.json", "whole.csv"));
      folder.shell("rm c");
    }
  }

  TEST_CASE("checkpoint: without one a signal leaves the model all the same") {
    const Folder folder;
    folder.write("slow.csv", slow_data(20000));
    // As soon as the program listens to it: bit 1 of the signals that it catches.
    const Result result = folder.shell(
        "set -m; $latent fit gmm slow.csv --components 5 --tolerance 0 --max-iterations 10000000 --output m.json & "
        "until grep -q '^SigCgt:.*[2367abef]$' /proc/$!/status; do sleep 0.01; done; kill -INT $!; wait $!");
    CHECK(result.status == 130);
    CHECK(result.err.starts_with("latent: interrupted by SIGINT\n"));  // then the shell tells of its job
    CHECK(folder.latent({"inspect", "m.json"}).status == 0);
  }

  TEST_CASE("checkpoint: what is said anew on resuming counts, from another folder too") {
    const Folder folder;
    folder.write("slow.csv", slow_data(2000));
    const Words fit{"fit", "gmm", "slow.csv", "--components", "3", "--checkpoint", "c", "--time-limit", "0"};
    REQUIRE(folder.latent(fit).status == 0);
    CHECK(folder.shell("mkdir other && cd other && $latent resume ../c --time-limit 60 --output m.json").status == 0);
    CHECK(Json::parse(folder.read("other/m.json"))["fit"]["verdict"] == "converged");
    // Complete: the same again, and a new fit may take its place.
    CHECK(folder.latent({"resume", "c", "--json", "--time-limit", "60"}).json()["verdict"] == "converged");
    CHECK(folder.latent(fit).status == 0);
    CHECK(folder.shell("mv slow.csv moved.csv; $latent resume c moved.csv --time-limit 60").status == 0);
  }

  TEST_CASE("checkpoint: files that are none, or of something else, are refused and left alone") {
    const Folder folder;
    folder.write("slow.csv", slow_data(500));
    const Words fit{"fit", "gmm", "slow.csv", "--components", "2", "--checkpoint", "c", "--time-limit", "0"};
    REQUIRE(folder.latent(fit).status == 0);
    const std::string checkpoint = folder.read("c");
    check_error(folder.latent({"resume", "none"}), 1, "none: cannot be opened: No such file or directory");
    check_error(folder.latent({"resume", "slow.csv"}), 1, "slow.csv: is not a checkpoint file");
    const std::string data = folder.read("slow.csv");
    check_error(folder.latent({"fit", "gmm", old_faithful, "--components", "2", "--checkpoint", "slow.csv"}), 1,
                "slow.csv: is not a checkpoint file; it would be overwritten");
    CHECK(folder.read("slow.csv") == data);

    folder.write("short", checkpoint.substr(0, checkpoint.size() / 2));
    CHECK(folder.latent({"resume", "short"}).err.starts_with("latent: short: is truncated: "));
    std::string flipped = checkpoint;
    flipped[flipped.size() / 2] = static_cast<char>(flipped[flipped.size() / 2] ^ 4);
    folder.write("flipped", flipped);
    check_error(folder.latent({"resume", "flipped"}), 1, "flipped: is damaged: its content does not match its digest");

    check_error(
        folder.latent({"resume", "c", old_faithful}), 1,
        "c: is a checkpoint of other data: 500 rows of 2 columns, " + old_faithful + " has 272 rows of 2 columns");
    std::string changed = data;
    changed[changed.find('.') + 1] = changed[changed.find('.') + 1] == '1' ? '2' : '1';
    folder.write("slow.csv", changed);
    check_error(folder.latent({"resume", "c"}), 1,
                "c: is a checkpoint of other data: 500 rows of 2 columns, slow.csv has as many, with other numbers");
    CHECK(folder.read("c") == checkpoint);
    CHECK(folder.read("short").size() == checkpoint.size() / 2);
  }

  TEST_CASE("checkpoint: a full disk is told in one line, and the checkpoint before it stays") {
    const Folder folder;
    folder.write("slow.csv", slow_data(2000));
    const std::string fit = "$latent fit gmm slow.csv --components 4 --starts 2 --checkpoint c --checkpoint-every 1";
    // Files of at most so many blocks of 1024 bytes.
    const Result none = folder.shell("trap '' XFSZ; ulimit -f 0; " + fit);
    CHECK(none.err == "");  // standard output and error are files too
    CHECK(none.status == 1);
    CHECK(folder.files() == Words{"slow.csv"});
    const Result some = folder.shell("trap '' XFSZ; ulimit -f 8; " + fit + " --output m.json --trace t.csv");
    check_error(some, 1,
                "c: cannot be written: File too large; the one before is kept, from which latent resume c goes on");
    CHECK(folder.files() == Words{"c", "slow.csv"});
    REQUIRE(folder.latent({"resume", "c"}).status == 0);
    REQUIRE(folder.shell(fit + "2 --output whole.json --trace whole.csv").status == 0);
    CHECK(essence(folder, "m.json", "t.csv") == essence(folder, "whole.json", "whole.csv"));
  }

  TEST_CASE("checkpoint: options that make no sense are told") {
    const Folder folder;
    const auto fit = [&](Words more) {
      Words words{"fit", "gmm", old_faithful, "--components", "2"};
      words.insert(words.end(), more.begin(), more.end());
      return folder.latent(words);
    };
    check_error(fit({"--checkpoint-every", "5"}), 2, "checkpoint-every is given without checkpoint");
    for (const std::string wrong : {"0", "-1s", "often", "1.5", "s"}) {
      check_error(fit({"--checkpoint", "c", "--checkpoint-every", wrong}), 2,
                  "checkpoint-every is '" + wrong + "', it must be a number of iterations (100) or of seconds (60s)");
    }
    check_error(fit({"--checkpoint", "c", "--output", "c"}), 2, "checkpoint is the same file as output, c");
    check_error(fit({"--checkpoint", "/dev/null"}), 1, "/dev/null: cannot hold a checkpoint, it is no regular file");
    check_error(folder.latent({"resume"}), 2,
                "FILE is missing, the usage is latent resume FILE [DATA]... [options]; see latent resume --help");
    CHECK(folder.files().empty());
  }
}

}  // namespace
