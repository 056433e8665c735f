#include <csignal>
#include <cstdio>
#include <filesystem>
#include <string>
#include <utility>

#include <doctest/doctest.h>
#include <latent/atomic_file.hpp>
#include <latent/error.hpp>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/temporary_folder.hpp"

namespace {

namespace fs = std::filesystem;
using latent::AtomicFile;
using latent::write_file_atomically;

using Folder = TemporaryFolder;

std::string error_of(const fs::path& target, const std::string& content) {
  try {
    write_file_atomically(target, content);
  } catch (const latent::Error& error) {
    return error.what();
  }
  return "no error";
}

TEST_SUITE("framework/atomic_file") {
  TEST_CASE("atomic file: the file appears whole on commit and not before") {
    const Folder folder;
    const std::string content(300000, 'x');  // several buffers
    AtomicFile file(folder / "a.json");
    file.stream() << content;
    file.stream().flush();
    CHECK_FALSE(fs::exists(folder / "a.json"));
    file.commit();
    CHECK(content_of(folder / "a.json") == content);
    CHECK(folder.entries() == 1);
  }

  TEST_CASE("atomic file: nothing remains without a commit") {
    const Folder folder;
    write_file_atomically(folder / "old", "before");
    for (const std::string name : {"old", "new"}) {
      AtomicFile file(folder / name);
      file.stream() << "half a resu" << std::flush;
    }
    CHECK(folder.entries() == 1);
    CHECK(content_of(folder / "old") == "before");
  }

  TEST_CASE("atomic file: a moved file is committed once") {
    const Folder folder;
    AtomicFile first(folder / "a");
    first.stream() << "one";
    AtomicFile second = std::move(first);
    second.stream() << " two";
    second.commit();
    CHECK(content_of(folder / "a") == "one two");
  }

  TEST_CASE("atomic file: a replaced file keeps its permissions and a new one has the usual ones") {
    const Folder folder;
    write_file_atomically(folder / "a", "before");
    const mode_t mask = ::umask(0);
    ::umask(mask);
    CHECK(static_cast<mode_t>(fs::status(folder / "a").permissions()) == (0666 & ~mask));
    fs::permissions(folder / "a", fs::perms(0640));
    write_file_atomically(folder / "a", "after");
    CHECK(fs::status(folder / "a").permissions() == fs::perms(0640));
    CHECK(content_of(folder / "a") == "after");
  }

  TEST_CASE("atomic file: a symbolic link stays one and what it leads to is written") {
    const Folder folder;
    fs::create_directory(folder / "results");
    fs::create_symlink("results/a", folder / "link");  // leads nowhere yet
    for (const std::string content : {"first", "second"}) {
      write_file_atomically(folder / "link", content);
      CHECK(fs::is_symlink(folder / "link"));
      CHECK(content_of(folder / "results/a") == content);
    }
  }

  TEST_CASE("atomic file: what cannot be written is one line with the file and the reason") {
    const Folder folder;
    const fs::path nowhere = folder / "no/such/file";
    CHECK(error_of(nowhere, "x") == nowhere.string() + ": cannot be written: No such file or directory");
    CHECK(error_of(folder / "", "x") == (folder / "").string() + ": cannot be written: Is a directory");
    write_file_atomically(folder / "a", "before");
    CHECK(error_of(folder / "a/b", "x") == (folder / "a/b").string() + ": cannot be written: Not a directory");
    CHECK(error_of("", "x") == ": cannot be written: No such file or directory");
    if (::geteuid() != 0) {  // nothing is forbidden to root
      fs::permissions(folder / "a", fs::perms(0444));
      CHECK(error_of(folder / "a", "x") == (folder / "a").string() + ": cannot be written: Permission denied");
    }
  }

  TEST_CASE("atomic file: a full disk is an error and leaves the old file") {
    CHECK(error_of("/dev/full", "x") == "/dev/full: cannot be written: No space left on device");
    CHECK(error_of("/dev/full", std::string(1 << 20, 'x')) == "/dev/full: cannot be written: No space left on device");

    const Folder folder;
    write_file_atomically(folder / "a", "before");
    // A limit on the size of files stands in for a full disk.
    rlimit before{};
    REQUIRE(::getrlimit(RLIMIT_FSIZE, &before) == 0);
    const auto old_handler = std::signal(SIGXFSZ, SIG_IGN);
    const rlimit small = {100000, before.rlim_max};
    REQUIRE(::setrlimit(RLIMIT_FSIZE, &small) == 0);
    const std::string message = error_of(folder / "a", std::string(1 << 20, 'x'));
    ::setrlimit(RLIMIT_FSIZE, &before);
    std::signal(SIGXFSZ, old_handler);
    CHECK(message == (folder / "a").string() + ": cannot be written: File too large");
    CHECK(content_of(folder / "a") == "before");
    CHECK(folder.entries() == 1);
  }

  TEST_CASE("atomic file: a writer that reports failure through the stream is heard") {
    const Folder folder;
    {
      AtomicFile file(folder / "a");
      file.stream().setstate(std::ios::failbit);
      CHECK_THROWS_AS(file.commit(), latent::Error);
    }
    CHECK(folder.entries() == 0);
  }

  TEST_CASE("atomic file: what was written before can be written again, and writing goes on where it was") {
    const Folder folder;
    for (const std::size_t length : {10, 300000}) {  // in the buffer still, or no more
      AtomicFile file(folder / "a");
      const std::string before(length, 'x');
      file.stream() << before;
      file.rewrite(3, "abc");
      file.stream() << "end";
      file.commit();
      std::string expected = before + "end";
      expected.replace(3, 3, "abc");
      CHECK(content_of(folder / "a") == expected);
    }
    AtomicFile device("/dev/null");
    CHECK_FALSE(device.can_rewrite());
    CHECK_THROWS_WITH_AS(device.rewrite(0, "x"), "/dev/null: is no regular file, its beginning cannot be written last",
                         latent::Error);
  }

  TEST_CASE("atomic file: devices and pipes are written straight to") {
    CHECK(error_of("/dev/null", "x") == "no error");
    CHECK(fs::is_character_file("/dev/null"));
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    write_file_atomically("/dev/fd/" + std::to_string(ends[1]), "through a pipe");
    char received[32] = {};
    CHECK(::read(ends[0], received, sizeof(received)) == 14);
    CHECK(std::string(received) == "through a pipe");
    ::close(ends[0]);
    ::close(ends[1]);
    CHECK(error_of("/dev/fd/987", "x") == "/dev/fd/987: cannot be written: Bad file descriptor");
  }

  TEST_CASE("atomic file: standard output that goes to a file is written on from where it is") {
    const Folder folder;
    write_file_atomically(folder / "a", "");
    std::FILE* const opened = std::fopen((folder / "a").c_str(), "w");
    REQUIRE(opened);
    std::fputs("head ", opened);
    std::fflush(opened);
    write_file_atomically("/dev/fd/" + std::to_string(::fileno(opened)), "body");
    std::fputs(" tail", opened);
    std::fclose(opened);
    CHECK(content_of(folder / "a") == "head body tail");
  }
}

}  // namespace
