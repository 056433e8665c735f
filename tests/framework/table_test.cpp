#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <doctest/doctest.h>
#include <latent/error.hpp>
#include <latent/table.hpp>
#include <sys/stat.h>
#include <unistd.h>

#include "support/temporary_folder.hpp"

namespace {

namespace fs = std::filesystem;
using latent::RowMajorMatrix;
using latent::RowMajorMatrix32;
using latent::Table;
using latent::TableOptions;

class Folder : public TemporaryFolder {
 public:
  fs::path file(const std::string& name, const std::string& content) const {
    std::ofstream(path() / name, std::ios::binary) << content;
    return path() / name;
  }
};

std::string npy_of(const RowMajorMatrix& values) {
  std::ostringstream stream;
  latent::write_npy(stream, values);
  return stream.str();
}

// The message after the name of the file.
std::string error_of(const fs::path& file, const TableOptions& options = {}) {
  try {
    latent::read_table(file, options);
  } catch (const latent::DataError& error) {
    const std::string message = error.what();
    REQUIRE(message.starts_with(file.string() + ":"));
    return message.substr(file.string().size());
  }
  return "no error";
}

TEST_SUITE("framework/table") {
  TEST_CASE("table: a file is read by what it holds and not by its name alone") {
    const Folder folder;
    const RowMajorMatrix values = (RowMajorMatrix(2, 2) << 1, 2, 3, 4.5).finished();
    for (const auto& file : std::vector<std::pair<std::string, std::string>>{{"a.npy", npy_of(values)},
                                                                             {"b.csv", npy_of(values)},
                                                                             {"c", npy_of(values)},
                                                                             {"d.csv", "1,2\n3,4.5\n"},
                                                                             {"e.txt", "a\tb\n1\t2\n3\t4.5\n"},
                                                                             {"f", "1 2\n3 4.5"}}) {
      CAPTURE(file.first);
      const Table table = latent::read_table(folder.file(file.first, file.second));
      CHECK(std::get<RowMajorMatrix>(table.values) == values);
      CHECK(table.rows() == 2);
      CHECK(table.columns() == 2);
    }
    CHECK(error_of(folder.file("text.npy", "1,2\n3,4\n")) == ": is no .npy file: it begins with \"1,2\\n3,4\\n\"");
  }

  TEST_CASE("table: what cannot be read is one line with the file and the reason") {
    const Folder folder;
    CHECK(error_of(folder.path() / "missing.csv") == ": cannot be opened: No such file or directory");
    CHECK(error_of(folder.path()) == ": is a directory, expected a file");
    CHECK(error_of(folder.file("empty.csv", "")) == ": the file is empty");
    CHECK(error_of(folder.file("empty.npy", "")) == ": the file is empty");
    CHECK(error_of("/dev/null") == ": the file is empty");
    CHECK(error_of(folder.file("header.csv", "a,b\n")) == ": there is no row below the header");
    CHECK(error_of(folder.file("bad.csv", "a,b\n1,x\n")) == ":2: column \"b\" (2): found \"x\", expected a number");
    CHECK(error_of("/proc/self/mem") == ": cannot be read: Input/output error");
    const fs::path forbidden = folder.file("forbidden.csv", "1,2\n");
    fs::permissions(forbidden, fs::perms::none);
    if (::geteuid() != 0) CHECK(error_of(forbidden) == ": cannot be opened: Permission denied");
  }

  TEST_CASE("table: a float32 file stays float32 and its view says so") {
    const Folder folder;
    std::string bytes = npy_of(RowMajorMatrix::Ones(1, 1));
    bytes[bytes.find("f8") + 1] = '4';
    const float value = 0.1F;
    bytes.replace(bytes.size() - 8, 8, reinterpret_cast<const char*>(&value), 4);
    const Table table = latent::read_table(folder.file("a.npy", bytes));
    CHECK(table.view().is_float32());
    CHECK(table.view()(0, 0) == static_cast<double>(0.1F));
    CHECK(std::get<RowMajorMatrix32>(table.values)(0, 0) == 0.1F);
  }

  TEST_CASE("table: a hyphen is standard input") {
    const Folder folder;
    const int saved = ::dup(STDIN_FILENO);
    for (const std::string& content : {std::string("a,b\n1,2\n"), npy_of((RowMajorMatrix(1, 2) << 1, 2).finished())}) {
      std::FILE* const file = std::fopen(folder.file("input", content).c_str(), "r");
      REQUIRE(file);
      REQUIRE(::dup2(::fileno(file), STDIN_FILENO) == STDIN_FILENO);
      const Table table = latent::read_table("-");
      CHECK(std::get<RowMajorMatrix>(table.values) == (RowMajorMatrix(1, 2) << 1, 2).finished());
      std::fclose(file);
    }
    ::dup2(saved, STDIN_FILENO);
    ::close(saved);
  }

  TEST_CASE("table: a named pipe is read like a file") {
    const Folder folder;
    const fs::path pipe = folder.path() / "pipe";
    REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
    const RowMajorMatrix values = RowMajorMatrix::Ones(30000, 3) / 3;
    std::thread writer([&] { std::ofstream(pipe, std::ios::binary) << npy_of(values); });
    const Table table = latent::read_table(pipe);
    writer.join();
    CHECK(std::get<RowMajorMatrix>(table.values) == values);
  }
}

}  // namespace
