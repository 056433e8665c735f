#pragma once

#include <latent/any_model.hpp>

namespace latent {

// The hidden Markov model for programs that know models by name.
ModelEntry hidden_markov_entry();

}  // namespace latent
