#pragma once

#include <limits>

#include <latent/accelerator.hpp>

namespace latent {

// Squared extrapolation, scheme S3 (Varadhan & Roland 2008, table 1): from x0 two EM steps to x1 and x2, then
//   x' = x0 - 2 a r + a^2 v,  r = x1 - x0,  v = x2 - x1 - r,  a = -|r| / |v|,
// and an EM step from there, which begins the next cycle. |a| is at most a limit that grows when it held and was kept,
// and shrinks when it held and was refused.
class Squarem : public Accelerator {
 public:
  void learn(const MapStep& step) override;
  std::optional<Eigen::VectorXd> propose() override;
  void refused() override;
  double rate() const override { return rate_; }
  void visit_state(SavedState& state) override;

 private:
  MapStep before_, last_;
  int steps_ = 0;  // of this cycle that EM has made one after the other
  bool extrapolated_ = false, limited_ = false;
  double limit_ = 1, rate_ = std::numeric_limits<double>::quiet_NaN();
};

}  // namespace latent
