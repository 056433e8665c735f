#include "secants.hpp"

#include <cmath>
#include <utility>

#include <Eigen/Cholesky>

namespace latent {
namespace {

// The sine of the least angle at which a pair shows something new. What is closer says more of the curvature of the map
// than of its derivative.
constexpr double new_direction = 0.05;

}  // namespace

void Secants::set_weights(Eigen::VectorXd weights) {
  weights_ = std::move(weights);
  std::vector<Pair> pairs = std::exchange(pairs_, {});
  for (Pair& pair : pairs) add(pair.dx, pair.dg);
}

void Secants::add(const Eigen::VectorXd& dx, const Eigen::VectorXd& dg) {
  const double length = std::sqrt(dx.dot(weights_.cwiseProduct(dx)));
  if (!(length > 0) || !std::isfinite(length)) return;
  if (pairs_.size() == capacity_) {
    pairs_.erase(pairs_.begin());
    for (Pair& pair : pairs_) {
      pair.with_dx.erase(pair.with_dx.begin());
      pair.with_dg.erase(pair.with_dg.begin());
    }
  }
  Pair added{dx / length, dg / length, {}, {}, {}};
  added.weighted = weights_.cwiseProduct(added.dx);
  for (Pair& pair : pairs_) {
    pair.with_dx.push_back(pair.weighted.dot(added.dx));
    pair.with_dg.push_back(pair.weighted.dot(added.dg));
    added.with_dx.push_back(pair.with_dx.back());
    added.with_dg.push_back(added.weighted.dot(pair.dg));
  }
  added.with_dx.push_back(1);
  added.with_dg.push_back(added.weighted.dot(added.dg));
  pairs_.push_back(std::move(added));
}

Secants::Span Secants::span() const {
  // Cholesky's factorisation of the inner products, pair by pair, leaving out those without a direction of their own.
  Span span;
  const auto most = static_cast<Eigen::Index>(pairs_.size());
  Eigen::MatrixXd factor = Eigen::MatrixXd::Zero(most, most);  // lower triangular
  for (std::size_t i = pairs_.size(); i-- > 0;) {
    const auto k = static_cast<Eigen::Index>(span.pairs.size());
    Eigen::VectorXd row(k);
    for (Eigen::Index j = 0; j < k; ++j) row[j] = pairs_[i].with_dx[span.pairs[static_cast<std::size_t>(j)]];
    if (k > 0) row = factor.topLeftCorner(k, k).triangularView<Eigen::Lower>().solve(row).eval();
    const double left = 1 - row.squaredNorm();  // the square of the sine
    if (!(left > new_direction * new_direction)) continue;
    factor.row(k).head(k) = row.transpose();
    factor(k, k) = std::sqrt(left);
    span.pairs.push_back(i);
  }
  const auto k = static_cast<Eigen::Index>(span.pairs.size());
  Eigen::MatrixXd products(k, k);
  for (Eigen::Index i = 0; i < k; ++i) {
    for (Eigen::Index j = 0; j < k; ++j) {
      products(i, j) = pairs_[span.pairs[static_cast<std::size_t>(i)]].with_dg[span.pairs[static_cast<std::size_t>(j)]];
    }
  }
  span.to_basis =
      factor.topLeftCorner(k, k).triangularView<Eigen::Lower>().transpose().solve(Eigen::MatrixXd::Identity(k, k));
  span.matrix = span.to_basis.transpose() * products * span.to_basis;
  return span;
}

Eigen::VectorXd Secants::project(const Span& span, const Eigen::VectorXd& f) const {
  Eigen::VectorXd products(static_cast<Eigen::Index>(span.pairs.size()));
  for (Eigen::Index j = 0; j < products.size(); ++j) {
    products[j] = pairs_[span.pairs[static_cast<std::size_t>(j)]].weighted.dot(f);
  }
  return span.to_basis.transpose() * products;
}

Eigen::VectorXd Secants::move(const Span& span, const Eigen::VectorXd& c, const Eigen::VectorXd& f) const {
  // f - G c less its part in B, whose coordinates are B^T f - matrix c.
  const Eigen::VectorXd along = span.to_basis * (c - (project(span, f) - span.matrix * c));
  const Eigen::VectorXd images = span.to_basis * c;
  Eigen::VectorXd result = f;
  for (Eigen::Index j = 0; j < c.size(); ++j) {
    const Pair& pair = pairs_[span.pairs[static_cast<std::size_t>(j)]];
    result += along[j] * pair.dx - images[j] * pair.dg;
  }
  return result;
}

void Secants::visit_state(SavedState& state) {
  state.visit("capacity", capacity_);
  state.visit("weights", weights_);
  state.visit("pairs", pairs_);
}

void Secants::Pair::visit_state(SavedState& state) {
  state.visit("dx", dx);
  state.visit("dg", dg);
  state.visit("weighted", weighted);
  state.visit("with_dx", with_dx);
  state.visit("with_dg", with_dg);
}

}  // namespace latent
