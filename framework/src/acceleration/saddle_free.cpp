#include "saddle_free.hpp"

#include <algorithm>
#include <cmath>
#include <complex>
#include <limits>
#include <utility>

#include <Eigen/Cholesky>
#include <Eigen/Eigenvalues>
#include <Eigen/LU>

namespace latent {
namespace {

// A path is quiet after so many steps of EM whose gain was not more than that of the step before; by then as many as may
// be remembered are needed.
constexpr std::size_t quiet_after = 8, remember_after = 3;
constexpr double growing = 1.01;
constexpr double limit_grows = 2, limit_shrinks = 4;
constexpr std::size_t longest_wait = 8;

}  // namespace

bool SaddleFree::quiet() const { return quiet_steps_ >= quiet_after; }

bool SaddleFree::awake(double objective) {
  if (!quiet()) {
    const double change = objective - objective_;
    quiet_steps_ = change < growing * change_ ? quiet_steps_ + 1 : 0;
    objective_ = objective;
    change_ = change;
  }
  return quiet_steps_ >= remember_after;
}

void SaddleFree::learn(const MapStep& step) {
  if (std::exchange(proposed_, false)) {  // it was kept
    if (limited_) limit_ *= limit_grows;
    refusals_ = 0;
  }
  if (first_.size() == 0) {
    first_ = step.at;
    widest_ = Eigen::VectorXd::Zero(first_.size());
    secants_.set_weights(Eigen::VectorXd::Ones(first_.size()));
  } else {
    const Eigen::VectorXd moved = step.at - last_.at;
    secants_.add(moved, moved - (step.image - last_.image));
  }
  last_ = step;
  if (weighted_) return;
  widest_ = widest_.cwiseMax((step.at - first_).cwiseAbs());
  if (quiet()) {
    // Free of units: each coordinate is measured by how far it has moved.
    constexpr double smallest = 1e-6;
    weighted_ = true;
    secants_.set_weights(widest_.cwiseMax(smallest * widest_.maxCoeff()).array().square().inverse());
  }
}

std::optional<Eigen::VectorXd> SaddleFree::propose() {
  if (!quiet() || secants_.empty()) return std::nullopt;
  if (wait_ > 0) {
    --wait_;
    return std::nullopt;
  }
  const Secants::Span span = secants_.span();
  seen_ = span.matrix;
  const Eigen::VectorXd residual = last_.image - last_.at;
  const Eigen::VectorXd proposal = last_.at + secants_.move(span, step_of(secants_.project(span, residual)), residual);
  if (!proposal.allFinite()) return std::nullopt;
  proposed_ = true;
  return proposal;
}

// (I - J)^-1 on the span, with every eigenvalue taken by its absolute value and kept above 1 / limit.
Eigen::VectorXd SaddleFree::step_of(const Eigen::VectorXd& residual) {
  limited_ = false;
  // If x^T (I - J) x is above |x|^2 / limit for all x, so are the real parts of all eigenvalues: Newton's step then.
  const Eigen::MatrixXd symmetric =
      (seen_ + seen_.transpose()) / 2 - Eigen::MatrixXd::Identity(seen_.rows(), seen_.cols()) / limit_;
  if (symmetric.llt().info() == Eigen::Success) {
    stretch_ = limit_;
    return seen_.partialPivLu().solve(residual);
  }
  const Eigen::EigenSolver<Eigen::MatrixXd> eigen(seen_);
  const Eigen::MatrixXcd directions = eigen.eigenvectors();
  Eigen::VectorXcd along = directions.partialPivLu().solve(residual.cast<std::complex<double>>());
  stretch_ = 1;
  for (Eigen::Index i = 0; i < along.size(); ++i) {
    const std::complex<double> shortfall = eigen.eigenvalues()[i];  // 1 - r
    const double size = std::abs(shortfall);
    limited_ = limited_ || size * limit_ < 1;
    stretch_ = std::max(stretch_, size > 0 ? std::min(limit_, 1 / size) : limit_);
    std::complex<double> turn = size > 0 ? std::conj(shortfall) / size : 1;
    if (turn.real() < 0) turn = -turn;
    along[i] *= turn / std::max(size, 1 / limit_);
  }
  return (directions * along).real();
}

double SaddleFree::rate() const {
  if (seen_.size() == 0 || !seen_.allFinite()) return std::numeric_limits<double>::quiet_NaN();
  return 1 - seen_.eigenvalues().real().minCoeff();
}

void SaddleFree::refused() {
  proposed_ = false;
  limit_ = stretch_ / limit_shrinks;
  if (!(limit_ > 1)) limit_ = limit_grows;
  wait_ = std::min(refusals_, longest_wait);
  ++refusals_;
}

void SaddleFree::visit_state(SavedState& state) {
  state.visit("secants", secants_);
  state.visit("first", first_);
  state.visit("widest", widest_);
  state.visit("last", last_);
  state.visit("quiet_steps", quiet_steps_);
  state.visit("objective", objective_);
  state.visit("change", change_);
  state.visit("weighted", weighted_);
  state.visit("proposed", proposed_);
  state.visit("limited", limited_);
  state.visit("limit", limit_);
  state.visit("stretch", stretch_);
  state.visit("refusals", refusals_);
  state.visit("wait", wait_);
  state.visit("seen", seen_);
}

}  // namespace latent
