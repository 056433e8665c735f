#pragma once

#include <filesystem>
#include <vector>

#include <latent/any_model.hpp>

namespace latent {

// The models of a plugin (<latent/plugin.hpp>), which stays loaded as long as the program runs. Throws Error, beginning
// with the file's name, if it cannot be loaded, is no plugin, or was built against another version of latent: then it
// names both.
std::vector<ModelEntry> load_plugin(const std::filesystem::path& file);

// The shared libraries in a folder, in the order of their names. Throws Error for a folder that cannot be read.
std::vector<std::filesystem::path> plugins_in(const std::filesystem::path& folder);

}  // namespace latent
