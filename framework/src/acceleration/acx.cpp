#include "acx.hpp"

#include <algorithm>
#include <cmath>

namespace latent {

void Acx::learn(const MapStep& step) {
  if (!steps_.empty() && step.at != steps_.back().image) steps_.clear();
  steps_.push_back(step);
}

std::optional<Eigen::VectorXd> Acx::propose() {
  if (steps_.size() < order_) return std::nullopt;
  const MapStep& first = steps_[steps_.size() - order_];
  const Eigen::VectorXd x0 = first.at, d1 = first.image - first.at;
  const MapStep& second = steps_[steps_.size() - order_ + 1];
  const Eigen::VectorXd d2 = second.image - second.at - d1;
  const Eigen::VectorXd d3 =
      order_ == 3 ? Eigen::VectorXd(steps_.back().image - 2 * steps_.back().at + second.at - d2) : Eigen::VectorXd();
  const Eigen::VectorXd &last = order_ == 3 ? d3 : d2, &one_before = order_ == 3 ? d2 : d1;
  steps_.clear();
  const double wanted = std::abs(last.dot(one_before)) / last.squaredNorm();
  if (!std::isfinite(wanted)) return std::nullopt;
  rate_ = 1 - 1 / std::max(1.0, wanted);
  const double s = std::max(1.0, wanted);
  if (s == 1) return std::nullopt;  // x' would be the image
  const Eigen::VectorXd proposal = order_ == 3 ? Eigen::VectorXd(x0 + 3 * s * d1 + 3 * s * s * d2 + s * s * s * d3)
                                               : Eigen::VectorXd(x0 + 2 * s * d1 + s * s * d2);
  order_ = order_ == 3 ? 2 : 3;
  return proposal;
}

void Acx::visit_state(SavedState& state) {
  state.visit("order", order_);
  state.visit("steps", steps_);
  state.visit("rate", rate_);
}

}  // namespace latent
