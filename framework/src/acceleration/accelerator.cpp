#include <string>

#include <latent/accelerator.hpp>
#include <latent/error.hpp>

#include "acx.hpp"
#include "anderson.hpp"
#include "saddle_free.hpp"
#include "squarem.hpp"

namespace latent {

const char* name_of(Acceleration acceleration) {
  switch (acceleration) {
    case Acceleration::none: return "none";
    case Acceleration::squarem: return "squarem";
    case Acceleration::anderson: return "anderson";
    case Acceleration::acx: return "acx";
    case Acceleration::automatic: return "auto";
  }
  return "";
}

Acceleration acceleration(const std::string& name) {
  for (Acceleration each : {Acceleration::none, Acceleration::squarem, Acceleration::anderson, Acceleration::acx,
                            Acceleration::automatic}) {
    if (name == name_of(each)) return each;
  }
  throw OptionError("acceleration is '" + name + "', it must be auto, none, squarem, anderson or acx");
}

std::unique_ptr<Accelerator> make_accelerator(Acceleration acceleration) {
  switch (acceleration) {
    case Acceleration::none: return nullptr;
    case Acceleration::squarem: return std::make_unique<Squarem>();
    case Acceleration::anderson: return std::make_unique<Anderson>();
    case Acceleration::acx: return std::make_unique<Acx>();
    case Acceleration::automatic: return std::make_unique<SaddleFree>();
  }
  return nullptr;
}

}  // namespace latent
