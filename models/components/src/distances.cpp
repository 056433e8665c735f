#include <algorithm>

#include <latent/components/distances.hpp>
#include <latent/simd.hpp>

namespace latent {
namespace {

using simd::Pack;
using simd::pack_size;

constexpr std::size_t tile_components = 4;
constexpr std::size_t tile_packs = simd::register_count == 32 ? 4 : 2;

// The numbers of a tile of K components are read coordinate by coordinate: K centers, then K scales if there are any.
template <std::size_t K, std::size_t R, bool Scaled>
void distance_tile(const double* table, const double* x, std::size_t stride, std::size_t dimensions,
                   const double* offsets, const double* factors, std::size_t factor_step, double* out,
                   std::size_t out_stride) {
  Pack squares[K][R] = {};
  for (std::size_t j = 0; j < dimensions; ++j) {
    Pack x_j[R];
    for (std::size_t r = 0; r < R; ++r) x_j[r] = simd::load_once(x + j * stride + r * pack_size);
    for (std::size_t k = 0; k < K; ++k) {
      for (std::size_t r = 0; r < R; ++r) {
        Pack difference = x_j[r] - table[k];
        if constexpr (Scaled) difference *= table[K + k];
        squares[k][r] += difference * difference;
      }
    }
    table += Scaled ? 2 * K : K;
  }
  for (std::size_t k = 0; k < K; ++k) {
    for (std::size_t r = 0; r < R; ++r) {
      simd::store(out + k * out_stride + r * pack_size, offsets[k] + factors[k * factor_step] * squares[k][r]);
    }
  }
}

}  // namespace

ScaledDistances::ScaledDistances(const Eigen::MatrixXd& centers) : ScaledDistances(centers, Eigen::MatrixXd{}) {}

ScaledDistances::ScaledDistances(const Eigen::MatrixXd& centers, const Eigen::MatrixXd& scales)
    : components_(static_cast<std::size_t>(centers.rows())), scaled_(scales.size() != 0) {
  const Eigen::Index components = centers.rows();
  for (Eigen::Index first = 0; first < components; first += tile_components) {
    const Eigen::Index end = std::min<Eigen::Index>(first + tile_components, components);
    for (Eigen::Index j = 0; j < centers.cols(); ++j) {
      for (Eigen::Index k = first; k < end; ++k) table_.push_back(centers(k, j));
      if (!scaled_) continue;
      for (Eigen::Index k = first; k < end; ++k) table_.push_back(scales(k, j));
    }
  }
}

void ScaledDistances::apply(ConstColumns x, std::size_t rows, const Eigen::VectorXd& offsets, double factor,
                            Columns out) const {
  run(x, rows, offsets, &factor, 0, out);
}

void ScaledDistances::apply(ConstColumns x, std::size_t rows, const Eigen::VectorXd& offsets,
                            const Eigen::VectorXd& factors, Columns out) const {
  run(x, rows, offsets, factors.data(), 1, out);
}

// factor_k = factors[k * factor_step].
void ScaledDistances::run(ConstColumns x, std::size_t rows, const Eigen::VectorXd& offsets, const double* factors,
                          std::size_t factor_step, Columns out) const {
  const std::size_t stride = static_cast<std::size_t>(x.rows());
  const std::size_t out_stride = static_cast<std::size_t>(out.rows());
  const std::size_t dimensions = static_cast<std::size_t>(x.cols());
  // Rows outside, components inside: a tile of rows stays in the first-level cache for all components.
  simd::for_each_tile<tile_packs>((rows + pack_size - 1) / pack_size, [&](auto row_tile, std::size_t pack) {
    simd::for_each_tile<tile_components>(components_, [&](auto component_tile, std::size_t k) {
      constexpr std::size_t K = component_tile(), R = row_tile();
      const double* from = x.data() + pack * pack_size;
      double* to = out.data() + k * out_stride + pack * pack_size;
      const double* offset = offsets.data() + k;
      const double* factor = factors + k * factor_step;
      const double* table = table_.data() + k * dimensions * (scaled_ ? 2 : 1);
      if (scaled_) {
        distance_tile<K, R, true>(table, from, stride, dimensions, offset, factor, factor_step, to, out_stride);
      } else {
        distance_tile<K, R, false>(table, from, stride, dimensions, offset, factor, factor_step, to, out_stride);
      }
    });
  });
}

}  // namespace latent
