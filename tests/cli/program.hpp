#pragma once

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include <doctest/doctest.h>
#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/temporary_folder.hpp"

// Runs the program `latent` as its users do, in a folder of its own.

namespace cli_test {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;
using Words = std::vector<std::string>;

inline const std::string old_faithful = LATENT_SOURCE_DIR "/examples/data/old_faithful.csv";

// How a program ended and what it wrote.
struct Result {
  int status = -1;  // the exit status; 128 + n: ended by signal n
  std::string out, err;
  long peak_kilobytes = 0;

  Json json() const { return Json::parse(out); }
};

// A folder that is the working folder of the programs run in it; removed at the end.
class Folder : public TemporaryFolder {
 public:
  std::string write(const std::string& name, const std::string& content) const {
    std::ofstream(path() / name, std::ios::binary) << content;
    return name;
  }
  std::string read(const std::string& name) const { return content_of(path() / name); }

  // The names of all files, hidden ones too, in order.
  std::vector<std::string> files() const {
    std::vector<std::string> names;
    for (const fs::directory_entry& entry : fs::directory_iterator(path())) names.push_back(entry.path().filename());
    std::sort(names.begin(), names.end());
    return names;
  }

  // latent WORDS..., with that standard input.
  Result latent(Words words, const std::string& input = {}) const {
    words.insert(words.begin(), LATENT_PROGRAM);
    return run(std::move(words), input);
  }
  // A line of shell in which $latent is the program.
  Result shell(const std::string& line) const {
    return run({"/bin/bash", "-c", "latent='" LATENT_PROGRAM "'; " + line}, {});
  }

 private:
  // Standard input and output are files beside the folder, so that nobody waits for anybody.
  Result run(Words words, const std::string& input) const {
    const std::string base = path().string();
    std::ofstream(base + ".in", std::ios::binary) << input;
    ::posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, (base + ".in").c_str(), O_RDONLY, 0);
    ::posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, (base + ".out").c_str(), O_WRONLY | O_CREAT | O_TRUNC,
                                       0600);
    ::posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, (base + ".err").c_str(), O_WRONLY | O_CREAT | O_TRUNC,
                                       0600);
    ::posix_spawn_file_actions_addchdir_np(&actions, base.c_str());
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    pid_t child = 0;
    REQUIRE(::posix_spawn(&child, arguments.front(), &actions, nullptr, arguments.data(), environ) == 0);
    ::posix_spawn_file_actions_destroy(&actions);
    Result result = wait_for(child);
    result.out = content_of(base + ".out");
    result.err = content_of(base + ".err");
    for (const char* ending : {".in", ".out", ".err"}) fs::remove(base + ending);
    return result;
  }

  static Result wait_for(pid_t child) {
    using namespace std::chrono_literals;
    const auto latest = std::chrono::steady_clock::now() + 300s;  // a hang is a defect; a slow machine is none
    int status = 0;
    struct ::rusage usage {};
    while (::wait4(child, &status, WNOHANG, &usage) == 0) {
      if (std::chrono::steady_clock::now() > latest) ::kill(child, SIGKILL);
      std::this_thread::sleep_for(1ms);
    }
    Result result;
    result.status = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    result.peak_kilobytes = usage.ru_maxrss;
    return result;
  }
};

// The program ended with that status and nothing but that line on standard error.
inline void check_error(const Result& result, int status, const std::string& line) {
  CHECK(result.err == "latent: " + line + "\n");
  CHECK(result.out == "");
  CHECK(result.status == status);
}

}  // namespace cli_test
