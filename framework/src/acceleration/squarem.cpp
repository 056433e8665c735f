#include "squarem.hpp"

#include <algorithm>
#include <utility>

namespace latent {
namespace {

constexpr double growth = 4;  // of the limit: mstep of Varadhan & Roland's program

}  // namespace

void Squarem::learn(const MapStep& step) {
  const bool after_em = last_.image.size() > 0 && step.at == last_.image;
  before_ = std::exchange(last_, step);
  if (extrapolated_) {  // kept: this step is the one that settles what was extrapolated
    extrapolated_ = false;
    if (limited_) limit_ *= growth;
    steps_ = 0;
  } else {
    steps_ = after_em ? steps_ + 1 : 1;
  }
}

std::optional<Eigen::VectorXd> Squarem::propose() {
  if (steps_ < 2) return std::nullopt;
  const Eigen::VectorXd r = before_.image - before_.at;
  const Eigen::VectorXd v = last_.image - last_.at - r;
  if (!(v.norm() > 0)) return std::nullopt;
  const double wanted = r.norm() / v.norm();  // 1 / (1 - rate), were there one rate for all directions
  rate_ = 1 - 1 / wanted;
  limited_ = wanted >= limit_;
  const double length = std::clamp(wanted, 1.0, limit_);
  steps_ = 0;
  if (length == 1) {  // x' would be x2
    if (limited_) limit_ *= growth;
    return std::nullopt;
  }
  extrapolated_ = true;
  return before_.at + 2 * length * r + length * length * v;
}

void Squarem::refused() {
  extrapolated_ = false;
  if (limited_) limit_ = std::max(1.0, limit_ / growth);
}

void Squarem::visit_state(SavedState& state) {
  state.visit("before", before_);
  state.visit("last", last_);
  state.visit("steps", steps_);
  state.visit("extrapolated", extrapolated_);
  state.visit("limited", limited_);
  state.visit("limit", limit_);
  state.visit("rate", rate_);
}

}  // namespace latent
