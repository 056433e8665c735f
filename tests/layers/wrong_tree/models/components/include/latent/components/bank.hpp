#pragma once

#include <latent/fit.hpp>
#include <latent/gmm/mixture.hpp>  // fault: the components serve the models, not the other way round
