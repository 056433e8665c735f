#include "gnuplot.hpp"

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <sstream>
#include <string_view>
#include <system_error>

#include <latent/error.hpp>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

namespace latent::picture {
namespace {

[[noreturn]] void fail(int error) { throw Error("gnuplot cannot be run: " + std::generic_category().message(error)); }

// A file in memory to pass to another program. Unlike with pipes, neither program ever waits for the other to read.
class MemoryFile {
 public:
  explicit MemoryFile(const char* name) : descriptor_(::memfd_create(name, MFD_CLOEXEC)) {
    if (descriptor_ < 0) fail(errno);
  }
  ~MemoryFile() { ::close(descriptor_); }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;

  int descriptor() const { return descriptor_; }

  void write(std::string_view text) {
    while (!text.empty()) {
      const ssize_t written = ::write(descriptor_, text.data(), text.size());
      if (written < 0 && errno != EINTR) fail(errno);
      if (written > 0) text.remove_prefix(static_cast<std::size_t>(written));
    }
    if (::lseek(descriptor_, 0, SEEK_SET) < 0) fail(errno);
  }

  std::string read() {
    if (::lseek(descriptor_, 0, SEEK_SET) < 0) fail(errno);
    std::string text;
    std::array<char, 1 << 14> part;
    while (true) {
      const ssize_t count = ::read(descriptor_, part.data(), part.size());
      if (count < 0 && errno != EINTR) fail(errno);
      if (count == 0) return text;
      if (count > 0) text.append(part.data(), static_cast<std::size_t>(count));
    }
  }

 private:
  int descriptor_;
};

// No shell: the arguments are these, and what is drawn comes as the contents of standard input. -d: the picture does
// not depend on the user's ~/.gnuplot.
pid_t start(const MemoryFile& input, const MemoryFile& output, const MemoryFile& errors) {
  ::posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, input.descriptor(), STDIN_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, output.descriptor(), STDOUT_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, errors.descriptor(), STDERR_FILENO);
  std::string program = "gnuplot";
  std::string defaults = "-d";
  const std::array<char*, 3> arguments{program.data(), defaults.data(), nullptr};
  pid_t child = 0;
  const int error = ::posix_spawnp(&child, program.c_str(), &actions, nullptr, arguments.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  if (error == ENOENT) throw Error("gnuplot is not installed (Debian: apt install gnuplot-nox)");
  if (error != 0) fail(error);
  return child;
}

int status_of(pid_t child) {
  int status = 0;
  while (::waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) fail(errno);
  }
  return status;
}

// gnuplot repeats the command and marks the place first; the sentence is in the line after.
std::string complaint(const std::string& errors) {
  std::istringstream lines(errors);
  std::string first;
  for (std::string line; std::getline(lines, line);) {
    const std::size_t begin = line.find_first_not_of(" \t\r");
    if (begin == std::string::npos) continue;
    line.erase(0, begin);
    if (line.starts_with("line ") && line.find("warning:") == std::string::npos) return line;
    if (first.empty()) first = line;
  }
  return first;
}

}  // namespace

bool gnuplot_is_installed() {
  const char* path = std::getenv("PATH");
  std::istringstream folders(path ? path : "/bin:/usr/bin");  // what posix_spawnp takes without a PATH
  for (std::string folder; std::getline(folders, folder, ':');) {
    if (::access(((folder.empty() ? "." : folder) + "/gnuplot").c_str(), X_OK) == 0) return true;
  }
  return false;
}

std::string run_gnuplot(const std::string& script) {
  MemoryFile input("gnuplot script");
  MemoryFile output("gnuplot output");
  MemoryFile errors("gnuplot errors");
  input.write(script);
  const int status = status_of(start(input, output, errors));
  std::string drawn = output.read();
  if (WIFSIGNALED(status)) throw Error("gnuplot was ended by signal " + std::to_string(WTERMSIG(status)));
  if (WEXITSTATUS(status) == 0 && !drawn.empty()) return drawn;
  const std::string reason = complaint(errors.read());
  throw Error("gnuplot failed: " + (reason.empty() ? "it drew nothing" : reason));
}

}  // namespace latent::picture
