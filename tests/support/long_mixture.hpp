#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numbers>
#include <optional>
#include <random>
#include <vector>

// EM for mixtures of Gaussians in long double, one number at a time, by the textbook: an oracle that shares no code
// with the product. Two passes for covariances, a Cholesky factorisation of its own, logarithms throughout.
namespace oracle {

using Long = long double;
using Vector = std::vector<Long>;
using Matrix = std::vector<Vector>;

enum class Shape { full, tied, diagonal, spherical };

inline Matrix zeros(std::size_t rows, std::size_t columns) { return Matrix(rows, Vector(columns, 0)); }

// Covariances are whole matrices, one a component, whatever the shape.
struct Mixture {
  Shape shape = Shape::full;
  Vector weights;
  Matrix means;
  std::vector<Matrix> covariances;
  std::size_t components() const { return weights.size(); }
  std::size_t dimensions() const { return means.front().size(); }
};

struct Sample {
  Matrix rows;
  Vector weights;  // one a row
  Long total_weight() const {
    Long sum = 0;
    for (const Long weight : weights) sum += weight;
    return sum;
  }
};

// The conjugate prior of the means and covariances.
struct Prior {
  Vector mean;
  Long shrinkage = 0, degrees = 0;
  Matrix scale;
};

// Lower triangular, factor factor^T = matrix; empty if the matrix is not positive definite.
inline Matrix cholesky(const Matrix& matrix) {
  const std::size_t n = matrix.size();
  Matrix factor = zeros(n, n);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j <= i; ++j) {
      Long rest = matrix[i][j];
      for (std::size_t l = 0; l < j; ++l) rest -= factor[i][l] * factor[j][l];
      if (i == j && !(rest > 0)) return {};
      factor[i][j] = i == j ? std::sqrt(rest) : rest / factor[j][j];
    }
  }
  return factor;
}

inline Long log_determinant(const Matrix& factor) {
  Long sum = 0;
  for (std::size_t i = 0; i < factor.size(); ++i) sum += 2 * std::log(factor[i][i]);
  return sum;
}

// |factor^-1 away|^2
inline Long squared_distance(const Matrix& factor, const Vector& away) {
  Vector y(away.size());
  Long sum = 0;
  for (std::size_t i = 0; i < away.size(); ++i) {
    Long rest = away[i];
    for (std::size_t j = 0; j < i; ++j) rest -= factor[i][j] * y[j];
    y[i] = rest / factor[i][i];
    sum += y[i] * y[i];
  }
  return sum;
}

inline Vector difference(const Vector& a, const Vector& b) {
  Vector away(a.size());
  for (std::size_t j = 0; j < a.size(); ++j) away[j] = a[j] - b[j];
  return away;
}

// ln N(mean; mean, factor factor^T)
inline Long log_peak(const Matrix& factor) {
  return -(static_cast<Long>(factor.size()) * std::log(2 * std::numbers::pi_v<Long>) + log_determinant(factor)) / 2;
}

// n x K: ln w_k N(x_n; m_k, S_k)
inline Matrix log_joint(const Mixture& at, const Matrix& rows) {
  Matrix joint = zeros(rows.size(), at.components());
  for (std::size_t k = 0; k < at.components(); ++k) {
    const Matrix factor = cholesky(at.covariances[k]);
    const Long constant = std::log(at.weights[k]) + log_peak(factor);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      joint[i][k] = constant - squared_distance(factor, difference(rows[i], at.means[k])) / 2;
    }
  }
  return joint;
}

struct Expectation {
  Matrix responsibilities;  // n x K, without the rows' weights
  Vector log_likelihoods;   // n
  Long log_likelihood = 0;  // weighted
};

inline Expectation expect(const Mixture& at, const Sample& sample) {
  Expectation result{log_joint(at, sample.rows), Vector(sample.rows.size()), 0};
  for (std::size_t i = 0; i < sample.rows.size(); ++i) {
    Vector& row = result.responsibilities[i];
    const Long top = *std::max_element(row.begin(), row.end());
    Long sum = 0;
    for (const Long value : row) sum += std::exp(value - top);
    result.log_likelihoods[i] = top + std::log(sum);
    for (Long& value : row) value = std::exp(value - result.log_likelihoods[i]);
    if (sample.weights[i] > 0) result.log_likelihood += sample.weights[i] * result.log_likelihoods[i];
  }
  return result;
}

