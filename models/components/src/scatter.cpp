#include <algorithm>
#include <cstdint>

#include <latent/components/scatter.hpp>
#include <latent/simd.hpp>

namespace latent {
namespace {

using simd::Pack;
using simd::pack_size;

constexpr std::size_t panel = 4;                                          // coordinates i taken together
constexpr std::size_t tile_columns = simd::register_count == 32 ? 4 : 3;  // coordinates j < i taken together

// One component's sums, panel by panel: coordinates i .. i + I - 1 with all j up to them.
struct Panels {
  const double* x;
  std::size_t x_stride;
  std::size_t packs;
  const double* r;
  const double* center;
  double* sums;
  double* scatter;
  double* z;  // r (x - center) for the panel's coordinates, of one pack of rows after the other

  template <std::size_t I>
  void add(std::size_t i) const {
    if (i == 0) return add_diagonal<I, true>(i);
    add_diagonal<I, false>(i);
    simd::for_each_tile<tile_columns>(i, [&](auto size, std::size_t j) { add_square<I, size()>(i, j); });
  }

  // The panel's z and sums and the triangle on the diagonal.
  template <std::size_t I, bool First>
  void add_diagonal(std::size_t i) const {
    constexpr std::size_t entries = I * (I + 1) / 2;
    Pack total[I] = {}, product[entries] = {}, c[I];
    for (std::size_t a = 0; a < I; ++a) c[a] = simd::broadcast(center[i + a]);
    // Local, because stores might change members for all the compiler knows.
    const double *r_p = r, *x_p = x + i * x_stride, *const end = r + packs * pack_size;
    double* z_p = z;
    const std::size_t column = x_stride;
    for (; r_p != end; r_p += pack_size, x_p += pack_size, z_p += panel * pack_size) {
      const Pack weight = simd::load_once(r_p);
      Pack t_i[I];
      simd::unroll<I>([&](auto a) {
        t_i[a] = simd::load(x_p + a * column) - c[a];
        const Pack z_i = weight * t_i[a];
        if (!First) simd::store(z_p + a * pack_size, z_i);
        total[a] += z_i;
        simd::unroll<a + 1>([&](auto b) { product[a * (a + 1) / 2 + b] += z_i * t_i[b]; });
      });
    }
    simd::add_sums<I>(total, sums + i);
    double triangle[entries] = {};
    simd::add_sums<entries>(product, triangle);
    for (std::size_t a = 0, at = 0; a < I; ++a) {
      double* row = scatter + (i + a) * (i + a + 1) / 2 + i;
      for (std::size_t b = 0; b <= a; ++b, ++at) row[b] += triangle[at];
    }
  }

  // Rows i .. i + I - 1 and columns j .. j + J - 1 of the scatter, j + J <= i.
  template <std::size_t I, std::size_t J>
  void add_square(std::size_t i, std::size_t j) const {
    Pack product[I][J] = {}, c[J];
    for (std::size_t b = 0; b < J; ++b) c[b] = simd::broadcast(center[j + b]);
    const double *x_p = x + j * x_stride, *z_p = z;
    for (std::size_t p = 0; p < packs; ++p, x_p += pack_size, z_p += panel * pack_size) {
      Pack t_j[J];
      for (std::size_t b = 0; b < J; ++b) t_j[b] = simd::load(x_p + b * x_stride) - c[b];
      for (std::size_t a = 0; a < I; ++a) {
        const Pack z_i = simd::load_once(z_p + a * pack_size);
        for (std::size_t b = 0; b < J; ++b) product[a][b] += z_i * t_j[b];
      }
    }
    double totals[I * J] = {};
    simd::add_sums<I * J>(product[0], totals);
    for (std::size_t a = 0; a < I; ++a) {
      double* row = scatter + (i + a) * (i + a + 1) / 2 + j;
      for (std::size_t b = 0; b < J; ++b) row[b] += totals[a * J + b];
    }
  }
};

bool all_zero(const double* r, std::size_t packs) {
  simd::BitPack bits{};
  for (std::size_t p = 0; p < packs * pack_size; p += pack_size) bits |= (simd::BitPack)simd::load(r + p);
  std::uint64_t any = 0;
  for (std::size_t lane = 0; lane < pack_size; ++lane) any |= bits[lane];
  return any == 0;
}

}  // namespace

Eigen::MatrixXd unpacked(const Eigen::Ref<const Eigen::VectorXd>& triangle, Eigen::Index dimensions) {
  Eigen::MatrixXd matrix(dimensions, dimensions);
  for (Eigen::Index i = 0, at = 0; i < dimensions; ++i) {
    for (Eigen::Index j = 0; j <= i; ++j, ++at) matrix(i, j) = matrix(j, i) = triangle[at];
  }
  return matrix;
}

void add_scatter(ConstColumns x, std::size_t rows, const double* r, const Eigen::MatrixXd& centers, Eigen::Index k,
                 Eigen::MatrixXd* sums, double* scatter) {
  const std::size_t packs = (rows + pack_size - 1) / pack_size;
  if (all_zero(r, packs)) return;  // usual where clusters are well apart
  thread_local AlignedBuffer buffer;
  const std::size_t dimensions = static_cast<std::size_t>(x.cols());
  Panels panels;
  panels.x = x.data();
  panels.x_stride = static_cast<std::size_t>(x.rows());
  panels.packs = packs;
  panels.r = r;
  panels.z = buffer.reserve(panel * panels.packs * pack_size + 2 * dimensions);
  double* center = panels.z + panel * panels.packs * pack_size;
  double* totals = center + dimensions;
  for (std::size_t j = 0; j < dimensions; ++j) center[j] = centers(k, static_cast<Eigen::Index>(j));
  std::fill(totals, totals + dimensions, 0.0);
  panels.center = center;
  panels.sums = totals;
  panels.scatter = scatter;

  std::size_t i = 0;
  for (; i + panel < dimensions; i += panel) panels.add<panel>(i);
  switch (dimensions - i) {
    case 1: panels.add<1>(i); break;
    case 2: panels.add<2>(i); break;
    case 3: panels.add<3>(i); break;
    case 4: panels.add<4>(i); break;
  }
  if (!sums) return;
  for (std::size_t j = 0; j < dimensions; ++j) (*sums)(k, static_cast<Eigen::Index>(j)) += totals[j];
}

}  // namespace latent
