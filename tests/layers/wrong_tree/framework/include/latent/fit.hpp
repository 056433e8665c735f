#pragma once

#include <latent/gmm/mixture.hpp>  // fault: the framework knows no model

// Fits a gmm. (fault: nor does it speak of one)
