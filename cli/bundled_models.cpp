#include "bundled_models.hpp"

#include <latent/gmm/registration.hpp>

namespace latent::cli {

std::vector<ModelEntry> bundled_models() { return {gaussian_mixture_entry()}; }

}  // namespace latent::cli
