// says: sample.*sample\(const Parameters&, std::size_t columns, std::size_t count, Random&\) const
#include "plugin.hpp"

struct Model {
  struct Parameters {};
  struct Statistics {};
  using Data = latent::Observations;
  double expectation(const Parameters&, latent::Observations, Statistics&) const { return 0; }
  Parameters maximization(const Statistics&, const Parameters&) const { return {}; }
  latent::RowMajorMatrix sample(const Parameters&, std::size_t, latent::Random&) const { return {}; }
};

int main() {
  const latent::RowMajorMatrix rows{{1}, {2}};
  latent::fit(Model{}, rows);
}
