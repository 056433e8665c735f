#pragma once

#include <limits>
#include <vector>

#include <latent/accelerator.hpp>

namespace latent {

// Alternating cyclic extrapolation, ACX(3, 2) (Lepage-Saucier 2024, section 2): with the differences D, D2, D3 of the
// points x0, x1 = M(x0), x2, x3 of EM steps one after the other, by turns
//   x' = x0 + 3 s D + 3 s^2 D2 + s^3 D3,  s = |<D2, D3>| / |D3|^2
//   x' = x0 + 2 s D + s^2 D2,             s = |<D, D2>| / |D2|^2,  s at least 1
class Acx : public Accelerator {
 public:
  void learn(const MapStep& step) override;
  std::optional<Eigen::VectorXd> propose() override;
  void refused() override { steps_.clear(); }
  double rate() const override { return rate_; }
  void visit_state(SavedState& state) override;

 private:
  std::size_t order_ = 3;
  std::vector<MapStep> steps_;  // one after the other
  double rate_ = std::numeric_limits<double>::quiet_NaN();
};

}  // namespace latent
