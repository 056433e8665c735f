#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <system_error>

#include <doctest/doctest.h>
#include <unistd.h>

// Where tests make their folders: where TMPDIR says; or else in memory, if there is room, so that tests which write and
// synchronise files in parallel do not wait for a slow disk.
inline std::filesystem::path temporary_place() {
  const std::filesystem::path in_memory = "/dev/shm";
  std::error_code failed;
  const bool roomy = std::filesystem::space(in_memory, failed).available >= (1U << 28) && !failed;
  const bool usable = roomy && ::access(in_memory.c_str(), W_OK | X_OK) == 0 && !std::getenv("TMPDIR");
  return usable ? in_memory : std::filesystem::temp_directory_path();
}

// A folder of its own for a test, removed at its end.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (temporary_place() / "latent-test-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()));
    path_ = name;
  }
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path operator/(const std::string& name) const { return path_ / name; }
  std::ptrdiff_t entries() const {
    return std::distance(std::filesystem::directory_iterator(path_), std::filesystem::directory_iterator());
  }

 private:
  std::filesystem::path path_;
};

inline std::string content_of(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}
