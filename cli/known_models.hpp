#pragma once

#include <vector>

#include <latent/any_model.hpp>

#include "command.hpp"

namespace latent::cli {

// The models that come with the program, and those of plugins: of the files that options --plugin name, which are taken
// out of the words, and of the folders in the environment variable LATENT_PLUGIN_PATH. A plugin from a folder that
// cannot be loaded is told on standard error and left out. Throws Error for one that is asked for and cannot be loaded,
// and for two models of the same name.
std::vector<ModelEntry> known_models(Words& words);

}  // namespace latent::cli
