// says: posterior.*posterior\(const Parameters&, Data rows\) const
#include "plugin.hpp"

struct Model {
  struct Parameters {};
  struct Statistics {};
  using Data = latent::Observations;
  double expectation(const Parameters&, latent::Observations, Statistics&) const { return 0; }
  Parameters maximization(const Statistics&, const Parameters&) const { return {}; }
  latent::RowMajorMatrix posterior(const Parameters&, latent::Observations) const { return {}; }
};

int main() {
  const latent::RowMajorMatrix rows{{1}, {2}};
  latent::fit(Model{}, rows);
}
