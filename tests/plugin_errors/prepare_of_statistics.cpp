// says: prepare|PrepareAsDocumented
#include "plugin.hpp"

struct Model : Plugin {
  Parameters prepare(const Statistics&) const { return {}; }
};

static_assert(latent::LatentModel<Model>);
