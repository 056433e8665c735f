// says: from_labels.*Parameters from_labels\(Data rows
#include "plugin.hpp"

struct Model {
  struct Parameters {};
  struct Statistics {};
  using Data = latent::Observations;
  double expectation(const Parameters&, latent::Observations, Statistics&) const { return 0; }
  Parameters maximization(const Statistics&, const Parameters&) const { return {}; }
  Parameters from_labels(latent::Observations, std::span<const std::size_t>) const { return {}; }
};

int main() {
  const latent::RowMajorMatrix rows{{1}, {2}};
  latent::fit(Model{}, rows);
}
