#include <algorithm>
#include <cmath>
#include <sstream>

#include <latent/components/whitening.hpp>
#include <latent/error.hpp>
#include <latent/simd.hpp>

namespace latent {
namespace {

using simd::Pack;
using simd::pack_size;

constexpr std::size_t tile_coordinates = 4;
constexpr std::size_t tile_packs =
    simd::register_count == 32 ? 4 : 2;  // registers: 4 x this many sums, and as many rows

// One tile: coordinates y_i .. y_{i + I - 1} of R packs of rows from t_0 .. t_{i + I - 1}, t = x - center. `t` holds
// the earlier coordinates, R packs each; the tile's own are added to it if later tiles need them.
template <std::size_t I, std::size_t R, bool Last, class Use>
const double* whiten_tile(const double* table, const double* x, std::size_t stride, std::size_t i, double* t,
                          const Use& use) {
  Pack y[I][R] = {};
  simd::unroll<I>([&](auto c) {
    Pack t_c[R];
    for (std::size_t r = 0; r < R; ++r) {
      t_c[r] = simd::load(x + (i + c) * stride + r * pack_size) - table[0];
      if (!Last) simd::store(t + ((i + c) * R + r) * pack_size, t_c[r]);
    }
    simd::unroll<I - c>([&](auto below) {
      const Pack entry = simd::broadcast(table[1 + below]);
      for (std::size_t r = 0; r < R; ++r) y[c + below][r] += entry * t_c[r];
    });
    table += 1 + I - c;
  });
  for (std::size_t j = 0; j < i; ++j) {
    Pack t_j[R];
    for (std::size_t r = 0; r < R; ++r) t_j[r] = simd::load_once(t + (j * R + r) * pack_size);
    for (std::size_t row = 0; row < I; ++row) {
      const Pack entry = simd::broadcast(table[row]);
      for (std::size_t r = 0; r < R; ++r) y[row][r] += entry * t_j[r];
    }
    table += I;
  }
  use(i, y);
  return table;
}

// All coordinates of R packs of rows; use(i, y) takes each tile's.
template <std::size_t R, class Use>
void whiten_rows(const double* table, const double* x, std::size_t stride, std::size_t dimensions, double* t,
                 const Use& use) {
  std::size_t i = 0;
  for (; i + tile_coordinates < dimensions; i += tile_coordinates) {
    table = whiten_tile<tile_coordinates, R, false>(table, x, stride, i, t, use);
  }
  switch (dimensions - i) {
    case 1: whiten_tile<1, R, true>(table, x, stride, i, t, use); break;
    case 2: whiten_tile<2, R, true>(table, x, stride, i, t, use); break;
    case 3: whiten_tile<3, R, true>(table, x, stride, i, t, use); break;
    case 4: whiten_tile<4, R, true>(table, x, stride, i, t, use); break;
  }
}

double* scratch(std::size_t count) {
  thread_local AlignedBuffer buffer;
  return buffer.reserve(count);
}

}  // namespace

InverseFactor inverse_factor(const Eigen::Ref<const Eigen::MatrixXd>& covariance, const std::string& name) {
  const Eigen::Index dimensions = covariance.rows();
  const auto refuse = [&](const auto&... what) {
    std::ostringstream message;
    message << name << " is not positive definite: ";
    (message << ... << what);
    throw ModelError(message.str());
  };

  Eigen::VectorXd deviations(dimensions);
  for (Eigen::Index j = 0; j < dimensions; ++j) {
    const double variance = covariance(j, j);
    if (!(variance > 0) || !std::isfinite(variance)) refuse("the variance of column ", j + 1, " is ", variance);
    deviations[j] = std::sqrt(variance);
  }

  Eigen::MatrixXd lower(dimensions, dimensions);  // of the correlations
  InverseFactor result;
  for (Eigen::Index j = 0; j < dimensions; ++j) {
    for (Eigen::Index i = j; i < dimensions; ++i) {
      const double correlation = i == j ? 1.0 : covariance(i, j) / deviations[i] / deviations[j];
      lower(i, j) = correlation - lower.row(i).head(j).dot(lower.row(j).head(j));
    }
    const double left = lower(j, j);  // of the unit variance, given the columns before
    if (!(left > 0)) refuse("column ", j + 1, " is determined by the columns before it");
    const double pivot = std::sqrt(left);
    lower.col(j).tail(dimensions - j) /= pivot;
    result.log_determinant += 2 * (std::log(pivot) + std::log(deviations[j]));
  }
  if (!std::isfinite(result.log_determinant)) refuse("it holds numbers that are not finite");

  result.inverse.setIdentity(dimensions, dimensions);
  lower.triangularView<Eigen::Lower>().solveInPlace(result.inverse);
  for (Eigen::Index j = 0; j < dimensions; ++j) result.inverse.col(j) /= deviations[j];
  return result;
}

Whitening::Whitening(const Eigen::MatrixXd& factor, const Eigen::VectorXd& center) {
  const std::size_t dimensions = static_cast<std::size_t>(center.size());
  const auto entry = [&](std::size_t i, std::size_t j) {
    return factor(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(j));
  };
  table_.reserve(dimensions * (dimensions + 3) / 2);
  for (std::size_t first = 0; first < dimensions; first += tile_coordinates) {
    const std::size_t end = std::min(first + tile_coordinates, dimensions);
    for (std::size_t j = first; j < end; ++j) {
      table_.push_back(center[static_cast<Eigen::Index>(j)]);
      for (std::size_t i = j; i < end; ++i) table_.push_back(entry(i, j));
    }
    for (std::size_t j = 0; j < first; ++j) {
      for (std::size_t i = first; i < end; ++i) table_.push_back(entry(i, j));
    }
  }
}

void Whitening::log_densities(ConstColumns x, std::size_t rows, double constant, double* out) const {
  const std::size_t stride = static_cast<std::size_t>(x.rows());
  const std::size_t dimensions = static_cast<std::size_t>(x.cols());
  double* t = scratch(dimensions * tile_packs * pack_size);
  simd::for_each_tile<tile_packs>((rows + pack_size - 1) / pack_size, [&](auto size, std::size_t pack) {
    constexpr std::size_t R = size();
    Pack squares[R] = {};
    whiten_rows<R>(table_.data(), x.data() + pack * pack_size, stride, dimensions, t, [&](std::size_t, const auto& y) {
      for (const auto& coordinate : y) {
        for (std::size_t r = 0; r < R; ++r) squares[r] += coordinate[r] * coordinate[r];
      }
    });
    for (std::size_t r = 0; r < R; ++r) simd::store(out + (pack + r) * pack_size, constant - 0.5 * squares[r]);
  });
}

void Whitening::apply(ConstColumns x, std::size_t rows, Columns out) const {
  const std::size_t stride = static_cast<std::size_t>(x.rows());
  const std::size_t out_stride = static_cast<std::size_t>(out.rows());
  const std::size_t dimensions = static_cast<std::size_t>(x.cols());
  double* t = scratch(dimensions * tile_packs * pack_size);
  simd::for_each_tile<tile_packs>((rows + pack_size - 1) / pack_size, [&](auto size, std::size_t pack) {
    constexpr std::size_t R = size();
    double* to = out.data() + pack * pack_size;
    whiten_rows<R>(table_.data(), x.data() + pack * pack_size, stride, dimensions, t,
                   [&](std::size_t i, const auto& y) {
                     for (const auto& coordinate : y) {
                       for (std::size_t r = 0; r < R; ++r)
                         simd::store(to + i * out_stride + r * pack_size, coordinate[r]);
                       ++i;
                     }
                   });
  });
}

}  // namespace latent
