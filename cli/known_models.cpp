#include "known_models.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <map>
#include <sstream>
#include <utility>

#include <latent/error.hpp>
#include <latent/load_plugin.hpp>

#include "bundled_models.hpp"

namespace latent::cli {
namespace {

// The values of the options --plugin, which may stand anywhere.
std::vector<std::string> take_plugins(Words& words) {
  const std::string option = "--plugin";
  std::vector<std::string> files;
  Words others;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i] == option) {
      if (i + 1 == words.size()) throw OptionError("plugin has no value: it must be the file of a plugin, a .so");
      files.push_back(words[++i]);
    } else if (words[i].starts_with(option + "=")) {
      files.push_back(words[i].substr(option.size() + 1));
    } else {
      others.push_back(words[i]);
    }
  }
  words = std::move(others);
  return files;
}

// Models by name, and where each came from.
class Registry {
 public:
  void add_plugin(const std::string& file) {
    std::vector<ModelEntry> entries = load_plugin(file);
    for (ModelEntry& entry : entries) entry.plugin = std::filesystem::absolute(file).string();
    add(std::move(entries), file);
  }
  void add(std::vector<ModelEntry> entries, const std::string& source) {
    for (ModelEntry& entry : entries) {
      const auto [known, is_new] = sources_.emplace(entry.name, source);
      if (!is_new) {
        throw Error(source + ": has a model '" + entry.name + "', but so has " + known->second);
      }
      entries_.push_back(std::move(entry));
    }
  }
  std::vector<ModelEntry> entries() { return std::move(entries_); }

 private:
  std::map<std::string, std::string> sources_;
  std::vector<ModelEntry> entries_;
};

}  // namespace

std::vector<ModelEntry> known_models(Words& words) {
  Registry registry;
  registry.add(bundled_models(), "this program");
  std::vector<std::string> asked = take_plugins(words);
  for (const std::string& file : asked) registry.add_plugin(file);
  const char* const folders = std::getenv("LATENT_PLUGIN_PATH");
  if (!folders) return registry.entries();
  const auto leave_out = [](const Error& error) {
    std::cerr << "latent: left out of LATENT_PLUGIN_PATH: " << error.what() << "\n";
  };
  std::vector<std::filesystem::path> files;
  std::istringstream list(folders);
  for (std::string folder; std::getline(list, folder, ':');) {
    if (folder.empty()) continue;
    try {
      for (std::filesystem::path& file : plugins_in(folder)) files.push_back(std::move(file));
    } catch (const Error& error) {
      leave_out(error);
    }
  }
  for (const std::filesystem::path& file : files) {
    const auto same = [&](const std::string& other) {
      std::error_code none;
      return std::filesystem::equivalent(file, other, none);
    };
    if (std::ranges::any_of(asked, same)) continue;
    try {
      registry.add_plugin(file.string());
    } catch (const Error& error) {
      leave_out(error);
    }
  }
  return registry.entries();
}

}  // namespace latent::cli
