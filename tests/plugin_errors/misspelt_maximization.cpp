// says: maximization
#include <latent/latent_model.hpp>

struct Model {
  struct Parameters {};
  struct Statistics {};
  using Observation = double;
  double expectation(const Parameters&, std::span<const double>, Statistics&) const { return 0; }
  Parameters maximisation(const Statistics&, const Parameters&) const { return {}; }
};
static_assert(latent::LatentModel<Model>);
