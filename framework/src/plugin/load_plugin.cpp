#include <algorithm>
#include <system_error>

#include <dlfcn.h>
#include <latent/error.hpp>
#include <latent/load_plugin.hpp>
#include <latent/plugin.hpp>

namespace latent {
namespace {

std::string last_reason(const std::filesystem::path& file) {
  const char* const reason = dlerror();
  std::string text = reason ? reason : "for no reason that is known";
  // The loader repeats the name of the file.
  const std::string name = file.string() + ": ";
  return text.starts_with(name) ? text.substr(name.size()) : text;
}

template <class Function>
Function* find(void* library, const char* name) {
  return reinterpret_cast<Function*>(dlsym(library, name));
}

}  // namespace

std::vector<ModelEntry> load_plugin(const std::filesystem::path& file) {
  const auto refuse = [&](const std::string& reason) { throw Error(file.string() + ": " + reason); };
  std::error_code none;
  if (!std::filesystem::is_regular_file(file, none)) refuse("there is no such plugin");
  // A name without a slash would be looked for among the system's libraries.
  void* const library = dlopen(std::filesystem::absolute(file).c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!library) refuse("cannot be loaded: " + last_reason(std::filesystem::absolute(file)));
  const auto interface = find<const char*()>(library, "latent_plugin_interface");
  const auto models = find<void(std::vector<ModelEntry>&)>(library, "latent_plugin_models");
  if (!interface || !models) refuse("is no plugin of latent: it has no line LATENT_PLUGIN(...)");
  if (const std::string built = interface(), here = plugin_interface(); built != here) {
    refuse("was built against " + built + ", this program is " + here + "; build the plugin again");
  }
  std::vector<ModelEntry> entries;
  models(entries);
  return entries;
}

std::vector<std::filesystem::path> plugins_in(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> plugins;
  std::error_code error;
  for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    if (entry->path().extension() == ".so") plugins.push_back(entry->path());
  }
  if (error) throw Error(folder.string() + ": cannot be read as a folder of plugins: " + error.message());
  std::ranges::sort(plugins);
  return plugins;
}

}  // namespace latent