// What a shape makes of the covariances that each component would have by itself.
inline void impose(Mixture& mixture, const Vector& counts) {
  const std::size_t dimensions = mixture.dimensions();
  if (mixture.shape == Shape::tied) {
    Matrix common = zeros(dimensions, dimensions);
    Long total = 0;
    for (const Long count : counts) total += count;
    for (std::size_t k = 0; k < counts.size(); ++k) {
      for (std::size_t i = 0; i < dimensions; ++i) {
        for (std::size_t j = 0; j < dimensions; ++j) common[i][j] += counts[k] / total * mixture.covariances[k][i][j];
      }
    }
    for (Matrix& covariance : mixture.covariances) covariance = common;
  }
  if (mixture.shape != Shape::diagonal && mixture.shape != Shape::spherical) return;
  for (Matrix& covariance : mixture.covariances) {
    Long mean = 0;
    for (std::size_t i = 0; i < dimensions; ++i) mean += covariance[i][i] / static_cast<Long>(dimensions);
    for (std::size_t i = 0; i < dimensions; ++i) {
      for (std::size_t j = 0; j < dimensions; ++j) {
        if (i != j) covariance[i][j] = 0;
        if (i == j && mixture.shape == Shape::spherical) covariance[i][j] = mean;
      }
    }
  }
}

inline Mixture maximize(const Mixture& current, const Sample& sample, const Matrix& responsibilities) {
  Mixture next = current;
  const std::size_t dimensions = current.dimensions(), components = current.components();
  Vector counts(components, 0);
  for (std::size_t k = 0; k < components; ++k) {
    Vector mean(dimensions, 0);
    const auto weight = [&](std::size_t i) { return sample.weights[i] * responsibilities[i][k]; };
    for (std::size_t i = 0; i < sample.rows.size(); ++i) counts[k] += weight(i);
    for (std::size_t i = 0; i < sample.rows.size(); ++i) {
      for (std::size_t j = 0; j < dimensions; ++j) mean[j] += weight(i) * (sample.rows[i][j] - sample.rows[0][j]);
    }
    for (std::size_t j = 0; j < dimensions; ++j) mean[j] = sample.rows[0][j] + mean[j] / counts[k];
    Matrix covariance = zeros(dimensions, dimensions);
    for (std::size_t n = 0; n < sample.rows.size(); ++n) {
      const Vector away = difference(sample.rows[n], mean);
      for (std::size_t i = 0; i < dimensions; ++i) {
        const Long weighted = weight(n) * away[i];
        for (std::size_t j = 0; j < dimensions; ++j) covariance[i][j] += weighted * away[j];
      }
    }
    for (Vector& row : covariance) {
      for (Long& value : row) value /= counts[k];
    }
    next.weights[k] = counts[k] / sample.total_weight();
    next.means[k] = mean;
    next.covariances[k] = covariance;
  }
  impose(next, counts);
  return next;
}

// Q: what an M-step maximises, for the responsibilities of other parameters. -infinity if a covariance is none.
inline Long expected_complete(const Mixture& at, const Sample& sample, const Matrix& responsibilities) {
  for (const Matrix& covariance : at.covariances) {
    if (cholesky(covariance).empty()) return -std::numeric_limits<Long>::infinity();
  }
  const Matrix joint = log_joint(at, sample.rows);
  Long sum = 0;
  for (std::size_t i = 0; i < joint.size(); ++i) {
    for (std::size_t k = 0; k < joint[i].size(); ++k) {
      if (responsibilities[i][k] > 0) sum += sample.weights[i] * responsibilities[i][k] * joint[i][k];
    }
  }
  return sum;
}

// ln of the inverse-Wishart density (Gelman et al. 2013, appendix A) without its constant.
inline Long log_inverse_wishart(const Matrix& covariance, const Prior& prior) {
  const Matrix factor = cholesky(covariance), scale_factor = cholesky(prior.scale);
  const std::size_t dimensions = covariance.size();
  Long trace = 0;  // of scale covariance^-1 = |covariance factor^-1 scale factor|^2
  for (std::size_t j = 0; j < dimensions; ++j) {
    Vector column(dimensions);
    for (std::size_t i = 0; i < dimensions; ++i) column[i] = scale_factor[i][j];
    trace += squared_distance(factor, column);
  }
  return -(prior.degrees + static_cast<Long>(dimensions) + 1) / 2 * log_determinant(factor) - trace / 2;
}

