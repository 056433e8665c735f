#include "arguments.hpp"

#include <sstream>

#include <boost/program_options.hpp>

#include <latent/any_model.hpp>
#include <latent/error.hpp>

namespace latent::cli {
namespace {

namespace po = boost::program_options;

po::options_description described(const Usage::Group& group) {
  constexpr unsigned width = 110;
  po::options_description description(group.title, width);
  for (const Option& option : group.options) {
    if (option.value.empty()) {
      description.add_options()(option.name.c_str(), option.description.c_str());
      continue;
    }
    const std::string text = option.description + (option.initial.empty() ? "" : " [" + option.initial + "]");
    description.add_options()(option.name.c_str(), po::value<std::string>()->value_name(option.value), text.c_str());
  }
  return description;
}

po::options_description described(const Usage& usage) {
  po::options_description all;
  for (const Usage::Group& group : usage.groups) all.add(described(group));
  return all;
}

}  // namespace

Arguments::Arguments(const Usage& usage, const std::vector<std::string>& words) {
  po::options_description all = described(usage);
  all.add_options()("help", "");
  po::positional_options_description positions;
  po::options_description hidden;
  for (const std::string& name : usage.positionals) {
    positions.add(name.c_str(), 1);
    hidden.add_options()(name.c_str(), po::value<std::string>());
  }
  all.add(hidden);
  po::variables_map given;
  try {
    // No abbreviations: an option that is added later must not change what a script means.
    constexpr int style = po::command_line_style::unix_style & ~po::command_line_style::allow_guessing;
    po::store(po::command_line_parser(words).options(all).positional(positions).style(style).run(), given);
  } catch (const po::error& error) {
    throw OptionError(std::string(error.what()) + "; usage: " + usage.synopsis);
  }
  help_ = given.count("help") > 0;
  if (help_) return;
  for (const auto& [name, value] : given) {
    const auto* text = boost::any_cast<std::string>(&value.value());
    texts_[name] = text ? *text : std::string();
  }
  for (const std::string& name : usage.positionals) {
    if (!has(name)) throw OptionError(name + " is missing; usage: " + usage.synopsis);
  }
  for (const Usage::Group& group : usage.groups) {
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

std::size_t Arguments::whole_number(const std::string& name) const { return OptionTexts(texts_).whole_number(name, 0); }

double Arguments::real_number(const std::string& name) const { return OptionTexts(texts_).real_number(name); }

std::vector<std::string> Arguments::list(const std::string& name) const {
  std::vector<std::string> items;
  std::istringstream words(text_or_empty(name));
  for (std::string item; std::getline(words, item, ',');) items.push_back(item);
  return items;
}

std::string help_text(const Usage& usage) {
  std::ostringstream out;
  out << "usage: " << usage.synopsis << "\n\n" << usage.summary << "\n";
  for (const Usage::Group& group : usage.groups) out << "\n" << described(group);
  return out.str();
}

}  // namespace latent::cli
