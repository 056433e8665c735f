#include <vector>

#include <latent/hmm/chain.hpp>

#include "../../gmm/src/mixture.hpp"  // fault: a private header of another folder
