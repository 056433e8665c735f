// says: expectation
#include <latent/latent_model.hpp>

struct Model {
  struct Parameters {};
  struct Statistics {};
  using Observation = double;
  Parameters maximization(const Statistics&, const Parameters&) const { return {}; }
};
static_assert(latent::LatentModel<Model>);
