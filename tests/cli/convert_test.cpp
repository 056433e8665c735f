#include <string>

#include <doctest/doctest.h>
#include <sys/mount.h>

#include "cli/program.hpp"

TEST_SUITE("cli/convert") {
  using namespace cli_test;

  TEST_CASE("convert: says what it wrote, and a fit is the same from the .npy file") {
    const Folder folder;
    const Result result = folder.latent({"convert", old_faithful, "old.npy"});
    CHECK(result.out == "old.npy: 272 rows of 2 columns (float64): eruptions,waiting\n");
    CHECK(result.err == "");
    CHECK(result.status == 0);
    CHECK(folder.read("old.npy").size() == 128 + 272 * 2 * 8);
    const Json from_text = folder.latent({"fit", "gmm", old_faithful, "--components", "2", "--json"}).json();
    const Json from_npy = folder.latent({"fit", "gmm", "old.npy", "--components", "2", "--json"}).json();
    CHECK(from_npy["parameters"] == from_text["parameters"]);

    const Result piped =
        folder.latent({"convert", "-", "waiting.npy", "--float32", "--columns", "waiting"}, content_of(old_faithful));
    CHECK(piped.out == "waiting.npy: 272 rows of 1 column (float32): waiting\n");
    CHECK(folder.latent({"convert", "waiting.npy", "again.npy"}).out == "again.npy: 272 rows of 1 column (float32)\n");
    CHECK(folder.read("again.npy") == folder.read("waiting.npy"));
    CHECK(folder.latent({"convert", "-", "one.npy", "--header", "no", "--separator", ";"}, "1;2\n").out ==
          "one.npy: 1 row of 2 columns (float64)\n");
    CHECK(folder.latent({"convert", "-", "one.npy"}, "\"a,b\";c\n1;2\n").out ==
          "one.npy: 1 row of 2 columns (float64): \"a,b\",c\n");
  }

  TEST_CASE("convert: a bad cell is one line, and leaves the old file") {
    const Folder folder;
    folder.write("x.csv", "a,b\n1,2\n3,NA\n5,much\n");
    folder.write("x.npy", "as it was");
    check_error(folder.latent({"convert", "x.csv", "x.npy"}), 1,
                "x.csv:3: column \"b\" (2): found \"NA\", expected a number; missing cells become NaN only if that is "
                "asked for");
    check_error(folder.latent({"convert", "x.csv", "x.npy", "--missing"}), 1,
                "x.csv:4: column \"b\" (2): found \"much\", expected a number");
    check_error(
        folder.latent({"convert", "-", "x.npy", "--float32"}, "1\n1e39\n"), 1,
        "standard input: row 2, column 1: found 1e+39, expected a number of at most 3.4e38 in size for float32; "
        "float64 holds it");
    check_error(folder.latent({"convert", "none.csv", "x.npy"}), 1,
                "none.csv: cannot be opened: No such file or directory");
    check_error(folder.latent({"convert", ".", "x.npy"}), 1, ".: is a directory, expected a file");
    CHECK(folder.read("x.npy") == "as it was");
    CHECK(folder.files() == std::vector<std::string>{"x.csv", "x.npy"});
  }

  TEST_CASE("convert: refuses what would lose the data, before it reads them") {
    const Folder folder;
    folder.write("x.csv", "1\n");
    folder.write("x.npy", "as it was");
    check_error(folder.latent({"convert", "none.csv", "x.csv"}), 2,
                "'x.csv' is to be a NumPy file, its name must end in .npy");
    check_error(folder.latent({"convert", "x.npy", "./x.npy"}), 2, "OUT.npy is the same file as DATA, ./x.npy");
    check_error(folder.latent({"convert", "none.csv", "none/x.npy"}), 1,
                "none/x.npy: cannot be written: No such file or directory");
    check_error(folder.latent({"convert", "x.csv"}), 2,
                "OUT.npy is missing, the usage is latent convert DATA OUT.npy [options]; see latent convert --help");
    fs::create_symlink("/dev/full", folder / "full.npy");
    check_error(folder.latent({"convert", "x.csv", "full.npy"}), 1,
                "full.npy: is no regular file, and in a .npy file the number of rows, known last, stands first");
    CHECK(folder.read("x.npy") == "as it was");
  }

  TEST_CASE("convert: a file that may not be so large is one line, and leaves the old file") {
    const Folder folder;
    folder.write("x.npy", "as it was");
    const Result result = folder.shell("yes 1,2 | head -n 100000 > x.csv; ulimit -f 100; $latent convert x.csv x.npy");
    check_error(result, 1, "x.npy: cannot be written: File too large");
    CHECK(folder.read("x.npy") == "as it was");
    CHECK(folder.files() == std::vector<std::string>{"x.csv", "x.npy"});
  }

  TEST_CASE("convert: a disk that becomes full keeps what was there" * doctest::skip(::geteuid() != 0)) {
    const Folder folder;
    fs::create_directory(folder / "small");
    if (::mount("tmpfs", (folder / "small").c_str(), "tmpfs", 0, "size=64k") != 0)
      return;  // not allowed in this container
    folder.write("small/x.npy", "as it was");
    // The input has no end: what is wrong is said when it happens.
    const Result result = folder.shell("yes 1,2 | $latent convert - small/x.npy");
    check_error(result, 1, "small/x.npy: cannot be written: No space left on device");
    CHECK(folder.read("small/x.npy") == "as it was");
    CHECK(std::distance(fs::directory_iterator(folder / "small"), fs::directory_iterator()) == 1);
    REQUIRE(::umount((folder / "small").c_str()) == 0);
  }

// The sanitizer's own memory is many times that.
#if !defined(__SANITIZE_ADDRESS__)
  TEST_CASE("convert: takes as much memory for a long table as for a short one") {
    const Folder folder;
    REQUIRE(folder.shell("yes 1.5,2 | head -n 4000000 > long.csv; head -n 200000 long.csv > short.csv").status == 0);
    const Result few = folder.latent({"convert", "short.csv", "short.npy"});
    const Result many = folder.latent({"convert", "long.csv", "long.npy"});
    REQUIRE(few.status == 0);
    CHECK(many.out == "long.npy: 4000000 rows of 2 columns (float64)\n");
    CHECK(many.peak_kilobytes < few.peak_kilobytes + 1024);
    CHECK(fs::file_size(folder / "long.npy") == 128 + 64000000);

    // In less address space than the table takes, where a command that keeps it fails.
    const std::string limited = "ulimit -v 40000; ";
    CHECK(folder.shell(limited + "$latent convert long.csv long.npy --float32").out ==
          "long.npy: 4000000 rows of 2 columns (float32)\n");
    CHECK(folder.shell(limited + "$latent convert long.npy again.npy").status == 0);
    CHECK(folder.shell(limited + "$latent fit gmm long.csv --components 2").err ==
          "latent: long.csv: the table does not fit into memory; a plain .npy file of it (latent convert) need not\n");
  }
#endif

}  // TEST_SUITE
