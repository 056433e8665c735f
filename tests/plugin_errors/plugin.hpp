#pragma once

#include <cstddef>
#include <span>

#include <latent/fit.hpp>

// What a model must have; the plugins add a member that is wrong.
struct Plugin {
  struct Parameters {};
  struct Statistics {};
  using Observation = double;
  double expectation(const Parameters&, std::span<const double>, Statistics&) const { return 0; }
  Parameters maximization(const Statistics&, const Parameters&) const { return {}; }
};

// A fit of it, to make the compiler look.
template <class Model>
void fit(const Model& model) {
  const double data[] = {1, 2, 3};
  latent::fit(model, data);
}
