#pragma once

#include <latent/gmm/mixture.hpp>  // fault: one model includes another
