// says: Statistics
#include <latent/latent_model.hpp>

struct Model {
  struct Parameters {};
  using Observation = double;
  double expectation(const Parameters&, std::span<const double>) const { return 0; }
  Parameters maximization(const Parameters&) const { return {}; }
};
static_assert(latent::LatentModel<Model>);
