#include "anderson.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>

#include <Eigen/Eigenvalues>
#include <Eigen/LU>
#include <Eigen/SVD>
#include <boost/math/tools/roots.hpp>

namespace latent {
namespace {

constexpr double damping_base = 1.2, damping_centre = 25;

Eigen::MatrixXd as_columns(const std::vector<Eigen::VectorXd>& vectors) {
  Eigen::MatrixXd matrix(vectors.front().size(), static_cast<Eigen::Index>(vectors.size()));
  for (std::size_t j = 0; j < vectors.size(); ++j) matrix.col(static_cast<Eigen::Index>(j)) = vectors[j];
  return matrix;
}

// The largest eigenvalue of the map's derivative on the span of the differences: J X = X + F there.
double largest_rate(const Eigen::MatrixXd& x, const Eigen::MatrixXd& f) {
  const Eigen::MatrixXd derivative = (x.transpose() * x).fullPivLu().solve(x.transpose() * (x + f));
  if (!derivative.allFinite()) return std::numeric_limits<double>::quiet_NaN();
  return Eigen::EigenSolver<Eigen::MatrixXd>(derivative, false).eigenvalues().real().maxCoeff();
}

}  // namespace

void Anderson::learn(const MapStep& step) {
  if (proposed_) kept_ += 1;
  proposed_ = false;
  if (last_.at.size() == 0) {
    order_ = std::clamp<std::size_t>(static_cast<std::size_t>(step.at.size() + 1) / 2, 1, 10);
  } else {
    Eigen::VectorXd moved = step.at - last_.at;
    if (moved.squaredNorm() > 0) {
      x_.push_back(std::move(moved));
      f_.push_back(step.image - step.at - residual());
    }
  }
  last_ = step;
}

std::optional<Eigen::VectorXd> Anderson::propose() {
  if (x_.empty()) return std::nullopt;
  const Eigen::MatrixXd x = as_columns(x_), f = as_columns(f_);
  rate_ = largest_rate(x, f);
  const Eigen::VectorXd g = damped_coefficients(f, residual());
  if (x_.size() >= order_) {
    x_.clear();
    f_.clear();
  }
  if (!g.allFinite()) return std::nullopt;
  proposed_ = true;
  return last_.image - (x + f) * g;
}

void Anderson::refused() {
  proposed_ = false;
  kept_ = std::max(-2 * damping_centre, kept_ - static_cast<double>(order_));
}

Eigen::VectorXd Anderson::damped_coefficients(const Eigen::MatrixXd& f_differences,
                                              const Eigen::VectorXd& residual) const {
  const Eigen::JacobiSVD<Eigen::MatrixXd> svd(f_differences, Eigen::ComputeThinU | Eigen::ComputeThinV);
  const Eigen::ArrayXd singular = svd.singularValues();
  const Eigen::ArrayXd projected = (svd.matrixU().transpose() * residual).array();
  const auto size_at = [&](double damping) {
    return (singular * projected / (singular.square() + damping)).square().sum();
  };
  const double share = 1 / (1 + std::pow(damping_base, damping_centre - kept_));
  const double least = 1e-12 * singular.maxCoeff() * singular.maxCoeff();
  const double target = share * size_at(least);
  // |g|^2 falls with the damping: bisection on its logarithm.
  double lower = std::log(least), upper = lower + 1;
  while (size_at(std::exp(upper)) > target && upper < lower + 200) upper += 5;
  std::uintmax_t steps = 60;
  const auto excess = [&](double log_damping) { return size_at(std::exp(log_damping)) - target; };
  if (excess(lower) > 0 && excess(upper) < 0) {
    const auto found =
        boost::math::tools::bisect(excess, lower, upper, boost::math::tools::eps_tolerance<double>(10), steps);
    lower = found.first;
  }
  const double damping = std::exp(lower);
  return svd.matrixV() * (singular * projected / (singular.square() + damping)).matrix();
}

void Anderson::visit_state(SavedState& state) {
  state.visit("order", order_);
  state.visit("last", last_);
  state.visit("x", x_);
  state.visit("f", f_);
  state.visit("proposed", proposed_);
  state.visit("kept", kept_);
  state.visit("rate", rate_);
}

}  // namespace latent
