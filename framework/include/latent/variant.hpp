#pragma once

#include <cstddef>
#include <string>

namespace latent {

// How a run begins, before EM takes over and brings it to the end: the verdict is always EM's own.
enum class Variant {
  batch,        // with EM itself
  incremental,  // the M-step follows the E-step of every part of the data, whose sums replace the part's old ones
                // (Neal & Hinton 1998, in Jordan, Learning in Graphical Models, section 3)
  online,       // the same with sums that forget: s <- (1 - g_t) s + g_t s_part, g_t = (t + 2)^-0.6
                // (Cappe & Moulines 2009, J. R. Statist. Soc. B 71, 593)
  annealing,    // posteriors to the power 1/8 ... 1, for a model that can temper its posterior (Ueda & Nakano 1998,
                // Neural Networks 11, 271)
};
const char* name_of(Variant variant);
Variant variant(const std::string& name);  // throws OptionError

}  // namespace latent
