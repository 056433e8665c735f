#pragma once

#include <limits>
#include <vector>

#include <latent/accelerator.hpp>

namespace latent {

// Anderson acceleration with restarts and damping (Henderson & Varadhan 2019, sections 3.1 to 3.3: DAAREM). With
// residuals f = M(x) - x, the differences X of the last points and F of their residuals,
//   x' = M(x) - (X + F) g,   g = (F^T F + l I)^-1 F^T f,
// l such that |g|^2 is the share d of what it is without damping, d = 1 / (1 + a^(k - s)), a = 1.2, k = 25. s counts
// what was kept, and falls by the order when a proposal is refused. After as many differences as the order all are forgotten.
class Anderson : public Accelerator {
 public:
  void learn(const MapStep& step) override;
  std::optional<Eigen::VectorXd> propose() override;
  void refused() override;
  double rate() const override { return rate_; }
  void visit_state(SavedState& state) override;

 private:
  Eigen::VectorXd damped_coefficients(const Eigen::MatrixXd& f_differences, const Eigen::VectorXd& residual) const;
  Eigen::VectorXd residual() const { return last_.image - last_.at; }

  std::size_t order_ = 1;
  MapStep last_;
  std::vector<Eigen::VectorXd> x_, f_;  // differences
  bool proposed_ = false;
  double kept_ = 0, rate_ = std::numeric_limits<double>::quiet_NaN();
};

}  // namespace latent
