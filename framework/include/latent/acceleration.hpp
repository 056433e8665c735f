#pragma once

#include <string>

namespace latent {

// How a fit goes faster than by EM steps alone. All work for any model whose Parameters have fields(), in stabilized
// coordinates (<latent/constraint.hpp>), and keep a step only if the objective does not fall.
enum class Acceleration {
  none,      // EM
  squarem,   // squared extrapolation, third step length (Varadhan & Roland 2008, Scand. J. Statist. 35, 335, section 3)
  anderson,  // Anderson acceleration, restarted and damped (Henderson & Varadhan 2019, J. Comput. Graph. Statist. 28,
             // 834: DAAREM)
  acx,       // alternating cyclic extrapolation of orders 3 and 2 (Lepage-Saucier 2024, J. Comput. Appl. Math. 439,
             // 115607)
  automatic,  // EM until its path is a quiet one, then saddle-free multisecant steps (docs/design.md); named "auto"
};
const char* name_of(Acceleration acceleration);
Acceleration acceleration(const std::string& name);  // throws OptionError

}  // namespace latent
