#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include <Eigen/Cholesky>
#include <Eigen/Core>
#include <latent/constraint.hpp>
#include <latent/text.hpp>

namespace latent {
namespace {

using Kind = Constraint::Kind;
using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

// How far from one the sum of probabilities may be that a person wrote with a few digits, or a program summed.
constexpr double simplex_slack = 1e-6;
// How unsymmetric a symmetric matrix may be, relative to its diagonal.
constexpr double symmetry_slack = 1e-9;

std::size_t triangle(std::size_t dimensions) { return dimensions * (dimensions + 1) / 2; }
std::size_t side(std::size_t size) {
  return static_cast<std::size_t>(std::lround(std::sqrt(static_cast<double>(size))));
}

Eigen::Map<const RowMajor> square(std::span<const double> block) {
  const auto n = static_cast<Eigen::Index>(side(block.size()));
  return {block.data(), n, n};
}

std::optional<std::string> covariance_violation(std::span<const double> block) {
  const Eigen::Map<const RowMajor> matrix = square(block);
  const Eigen::Index n = matrix.rows();
  for (Eigen::Index i = 0; i < n; ++i) {
    if (!(matrix(i, i) > 0)) {
      return "is not positive definite: its diagonal entry " + std::to_string(i + 1) + " is " + number(matrix(i, i));
    }
  }
  const Eigen::VectorXd scales = matrix.diagonal().cwiseSqrt();
  Eigen::MatrixXd correlation(n, n);
  for (Eigen::Index i = 0; i < n; ++i) {
    for (Eigen::Index j = 0; j < n; ++j) correlation(i, j) = matrix(i, j) / scales[i] / scales[j];
  }
  for (Eigen::Index i = 0; i < n; ++i) {
    for (Eigen::Index j = 0; j < i; ++j) {
      if (!(std::abs(correlation(i, j) - correlation(j, i)) <= symmetry_slack)) {
        return "is not symmetric: entry (" + std::to_string(i + 1) + ", " + std::to_string(j + 1) + ") is " +
               number(matrix(i, j)) + " and entry (" + std::to_string(j + 1) + ", " + std::to_string(i + 1) + ") is " +
               number(matrix(j, i));
      }
    }
  }
  if (Eigen::LLT<Eigen::MatrixXd>(correlation).info() != Eigen::Success) {
    return "is not positive definite: a linear combination of its variables has no variance";
  }
  return std::nullopt;
}

}  // namespace

const char* Constraint::name() const {
  switch (kind_) {
    case Kind::real: return "real";
    case Kind::positive: return "positive";
    case Kind::non_negative: return "non_negative";
    case Kind::interval: return "interval";
    case Kind::simplex: return "simplex";
    case Kind::ordered: return "ordered";
    case Kind::positive_definite: return "positive_definite";
    case Kind::fixed: return "fixed";
  }
  return "";
}

std::size_t Constraint::block_size(std::span<const std::size_t> shape) const {
  switch (kind_) {
    case Kind::simplex:
    case Kind::ordered: return shape.empty() ? 1 : shape.back();
    case Kind::positive_definite: return shape.size() < 2 ? 1 : shape[shape.size() - 1] * shape[shape.size() - 2];
    default: return 1;
  }
}

std::size_t Constraint::free_size(std::size_t size) const {
  switch (kind_) {
    case Kind::simplex: return size == 0 ? 0 : size - 1;
    case Kind::positive_definite: return triangle(side(size));
    case Kind::fixed: return 0;
    default: return size;
  }
}

std::size_t Constraint::natural_size(std::size_t size) const {
  if (kind_ == Kind::fixed) return 0;
  return kind_ == Kind::positive_definite ? triangle(side(size)) : size;
}

void Constraint::to_unconstrained(std::span<const double> block, std::span<double> free) const {
  switch (kind_) {
    case Kind::real: std::ranges::copy(block, free.begin()); break;
    case Kind::positive:
    case Kind::non_negative: std::ranges::transform(block, free.begin(), [](double x) { return std::log(x); }); break;
    case Kind::interval:
      std::ranges::transform(block, free.begin(),
                             [this](double x) { return std::log(x - lower_) - std::log(upper_ - x); });
      break;
    case Kind::simplex:
      for (std::size_t i = 0; i < free.size(); ++i) free[i] = std::log(block[i]) - std::log(block.back());
      break;
    case Kind::ordered:
      for (std::size_t i = 0; i < free.size(); ++i) free[i] = i == 0 ? block[0] : std::log(block[i] - block[i - 1]);
      break;
    case Kind::positive_definite: {
      const Eigen::LLT<Eigen::MatrixXd> cholesky(square(block));
      if (cholesky.info() != Eigen::Success) {
        std::ranges::fill(free, std::numeric_limits<double>::quiet_NaN());
        break;
      }
      const Eigen::MatrixXd factor = cholesky.matrixL();
      std::size_t at = 0;
      for (Eigen::Index i = 0; i < factor.rows(); ++i) {
        for (Eigen::Index j = 0; j <= i; ++j) free[at++] = i == j ? std::log(factor(i, i)) : factor(i, j);
      }
      break;
    }
    case Kind::fixed: break;
  }
}

void Constraint::from_unconstrained(std::span<const double> free, std::span<double> block) const {
  switch (kind_) {
    case Kind::real: std::ranges::copy(free, block.begin()); break;
    case Kind::positive:
    case Kind::non_negative: std::ranges::transform(free, block.begin(), [](double x) { return std::exp(x); }); break;
    case Kind::interval:
      std::ranges::transform(free, block.begin(),
                             [this](double x) { return lower_ + (upper_ - lower_) / (1 + std::exp(-x)); });
      break;
    case Kind::simplex: {
      const double top = std::max(0.0, free.empty() ? 0.0 : std::ranges::max(free));
      double sum = std::exp(-top);
      for (std::size_t i = 0; i < free.size(); ++i) sum += block[i] = std::exp(free[i] - top);
      block.back() = std::exp(-top);
      for (double& p : block) p /= sum;
      break;
    }
    case Kind::ordered:
      for (std::size_t i = 0; i < free.size(); ++i) block[i] = i == 0 ? free[0] : block[i - 1] + std::exp(free[i]);
      break;
    case Kind::positive_definite: {
      const auto n = static_cast<Eigen::Index>(side(block.size()));
      Eigen::MatrixXd factor = Eigen::MatrixXd::Zero(n, n);
      std::size_t at = 0;
      for (Eigen::Index i = 0; i < n; ++i) {
        for (Eigen::Index j = 0; j <= i; ++j, ++at) factor(i, j) = i == j ? std::exp(free[at]) : free[at];
      }
      Eigen::Map<RowMajor>(block.data(), n, n).noalias() = factor * factor.transpose();
      break;
    }
    case Kind::fixed: break;
  }
}

void Constraint::to_natural(std::span<const double> block, std::span<double> natural) const {
  if (kind_ == Kind::fixed) return;
  if (kind_ != Kind::positive_definite) {
    std::ranges::copy(block, natural.begin());
    return;
  }
  const Eigen::Map<const RowMajor> matrix = square(block);
  std::size_t at = 0;
  for (Eigen::Index i = 0; i < matrix.rows(); ++i) {
    for (Eigen::Index j = 0; j <= i; ++j) natural[at++] = matrix(i, j);
  }
}

void Constraint::from_natural(std::span<const double> natural, std::span<double> block) const {
  if (kind_ == Kind::fixed) return;
  if (kind_ != Kind::positive_definite) {
    std::ranges::copy(natural, block.begin());
    return;
  }
  const auto n = static_cast<Eigen::Index>(side(block.size()));
  Eigen::Map<RowMajor> matrix(block.data(), n, n);
  std::size_t at = 0;
  for (Eigen::Index i = 0; i < n; ++i) {
    for (Eigen::Index j = 0; j <= i; ++j) matrix(i, j) = matrix(j, i) = natural[at++];
  }
}

std::size_t Constraint::stabilized_size(std::size_t size) const {
  return kind_ == Kind::simplex ? size : free_size(size);
}

void Constraint::to_stabilized(std::span<const double> block, std::span<double> stabilized) const {
  switch (kind_) {
    case Kind::simplex:
    case Kind::non_negative:
      std::ranges::transform(block, stabilized.begin(), [](double x) { return std::sqrt(x); });
      break;
    case Kind::interval:
      std::ranges::transform(block, stabilized.begin(), [this](double x) {
        return std::asin(std::sqrt(std::clamp((x - lower_) / (upper_ - lower_), 0.0, 1.0)));
      });
      break;
    default: to_unconstrained(block, stabilized);
  }
}

void Constraint::from_stabilized(std::span<const double> stabilized, std::span<double> block) const {
  const auto square_of = [](double x) { return x * x; };
  switch (kind_) {
    case Kind::simplex: {
      std::ranges::transform(stabilized, block.begin(), square_of);
      const double sum = std::accumulate(block.begin(), block.end(), 0.0);
      for (double& p : block) p /= sum;
      break;
    }
    case Kind::non_negative: std::ranges::transform(stabilized, block.begin(), square_of); break;
    case Kind::interval:
      std::ranges::transform(stabilized, block.begin(), [&](double x) {
        return std::clamp(lower_ + (upper_ - lower_) * square_of(std::sin(x)), lower_, upper_);
      });
      break;
    default: from_unconstrained(stabilized, block);
  }
}

bool Constraint::at_edge(std::span<const double> block) const {
  constexpr double near = 1e-6;
  switch (kind_) {
    case Kind::simplex: return std::ranges::any_of(block, [](double p) { return p < near; });
    case Kind::interval:
      return std::ranges::any_of(
          block, [this](double x) { return std::min(x - lower_, upper_ - x) < near * (upper_ - lower_); });
    case Kind::non_negative: return std::ranges::any_of(block, [](double x) { return x < near; });
    default: return false;
  }
}

std::optional<std::string> Constraint::violation(std::span<const double> block) const {
  for (double x : block) {
    if (!std::isfinite(x)) return "has the value " + number(x) + ", it must be finite";
  }
  switch (kind_) {
    case Kind::positive:
      for (double x : block) {
        if (!(x > 0)) return "has the value " + number(x) + ", it must be positive";
      }
      break;
    case Kind::non_negative:
      for (double x : block) {
        if (x < 0) return "has the value " + number(x) + ", it must not be negative";
      }
      break;
    case Kind::interval:
      for (double x : block) {
        if (x < lower_ || x > upper_) {
          return "has the value " + number(x) + ", it must lie between " + number(lower_) + " and " + number(upper_);
        }
      }
      break;
    case Kind::simplex: {
      for (double x : block) {
        if (x < 0) return "has the value " + number(x) + ", probabilities are not negative";
      }
      const double sum = std::accumulate(block.begin(), block.end(), 0.0);
      if (std::abs(sum - 1) > simplex_slack) return "sums to " + number(sum) + ", it must sum to 1";
      break;
    }
    case Kind::ordered:
      for (std::size_t i = 1; i < block.size(); ++i) {
        if (!(block[i - 1] < block[i])) {
          return "has " + number(block[i - 1]) + " before " + number(block[i]) + ", it must increase";
        }
      }
      break;
    case Kind::positive_definite: return covariance_violation(block);
    case Kind::real:
    case Kind::fixed: break;
  }
  return std::nullopt;
}

}  // namespace latent
