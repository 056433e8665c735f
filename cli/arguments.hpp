#pragma once

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <vector>

// The words of a command line.

namespace latent::cli {

// One option of a command as help shows it.
struct Option {
  std::string name;   // long, without dashes
  std::string value;  // what stands for its value; empty: a flag
  std::string description;
  std::string initial = {};  // shown as the default, and taken when the option is not given; empty: none
  bool needed = false;       // shown in the synopsis
  bool many = false;         // may be given more than once
};

struct OptionGroup {
  std::string title;
  std::vector<Option> options;
};

// What a command understands, besides --help.
struct Usage {
  std::string command;                   // "latent fit MODEL"
  std::vector<std::string> positionals;  // "DATA"; all must be given
  std::string summary;
  std::vector<OptionGroup> groups;
  bool last_many = false;      // the last positional may be several words
  bool last_optional = false;  // or none
  std::string help = {};       // the command whose --help tells more; empty: the command itself

  std::string synopsis() const;  // "latent sample FITTED --count N [options]"
};

// The words of a command line, understood. Everything is text until somebody asks.
class Arguments {
 public:
  // Throws OptionError for words that the usage does not know, that stand there twice, or that are missing.
  Arguments(const Usage& usage, const std::vector<std::string>& words);

  bool help() const { return help_; }
  bool given(const std::string& name) const { return given_.contains(name); }
  bool has(const std::string& name) const { return texts_.contains(name); }  // given or initial
  const std::string& text(const std::string& name) const;                    // throws OptionError unless has(name)
  std::string text_or_empty(const std::string& name) const { return has(name) ? text(name) : std::string(); }
  std::size_t whole_number(const std::string& name, std::size_t least) const;
  double real_number(const std::string& name) const;
  std::vector<std::string> list(const std::string& name) const;  // split at commas
  std::vector<std::string> all(const std::string& name) const;   // of what may be given more than once
  const std::map<std::string, std::string>& texts() const { return texts_; }

  // As if those words had been given, and no other for that option.
  void set(const std::string& name, const std::vector<std::string>& words);
  void set(const std::string& name, const std::string& word) { set(name, std::vector<std::string>{word}); }

 private:
  std::map<std::string, std::string> texts_;  // the first of each
  std::map<std::string, std::vector<std::string>> all_;
  std::set<std::string> given_;
  bool help_ = false;
};

}  // namespace latent::cli
