#include "help.hpp"

#include <algorithm>
#include <sstream>

namespace latent::cli {

std::string wrapped(const std::string& text, std::size_t indent) {
  std::istringstream words(text);
  std::string result;
  std::size_t column = indent;
  for (std::string word; words >> word;) {
    const bool first = column == indent;
    if (!first && column + 1 + word.size() > help_width) {
      result += "\n" + std::string(indent, ' ') + word;
      column = indent + word.size();
    } else {
      result += (first ? "" : " ") + word;
      column += (first ? 0 : 1) + word.size();
    }
  }
  return result + "\n";
}

std::string two_columns(const std::vector<std::pair<std::string, std::string>>& lines) {
  std::size_t width = 0;
  for (const auto& [left, right] : lines) width = std::max(width, left.size());
  std::string result;
  for (const auto& [left, right] : lines) {
    result += "  " + left + std::string(width - left.size() + 3, ' ') + wrapped(right, width + 5);
  }
  return result;
}

std::string help_text(const Usage& usage) {
  std::vector<OptionGroup> groups = usage.groups;
  groups.push_back({"Help", {{"help", "", "show this"}}});
  // All groups side by side have the same left column.
  std::vector<std::pair<std::string, std::string>> lines;
  for (const OptionGroup& group : groups) {
    for (const Option& option : group.options) {
      const std::string initial = option.initial.empty() ? "" : " [" + option.initial + "]";
      lines.emplace_back("--" + option.name + (option.value.empty() ? "" : " " + option.value),
                         option.description + initial);
    }
  }
  std::istringstream all(two_columns(lines));
  std::string text = "usage: " + usage.synopsis() + "\n\n" + wrapped(usage.summary);
  std::string line;
  std::getline(all, line);
  for (const OptionGroup& group : groups) {
    text += "\n" + group.title + ":\n";
    for (std::size_t i = 0; i < group.options.size(); ++i) {
      do text += line + "\n";
      while (std::getline(all, line) && !line.starts_with("  --"));
    }
  }
  return text;
}

}  // namespace latent::cli
