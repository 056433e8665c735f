#include <algorithm>

#include <latent/components/moments.hpp>
#include <latent/simd.hpp>

namespace latent {
namespace {

using simd::Pack;
using simd::pack_size;

constexpr std::size_t tile_columns = simd::register_count == 32 ? 4 : 2;

// to(k + a, j + b) += sum over the lanes of packs[a][b]; beyond the last column of `to`, into the last.
template <std::size_t K, std::size_t J>
void add_tile(Pack (&packs)[K][J], Eigen::Ref<Eigen::MatrixXd>& to, std::size_t k, std::size_t j) {
  double totals[K * J] = {};
  simd::add_sums<K * J>(packs[0], totals);
  for (std::size_t a = 0; a < K; ++a) {
    for (std::size_t b = 0; b < J; ++b) {
      const Eigen::Index column = std::min(static_cast<Eigen::Index>(j + b), to.cols() - 1);
      to(static_cast<Eigen::Index>(k + a), column) += totals[a * J + b];
    }
  }
}

template <std::size_t K, std::size_t J>
void first_moment_tile(const double* x, std::size_t x_stride, const double* r, std::size_t r_stride, std::size_t packs,
                       Pack (&product)[K][J]) {
  for (std::size_t p = 0; p < packs * pack_size; p += pack_size) {
    Pack x_p[J];
    for (std::size_t b = 0; b < J; ++b) x_p[b] = simd::load_once(x + b * x_stride + p);
    for (std::size_t a = 0; a < K; ++a) {
      const Pack weight = simd::load_once(r + a * r_stride + p);
      for (std::size_t b = 0; b < J; ++b) product[a][b] += weight * x_p[b];
    }
  }
}

// One component, J coordinates.
template <std::size_t J>
void two_moment_tile(const double* x, std::size_t x_stride, const double* r, std::size_t packs, const Pack (&center)[J],
                     Pack (&total)[1][J], Pack (&square)[1][J]) {
  for (std::size_t p = 0; p < packs * pack_size; p += pack_size) {
    const Pack weight = simd::load_once(r + p);
    for (std::size_t b = 0; b < J; ++b) {
      const Pack t = simd::load(x + b * x_stride + p) - center[b];
      const Pack z = weight * t;
      total[0][b] += z;
      square[0][b] += z * t;
    }
  }
}

}  // namespace

void add_counts(ConstColumns responsibilities, std::size_t rows, Eigen::VectorXd& counts) {
  const std::size_t stride = static_cast<std::size_t>(responsibilities.rows());
  const std::size_t packs = (rows + pack_size - 1) / pack_size;
  simd::for_each_tile<pack_size>(static_cast<std::size_t>(counts.size()), [&](auto size, std::size_t k) {
    constexpr std::size_t K = size();
    Pack total[K] = {};
    const double* r = responsibilities.data() + k * stride;
    for (std::size_t p = 0; p < packs * pack_size; p += pack_size) {
      for (std::size_t a = 0; a < K; ++a) total[a] += simd::load(r + a * stride + p);
    }
    simd::add_sums<K>(total, &counts[static_cast<Eigen::Index>(k)]);
  });
}

void add_first_moments(ConstColumns x, std::size_t rows, ConstColumns responsibilities, const Eigen::MatrixXd& centers,
                       Eigen::Ref<Eigen::MatrixXd> sums) {
  const std::size_t x_stride = static_cast<std::size_t>(x.rows());
  const std::size_t r_stride = static_cast<std::size_t>(responsibilities.rows());
  const std::size_t packs = (rows + pack_size - 1) / pack_size;
  simd::for_each_tile<4>(static_cast<std::size_t>(centers.rows()), [&](auto component_tile, std::size_t k) {
    constexpr std::size_t K = component_tile();
    const double* r = responsibilities.data() + k * r_stride;
    // The counts of this block alone, to move the sums from 0 to the centers.
    Pack count[K] = {};
    for (std::size_t p = 0; p < packs * pack_size; p += pack_size) {
      for (std::size_t a = 0; a < K; ++a) count[a] += simd::load(r + a * r_stride + p);
    }
    double counts[K] = {};
    simd::add_sums<K>(count, counts);
    simd::for_each_tile<tile_columns>(static_cast<std::size_t>(x.cols()), [&](auto column_tile, std::size_t j) {
      constexpr std::size_t J = column_tile();
      Pack product[K][J] = {};
      first_moment_tile<K, J>(x.data() + j * x_stride, x_stride, r, r_stride, packs, product);
      add_tile<K, J>(product, sums, k, j);
    });
    for (std::size_t a = 0; a < K; ++a) {
      const Eigen::Index row = static_cast<Eigen::Index>(k + a);
      sums.row(row) -= counts[a] * centers.row(row);
    }
  });
}

void add_two_moments(ConstColumns x, std::size_t rows, ConstColumns responsibilities, const Eigen::MatrixXd& centers,
                     Eigen::Ref<Eigen::MatrixXd> sums, Eigen::Ref<Eigen::MatrixXd> squares) {
  const std::size_t x_stride = static_cast<std::size_t>(x.rows());
  const std::size_t r_stride = static_cast<std::size_t>(responsibilities.rows());
  const std::size_t packs = (rows + pack_size - 1) / pack_size;
  // Coordinates outside, components inside: a tile of coordinates stays in the first-level cache for all components.
  simd::for_each_tile<4>(static_cast<std::size_t>(x.cols()), [&](auto column_tile, std::size_t j) {
    constexpr std::size_t J = column_tile();
    for (std::size_t k = 0; k < static_cast<std::size_t>(centers.rows()); ++k) {
      Pack center[J], total[1][J] = {}, square[1][J] = {};
      for (std::size_t b = 0; b < J; ++b) {
        center[b] = simd::broadcast(centers(static_cast<Eigen::Index>(k), static_cast<Eigen::Index>(j + b)));
      }
      const double* r = responsibilities.data() + k * r_stride;
      two_moment_tile<J>(x.data() + j * x_stride, x_stride, r, packs, center, total, square);
      add_tile<1, J>(total, sums, k, j);
      add_tile<1, J>(square, squares, k, j);
    }
  });
}

}  // namespace latent
