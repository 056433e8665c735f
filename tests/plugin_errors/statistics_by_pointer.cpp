// says: expectation
#include <latent/latent_model.hpp>

struct Model {
  struct Parameters {};
  struct Statistics {};
  using Observation = double;
  // The sums must be a Statistics&; here they are a pointer.
  double expectation(const Parameters&, std::span<const double>, Statistics*) const { return 0; }
  Parameters maximization(const Statistics&, const Parameters&) const { return {}; }
};
static_assert(latent::LatentModel<Model>);
