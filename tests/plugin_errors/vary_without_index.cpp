// says: vary.*Parameters vary\(const Parameters&, Data, std::size_t index, Random&, Weights\) const
#include "plugin.hpp"

struct Model : Plugin {
  Parameters vary(const Parameters& at, std::span<const double>, latent::Random&) const { return at; }
};

int main() { fit(Model{}); }
