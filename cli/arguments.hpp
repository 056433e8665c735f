#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace latent::cli {

// One option of a command as help shows it.
struct Option {
  std::string name;         // long, without dashes
  std::string value;        // what stands for its value; empty: a flag
  std::string description;
  std::string initial = {};  // shown as the default, and taken when the option is not given; empty: none
};

// What a command understands.
struct Usage {
  std::string synopsis;  // "latent fit MODEL DATA [options]"
  std::string summary;
  std::vector<std::string> positionals;  // all must be given
  struct Group {
    std::string title;
    std::vector<Option> options;
  };
  std::vector<Group> groups;
};

// The words of a command line, understood. Everything is text until somebody asks.
class Arguments {
 public:
  // Throws OptionError for words that the usage does not know or that are missing.
  Arguments(const Usage& usage, const std::vector<std::string>& words);

  bool help() const { return help_; }
  bool has(const std::string& name) const { return texts_.contains(name); }
  bool flag(const std::string& name) const { return has(name); }
  // Given or initial; throws OptionError if neither.
  const std::string& text(const std::string& name) const;
  std::string text_or_empty(const std::string& name) const { return has(name) ? text(name) : std::string(); }
  std::size_t whole_number(const std::string& name) const;
  double real_number(const std::string& name) const;
  std::vector<std::string> list(const std::string& name) const;  // split at commas
  const std::map<std::string, std::string>& texts() const { return texts_; }

 private:
  std::map<std::string, std::string> texts_;
  bool help_ = false;
};

std::string help_text(const Usage& usage);

}  // namespace latent::cli