// ln of the inverse-gamma density of a variance, shape degrees / 2 and scale `scale` / 2, without its constant.
inline Long log_inverse_gamma(Long variance, Long degrees, Long scale) {
  return -(degrees / 2 + 1) * std::log(variance) - scale / (2 * variance);
}

// The density of the prior, up to a constant: of the covariances, and of the means given these, N(prior mean, S_k /
// shrinkage).
inline Long log_prior(const Mixture& at, const Prior& prior) {
  const std::size_t dimensions = at.dimensions();
  Long sum = 0;
  for (std::size_t k = 0; k < at.components(); ++k) {
    Matrix spread = at.covariances[k];
    for (Vector& row : spread) {
      for (Long& value : row) value /= prior.shrinkage;
    }
    const Matrix factor = cholesky(spread);
    sum += log_peak(factor) - squared_distance(factor, difference(at.means[k], prior.mean)) / 2;
    const Matrix& covariance = at.covariances[k];
    Long mean_scale = 0;
    for (std::size_t j = 0; j < dimensions; ++j) mean_scale += prior.scale[j][j] / static_cast<Long>(dimensions);
    switch (at.shape) {
      case Shape::full: sum += log_inverse_wishart(covariance, prior); break;
      case Shape::tied: sum += k == 0 ? log_inverse_wishart(covariance, prior) : 0; break;
      case Shape::diagonal:
        for (std::size_t j = 0; j < dimensions; ++j) {
          sum += log_inverse_gamma(covariance[j][j], prior.degrees, prior.scale[j][j]);
        }
        break;
      case Shape::spherical: sum += log_inverse_gamma(covariance[0][0], prior.degrees, mean_scale); break;
    }
  }
  return sum;
}

// Parameters near others, of the same shape, about `size` away: weights by factors, means by standard deviations,
// covariances by A S A^T with A near the identity.
inline Mixture disturbed(const Mixture& at, Long size, std::mt19937_64& engine) {
  std::normal_distribution<double> normal;
  Mixture result = at;
  const std::size_t dimensions = at.dimensions();
  Long total = 0;
  for (Long& weight : result.weights) total += weight *= std::exp(size * normal(engine));
  for (Long& weight : result.weights) weight /= total;
  const auto change = [&] {
    Matrix matrix = zeros(dimensions, dimensions);
    const Long common = 1 + size * normal(engine);
    for (std::size_t i = 0; i < dimensions; ++i) {
      for (std::size_t j = 0; j < dimensions; ++j) matrix[i][j] = (i == j ? 1 : 0) + size * normal(engine);
      if (at.shape == Shape::spherical) matrix[i][i] = common;
    }
    return matrix;
  };
  Matrix a = change();
  for (std::size_t k = 0; k < at.components(); ++k) {
    for (std::size_t j = 0; j < dimensions; ++j) {
      result.means[k][j] += size * normal(engine) * std::sqrt(at.covariances[k][j][j]);
    }
    if (at.shape != Shape::tied && k > 0) a = change();
    const bool whole = at.shape == Shape::full || at.shape == Shape::tied;
    // In units of the standard deviations, or columns of large units would leak into those of small ones.
    Vector unit(dimensions);
    for (std::size_t j = 0; j < dimensions; ++j) unit[j] = std::sqrt(at.covariances[k][j][j]);
    Matrix moved = zeros(dimensions, dimensions);
    for (std::size_t i = 0; i < dimensions; ++i) {
      for (std::size_t j = 0; j < dimensions; ++j) {
        if (!whole && i != j) continue;
        for (std::size_t l = 0; l < dimensions; ++l) {
          for (std::size_t m = 0; m < dimensions; ++m) {
            if (!whole && (l != i || m != j)) continue;
            moved[i][j] += unit[i] * a[i][l] * at.covariances[k][l][m] / unit[l] / unit[m] * a[j][m] * unit[j];
          }
        }
      }
    }
    result.covariances[k] = moved;
  }
  return result;
}

}  // namespace oracle
