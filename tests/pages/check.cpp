// Keeps a page's code true: every C++ block must stand in the example that the comment before it names, and every
// command of a console block must end as the page shows and print what the page shows.
//
//   readme_check PAGE SOURCES BINARIES SCRATCH [--update]
//
// Commands are run in SCRATCH, as in the top folder of the project after a build: `examples`, `dev` and `build/release`
// are there, and `latent` is on the PATH. A command must succeed unless its last line is an error of latent. Of the
// output, words must agree, numbers nearly; lines about time may say anything; a line "…" stands for any lines.
// --update writes what was printed into the page.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include <sys/wait.h>

namespace {

namespace fs = std::filesystem;
using Lines = std::vector<std::string>;

constexpr std::string_view fence = "```", omitted = "…";

Lines lines_of(std::istream& stream) {
  Lines lines;
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

Lines lines_of_file(const fs::path& file) {
  std::ifstream stream(file);
  if (!stream) throw std::runtime_error(file.string() + " cannot be read");
  return lines_of(stream);
}

// Words and numbers, numbers also next to signs such as commas.
std::vector<std::string> tokens_of(const std::string& line) {
  std::vector<std::string> tokens;
  std::istringstream words(line);
  for (std::string word; words >> word;) {
    for (std::size_t end; (end = word.find_first_of(",;:()[]=")) != std::string::npos; word.erase(0, end + 1)) {
      tokens.push_back(word.substr(0, end));
      tokens.push_back(word.substr(end, 1));
    }
    tokens.push_back(word);
  }
  return tokens;
}

// Rounding, and what it leaves of a converged fit, may differ between compilers and processors.
bool same_token(const std::string& shown, const std::string& printed) {
  if (shown == printed) return true;
  char *shown_end = nullptr, *printed_end = nullptr;
  const double a = std::strtod(shown.c_str(), &shown_end), b = std::strtod(printed.c_str(), &printed_end);
  if (shown.empty() || printed.empty() || *shown_end || *printed_end) return false;
  constexpr double rounding = 1e-6, relative = 1e-3;
  return std::abs(a - b) <= std::max(rounding, relative * std::abs(a)) && (std::abs(a - b) < 0.5);
}

bool same_line(const std::string& shown, const std::string& printed) {
  if (shown.starts_with("time ") && printed.starts_with("time ")) return true;
  return std::ranges::equal(tokens_of(shown), tokens_of(printed), same_token);
}

bool same_lines(Lines::const_iterator shown, Lines::const_iterator shown_end, Lines::const_iterator printed,
                Lines::const_iterator printed_end) {
  if (shown == shown_end) return printed == printed_end;
  if (*shown == omitted) {
    for (; printed != printed_end; ++printed) {
      if (same_lines(shown + 1, shown_end, printed, printed_end)) return true;
    }
    return shown + 1 == shown_end;
  }
  return printed != printed_end && same_line(*shown, *printed) &&
         same_lines(shown + 1, shown_end, printed + 1, printed_end);
}

struct Outcome {
  Lines output;
  int status = 0;
};

Outcome run(const std::string& command) {
  std::fflush(nullptr);
  FILE* const pipe = popen(("{ " + command + "\n} 2>&1 </dev/null").c_str(), "r");
  if (!pipe) throw std::runtime_error("a shell cannot be started");
  std::string text;
  char buffer[4096];
  for (std::size_t count; (count = std::fread(buffer, 1, sizeof buffer, pipe)) > 0;) text.append(buffer, count);
  const int status = pclose(pipe);
  std::istringstream stream(text);
  return {lines_of(stream), WIFEXITED(status) ? WEXITSTATUS(status) : -1};
}

// The top folder as a user has it after a build. Whatever `dev` would install or build is taken to be there.
void furnish(const fs::path& scratch, const fs::path& sources, const fs::path& binaries) {
  fs::remove_all(scratch);
  fs::create_directories(scratch / "build");
  fs::create_directories(scratch / "stand_ins");
  fs::create_symlink(sources / "examples", scratch / "examples");
  fs::create_symlink(sources / "dev", scratch / "dev");
  fs::create_symlink(binaries, scratch / "build" / "release");
  for (const char* name : {"cmake", "apt-get", "dpkg-query"}) {
    const fs::path file = scratch / "stand_ins" / name;
    std::ofstream(file) << "#!/bin/sh\necho installed\n";
    fs::permissions(file, fs::perms::owner_all);
  }
  const std::string path = (scratch / "build/release/cli").string() + ":" + (scratch / "stand_ins").string() + ":";
  setenv("PATH", (path + std::getenv("PATH")).c_str(), 1);
  fs::current_path(scratch);
}

class Page {
 public:
  Page(const fs::path& file, const fs::path& sources)
      : name_(file.filename()), sources_(sources), lines_(lines_of_file(file)) {}

  // Reads the page from top to bottom; returns it as it should be.
  Lines check() {
    while (at_ < lines_.size()) {
      const std::string line = take();
      set_environment(line);
      if (!line.starts_with(fence)) continue;
      const std::string language = line.substr(fence.size());
      if (language == "cpp") {
        check_code();
      } else if (language == "console") {
        while (!lines_[at_].starts_with(fence)) check_command();
        take();
      } else {
        skip_block();
      }
    }
    return checked_;
  }
  int faults() const { return faults_; }
  std::size_t blocks_of_code() const { return code_; }
  std::size_t commands() const { return commands_; }

 private:
  std::string take() {
    if (at_ == lines_.size()) throw std::runtime_error(name_ + ": a block has no end");
    checked_.push_back(lines_[at_]);
    return lines_[at_++];
  }

  // <!-- environment NAME=VALUE -->: for the commands from here on, as the text beside it tells readers.
  static void set_environment(const std::string& line) {
    const std::string open = "<!-- environment ", close = " -->";
    const std::size_t sign = line.find('=');
    if (!line.starts_with(open) || !line.ends_with(close) || sign == std::string::npos) return;
    const std::string name = line.substr(open.size(), sign - open.size());
    setenv(name.c_str(), line.substr(sign + 1, line.size() - close.size() - sign - 1).c_str(), 1);
  }

  void fault(std::size_t line, const std::string& what) {
    ++faults_;
    std::cout << name_ << ":" << line << ": " << what << "\n";
  }

  void check_code() {
    ++code_;
    const std::size_t first = at_;
    Lines block;
    for (std::string line; !(line = take()).starts_with(fence);) block.push_back(line);
    const std::string before = first >= 2 ? lines_[first - 2] : "";
    const std::string open = "<!-- ", close = " -->";
    if (!before.starts_with(open) || !before.ends_with(close)) {
      return fault(first, "no comment <!-- FILE --> before the block says where its code is");
    }
    const std::string file = before.substr(open.size(), before.size() - open.size() - close.size());
    if (!fs::exists(sources_ / file)) return fault(first, file + " does not exist");
    const Lines example = lines_of_file(sources_ / file);
    const auto found = std::search(example.begin(), example.end(), block.begin(), block.end());
    if (block.empty() || found == example.end()) fault(first, "the block is not in " + file);
  }

  void check_command() {
    ++commands_;
    const std::size_t first = at_ + 1;
    std::string command = take();
    if (!command.starts_with("$ ")) return fault(first, "a command begins with $ and a space");
    command.erase(0, 2);
    while (command.ends_with("\\")) command += "\n" + take();
    const Outcome outcome = run(command);
    Lines shown;
    while (!lines_[at_].starts_with("$ ") && !lines_[at_].starts_with(fence)) shown.push_back(lines_[at_++]);

    const bool should_fail = !shown.empty() && shown.back().starts_with("latent: ");
    const bool same = same_lines(shown.begin(), shown.end(), outcome.output.begin(), outcome.output.end());
    if ((outcome.status != 0) != should_fail) {
      fault(first, "'" + command + "' ended with status " + std::to_string(outcome.status));
    } else if (!same) {
      fault(first, "'" + command + "' printed something else");
    }
    if (!same) {
      for (const std::string& line : outcome.output) std::cout << "  " << line << "\n";
    }
    const Lines& right = same ? shown : outcome.output;
    checked_.insert(checked_.end(), right.begin(), right.end());
  }

  // What is not run must not look as if it were.
  void skip_block() {
    for (std::string line; !(line = take()).starts_with(fence);) {
      if (line.starts_with("latent ") || line.starts_with("$ ")) fault(at_, "commands belong in a console block");
    }
  }

  std::string name_;
  fs::path sources_;
  Lines lines_, checked_;
  std::size_t at_ = 0, code_ = 0, commands_ = 0;
  int faults_ = 0;
};

}  // namespace

int main(int count, char** words) try {
  if (count < 5) throw std::runtime_error("usage: readme_check PAGE SOURCES BINARIES SCRATCH [--update]");
  const fs::path file = fs::absolute(words[1]), sources = fs::absolute(words[2]);
  Page page(file, sources);
  furnish(fs::absolute(words[4]), sources, fs::absolute(words[3]));
  const Lines checked = page.check();
  std::cout << page.blocks_of_code() << " blocks of code, " << page.commands() << " commands, " << page.faults()
            << " faults\n";
  if (count > 5 && std::string_view(words[5]) == "--update") {
    std::ofstream out(file);
    for (const std::string& line : checked) out << line << "\n";
    return 0;
  }
  return page.faults() == 0 && page.blocks_of_code() > 0 && page.commands() > 0 ? 0 : 1;
} catch (const std::exception& error) {
  std::cerr << error.what() << "\n";
  return 1;
}
