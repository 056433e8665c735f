// says: draw.*Observation draw\(const Parameters&, Random&\) const
#include "plugin.hpp"

struct Model : Plugin {
  double draw(const Parameters&, std::size_t, latent::Random&) const { return 0; }
};

int main() { fit(Model{}); }
