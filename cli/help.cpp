#include "help.hpp"

#include <algorithm>
#include <sstream>

namespace latent::cli {
namespace {

std::vector<Entry> entries_of(const OptionGroup& group) {
  std::vector<Entry> entries;
  for (const Option& option : group.options) {
    const std::string value = option.value.empty() ? "" : " " + option.value;
    const std::string initial = option.initial.empty() ? "" : " [" + option.initial + "]";
    const std::string name = option.name == "output" ? "-o, --output" : "--" + option.name;
    entries.emplace_back(name + value, option.description + initial);
  }
  return entries;
}

std::size_t width_of(const std::vector<Entry>& entries) {
  std::size_t width = 0;
  for (const Entry& entry : entries) width = std::max(width, entry.first.size());
  return width;
}

}  // namespace

std::string wrapped(const std::string& words, std::size_t indent) {
  std::istringstream stream(words);
  std::string text;
  std::size_t column = indent;
  for (std::string word; stream >> word;) {
    const bool first = column == indent;
    if (!first && column + 1 + word.size() > help_width) {
      text += "\n" + std::string(indent, ' ') + word;
      column = indent + word.size();
    } else {
      text += (first ? "" : " ") + word;
      column += (first ? 0 : 1) + word.size();
    }
  }
  return text + "\n";
}

std::string two_columns(const std::vector<Entry>& entries, std::size_t width) {
  width = std::max(width, width_of(entries));
  std::string text;
  for (const auto& [left, right] : entries) {
    text += "  " + left + std::string(width - left.size() + 3, ' ') + wrapped(right, width + 5);
  }
  return text;
}

std::string help_text(const Usage& usage) {
  std::vector<OptionGroup> groups = usage.groups;
  groups.push_back({"Help", {{"help", "", "show this page"}}});
  std::size_t width = 0;
  for (const OptionGroup& group : groups) width = std::max(width, width_of(entries_of(group)));
  std::string text = "usage: " + usage.synopsis() + "\n\n" + wrapped(usage.summary);
  for (const OptionGroup& group : groups) {
    if (!group.options.empty()) text += "\n" + group.title + ":\n" + two_columns(entries_of(group), width);
  }
  return text;
}

}  // namespace latent::cli
