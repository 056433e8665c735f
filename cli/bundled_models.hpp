#pragma once

#include <vector>

#include <latent/any_model.hpp>

namespace latent::cli {

// The models that come with the program: the one place that names them.
std::vector<ModelEntry> bundled_models();

}  // namespace latent::cli
