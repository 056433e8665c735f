#pragma once

#include <latent/any_model.hpp>

namespace latent {

// The Gaussian mixture for programs that know models by name.
ModelEntry gaussian_mixture_entry();

}  // namespace latent
