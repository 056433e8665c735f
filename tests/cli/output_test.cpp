#include <string>

#include <doctest/doctest.h>
#include <sys/mount.h>

#include "cli/program.hpp"

TEST_SUITE("cli/output") {
  using namespace cli_test;

  const Words fit_two{"fit", "gmm", old_faithful, "--components", "2"};

  Words with(Words words, const Words& more) {
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }

  TEST_CASE("output: a full disk is one line, and leaves nothing") {
    const Folder folder;
    check_error(folder.latent(with(fit_two, {"--output", "/dev/full"})), 1,
                "/dev/full: cannot be written: No space left on device");
    check_error(folder.latent(with(fit_two, {"--trace", "/dev/full"})), 1,
                "/dev/full: cannot be written: No space left on device");
    CHECK(folder.shell("$latent fit gmm " + old_faithful + " --components 2 --json > /dev/full").err ==
          "latent: standard output: cannot be written\n");
    CHECK(folder.shell("$latent fit gmm " + old_faithful + " --components 2 > /dev/full").status == 1);
    CHECK(folder.shell("$latent --help > /dev/full").status == 1);
    CHECK(folder.files().empty());
  }

  TEST_CASE("output: a disk that becomes full keeps what was there" * doctest::skip(::geteuid() != 0)) {
    const Folder folder;
    REQUIRE(folder.latent(with(fit_two, {"--output", "m.json"})).status == 0);
    fs::create_directory(folder / "small");
    if (::mount("tmpfs", (folder / "small").c_str(), "tmpfs", 0, "size=64k") != 0)
      return;  // not allowed in this container
    folder.write("small/rows.csv", "as it was");
    check_error(folder.latent({"sample", "m.json", "--count", "100000", "--output", "small/rows.csv"}), 1,
                "small/rows.csv: cannot be written: No space left on device");
    CHECK(folder.read("small/rows.csv") == "as it was");
    CHECK(std::distance(fs::directory_iterator(folder / "small"), fs::directory_iterator()) == 1);
    REQUIRE(::umount((folder / "small").c_str()) == 0);
  }

  TEST_CASE("output: a place that cannot be written is known before the data are read") {
    const Folder folder;
    const auto refused = [&](const Words& more, const std::string& line) {
      check_error(folder.latent(with({"fit", "gmm", "none.csv", "--components", "2"}, more)), 1, line);
    };
    refused({"--output", "none/m.json"}, "none/m.json: cannot be written: No such file or directory");
    refused({"--trace", "none/t.csv"}, "none/t.csv: cannot be written: No such file or directory");
    refused({"--plot", "none/p.svg"}, "none/p.svg: cannot be written: No such file or directory");
    refused({"--output", "."}, ".: cannot be written: Is a directory");
    CHECK(folder.files().empty());
  }

  TEST_CASE("output: the data, the model and the outputs must be different files") {
    const Folder folder;
    folder.write("x.csv", content_of(old_faithful));
    const std::string data = folder.read("x.csv");
    fs::create_symlink("x.csv", folder / "link.csv");
    const Words fit{"fit", "gmm", "x.csv", "--components", "2"};
    check_error(folder.latent(with(fit, {"--output", "x.csv"})), 2, "output is the same file as DATA, x.csv");
    check_error(folder.latent(with(fit, {"--output", "./x.csv"})), 2, "output is the same file as DATA, ./x.csv");
    check_error(folder.latent(with(fit, {"--trace", "link.csv"})), 2, "trace is the same file as DATA, link.csv");
    check_error(folder.latent(with(fit, {"--output", "new", "--trace", "./new"})), 2,
                "trace is the same file as output, ./new");
    REQUIRE(folder.latent(with(fit, {"--output", "m.json"})).status == 0);
    check_error(folder.latent({"predict", "m.json", "x.csv", "--output", "x.csv"}), 2,
                "output is the same file as DATA, x.csv");
    check_error(folder.latent({"score", "m.json", "x.csv", "--output", "m.json"}), 2,
                "output is the same file as FITTED, m.json");
    check_error(folder.latent({"sample", "m.json", "--count", "3", "--output", "m.json"}), 2,
                "output is the same file as FITTED, m.json");
    CHECK(folder.read("x.csv") == data);
    CHECK(folder.files() == std::vector<std::string>{"link.csv", "m.json", "x.csv"});
  }

  TEST_CASE("output: a fit may replace the model that it starts from") {
    const Folder folder;
    REQUIRE(folder.latent(with(fit_two, {"--output", "m.json", "--max-iterations", "1"})).status == 0);
    CHECK(folder.latent({"fit", "gmm", old_faithful, "--start", "m.json", "--output", "m.json"}).status == 0);
    CHECK(Json::parse(folder.read("m.json"))["fit"]["verdict"] == "converged");
  }

  TEST_CASE("output: predictions that fail halfway leave the old file") {
    const Folder folder;
    REQUIRE(folder.latent(with(fit_two, {"--output", "m.json"})).status == 0);
    folder.write("far.csv", "eruptions,waiting\n3,70\n1e300,70\n");
    folder.write("p.csv", "as it was");
    check_error(folder.latent({"predict", "m.json", "far.csv", "--output", "p.csv"}), 1,
                "far.csv: row 2 is impossible under every component of the model");
    check_error(
        folder.latent({"score", "m.json", "far.csv"}), 1,
        "far.csv: the log-likelihood is -inf: some row is impossible under the model; --per-observation shows which");
    CHECK(folder.read("p.csv") == "as it was");
    CHECK(folder.files() == std::vector<std::string>{"far.csv", "m.json", "p.csv"});
  }

  TEST_CASE("output: a reader that has enough ends the program quietly") {
    const Folder folder;
    REQUIRE(folder.latent(with(fit_two, {"--output", "m.json"})).status == 0);
    const Result sample = folder.shell("$latent sample m.json --count 100000000 | head -1");
    CHECK(sample.out == "eruptions,waiting\n");
    CHECK(sample.err == "");
    const Result deaf = folder.shell("trap '' PIPE; $latent sample m.json --count 100000000 | head -1");
    CHECK(deaf.out == "eruptions,waiting\n");
    CHECK(deaf.err == "");
    folder.shell("$latent sample m.json --count 100000 > x.csv");
    const Result predict = folder.shell("$latent predict m.json x.csv | head -1");
    CHECK(predict.out == "component,p1,p2\n");
    CHECK(predict.err == "");
  }

  TEST_CASE("output: files may be pipes and devices") {
    const Folder folder;
    const Result result = folder.shell("$latent fit gmm " + old_faithful +
                                       " --components 2 --output /dev/stdout --trace /dev/null --json | head -2");
    CHECK(result.out == "{\n  \"format\": \"latent-model\",\n");
    const Result both = folder.shell("$latent fit gmm " + old_faithful +
                                     " --components 2 --output >(cat > copy; mv copy copy.json) > /dev/null; "
                                     "until [ -e copy.json ]; do sleep 0.01; done; $latent inspect copy.json");
    CHECK(both.out.starts_with("model            gmm\n"));
  }

  TEST_CASE("output: of a fit is the model, the trace and the picture") {
    const Folder folder;
    const Result result = folder.latent(with(fit_two, {"--output", "m.json", "--trace", "t.csv"}));
    CHECK(result.status == 0);
    CHECK(result.err == "");
    CHECK(result.out.starts_with("verdict           converged: "));
    CHECK(folder.read("t.csv").starts_with("start,iteration,kind,"));
    CHECK(folder.files() == std::vector<std::string>{"m.json", "t.csv"});
    if (folder.shell("command -v gnuplot").status != 0) return;
    CHECK(folder.latent(with(fit_two, {"--plot", "p.svg"})).status == 0);
    CHECK(folder.read("p.svg").find("</svg>") != std::string::npos);
  }

  TEST_CASE("output: strict ends with status 3 unless converged, and writes the model all the same") {
    const Folder folder;
    CHECK(folder.latent(with(fit_two, {"--strict"})).status == 0);
    const Result early = folder.latent(with(fit_two, {"--strict", "--max-iterations", "2", "--output", "m.json"}));
    CHECK(early.status == 3);
    CHECK(early.out.starts_with("verdict           iteration_limit: after 2 iterations"));
    CHECK(fs::exists(folder / "m.json"));
    CHECK(folder.latent(with(fit_two, {"--max-iterations", "2"})).status == 0);
  }

}  // TEST_SUITE
