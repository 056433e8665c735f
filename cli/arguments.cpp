#include "arguments.hpp"

#include <sstream>

#include <boost/program_options.hpp>
#include <latent/any_model.hpp>
#include <latent/error.hpp>

namespace latent::cli {
namespace {

namespace po = boost::program_options;

po::options_description described(const Usage& usage) {
  po::options_description all;
  all.add_options()("help,h", "");
  for (const OptionGroup& group : usage.groups) {
    for (const Option& option : group.options) {
      const std::string name = option.name == "output" ? "output,o" : option.name;
      if (option.value.empty()) {
        all.add_options()(name.c_str(), "");
      } else {
        all.add_options()(name.c_str(), po::value<std::string>(), "");
      }
    }
  }
  return all;
}

OptionTexts one_text(const std::string& name, const std::string& text) {
  return OptionTexts(std::map<std::string, std::string>{{name, text}});
}

[[noreturn]] void refuse(const std::string& what, const Usage& usage) {
  throw OptionError(what + "; see " + (usage.help.empty() ? usage.command : usage.help) + " --help");
}

std::vector<po::option> parse(const Usage& usage, const std::vector<std::string>& words) {
  // No abbreviations: an option that is added later must not change what a script means.
  constexpr int style = po::command_line_style::unix_style & ~po::command_line_style::allow_guessing;
  const po::options_description all = described(usage);
  try {
    return po::command_line_parser(words).options(all).style(style).run().options;
  } catch (const po::unknown_option& error) {
    refuse(error.get_option_name() + " is not an option of " + usage.command, usage);
  } catch (const po::invalid_command_line_syntax& error) {
    const bool superfluous = error.kind() == po::invalid_command_line_syntax::extra_parameter;
    refuse(error.get_option_name() + (superfluous ? " takes no value" : " has no value"), usage);
  } catch (const po::error& error) {
    refuse(error.what(), usage);
  }
}

bool many(const Usage& usage, const std::string& name) {
  if (usage.last_many && name == usage.positionals.back()) return true;
  for (const OptionGroup& group : usage.groups) {
    for (const Option& option : group.options) {
      if (option.name == name) return option.many;
    }
  }
  return false;
}

}  // namespace

std::string Usage::synopsis() const {
  std::string text = command;
  for (const std::string& name : positionals) {
    text += last_optional && name == positionals.back() ? " [" + name + "]" : " " + name;
  }
  if (last_many) text += "...";
  for (const OptionGroup& group : groups) {
    for (const Option& option : group.options) {
      if (option.needed) text += " --" + option.name + " " + option.value + (option.many ? "..." : "");
    }
  }
  return text + (groups.empty() ? "" : " [options]");
}

Arguments::Arguments(const Usage& usage, const std::vector<std::string>& words) {
  std::size_t positions = 0;
  for (const po::option& option : parse(usage, words)) {
    const bool positional = option.position_key >= 0;
    const std::string word = option.value.empty() ? std::string() : option.value.front();
    if (option.string_key == "help") help_ = true;
    const bool one_more = usage.last_many && positions == usage.positionals.size();
    if (positional && positions == usage.positionals.size() && !one_more) {
      refuse("'" + word + "' is one word too many, the usage is " + usage.synopsis(), usage);
    }
    if (positional && one_more) --positions;
    const std::string name = positional ? usage.positionals[positions++] : option.string_key;
    const std::string shown = positional ? name : "--" + name;
    if (!given_.insert(name).second && !many(usage, name)) refuse(shown + " is given twice", usage);
    if (!option.value.empty() && word.empty()) refuse(shown + " is empty", usage);
    if (word.starts_with("--")) refuse(shown + " has no value", usage);  // a file of that name is ./--name
    texts_.try_emplace(name, word);
    all_[name].push_back(word);
  }
  if (help_) return;
  for (std::size_t i = positions; i + (usage.last_optional ? 1 : 0) < usage.positionals.size(); ++i) {
    refuse(usage.positionals[i] + " is missing, the usage is " + usage.synopsis(), usage);
  }
  for (const OptionGroup& group : usage.groups) {
    for (const Option& option : group.options) {
      if (!option.initial.empty()) texts_.try_emplace(option.name, option.initial);
    }
  }
}

const std::string& Arguments::text(const std::string& name) const {
  const auto found = texts_.find(name);
  if (found == texts_.end()) throw OptionError("--" + name + " is missing");
  return found->second;
}

std::size_t Arguments::whole_number(const std::string& name, std::size_t least) const {
  return one_text(name, text(name)).whole_number(name, least);
}

double Arguments::real_number(const std::string& name) const { return one_text(name, text(name)).real_number(name); }

void Arguments::set(const std::string& name, const std::vector<std::string>& words) {
  given_.insert(name);
  texts_[name] = words.front();
  all_[name] = words;
}

std::vector<std::string> Arguments::all(const std::string& name) const {
  const auto found = all_.find(name);
  return found == all_.end() ? std::vector<std::string>() : found->second;
}

std::vector<std::string> Arguments::list(const std::string& name) const {
  std::vector<std::string> items;
  std::istringstream words(text_or_empty(name));
  for (std::string item; std::getline(words, item, ',');) items.push_back(item);
  return items;
}

}  // namespace latent::cli
