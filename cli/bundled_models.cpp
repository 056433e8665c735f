#include "bundled_models.hpp"

#include <latent/components/registration.hpp>
#include <latent/gmm/registration.hpp>
#include <latent/hmm/registration.hpp>

namespace latent::cli {

std::vector<ModelEntry> bundled_models() { return {gaussian_mixture_entry(), mixture_entry(), hidden_markov_entry()}; }

}  // namespace latent::cli
