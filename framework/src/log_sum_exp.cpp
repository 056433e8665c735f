#include <algorithm>
#include <cassert>
#include <limits>

#include <latent/log_sum_exp.hpp>
#include <latent/simd.hpp>

namespace latent {
namespace {

using simd::Pack;
using simd::pack_size;

constexpr double infinity = std::numeric_limits<double>::infinity();

// Replaces R packs of rows of `joint` by exp(joint - l) and returns l in `log_likelihood`.
template <std::size_t R>
void normalize(double* joint, std::size_t stride, std::size_t components, const Pack (&weight)[R],
               Pack (&log_likelihood)[R]) {
  Pack shift[R];
  for (std::size_t r = 0; r < R; ++r) shift[r] = simd::broadcast(-infinity);
  for (std::size_t k = 0; k < components; ++k) {
    for (std::size_t r = 0; r < R; ++r) shift[r] = simd::max(simd::load(joint + k * stride + r * pack_size), shift[r]);
  }
  // Impossible rows: -inf - -inf would be NaN.
  for (std::size_t r = 0; r < R; ++r) shift[r] = simd::select(shift[r] == -infinity, Pack{}, shift[r]);

  Pack total[R] = {};
  for (std::size_t k = 0; k < components; ++k) {
    for (std::size_t r = 0; r < R; ++r) {
      double* at = joint + k * stride + r * pack_size;
      const Pack ratio = simd::exp(simd::load(at) - shift[r]);
      simd::store(at, ratio);
      total[r] += ratio;
    }
  }
  Pack scale[R];
  simd::Mask counts[R];
  for (std::size_t r = 0; r < R; ++r) {
    log_likelihood[r] = shift[r] + simd::log(total[r]);
    scale[r] = weight[r] / total[r];
    counts[r] = (weight[r] != Pack{}) & (total[r] != Pack{});
  }
  for (std::size_t k = 0; k < components; ++k) {
    for (std::size_t r = 0; r < R; ++r) {
      double* at = joint + k * stride + r * pack_size;
      simd::store(at, simd::select(counts[r], simd::load(at) * scale[r], Pack{}));
    }
  }
}

// The pack of numbers from `first` on; lanes from `end` on hold 0.
Pack load_part(const double* values, std::size_t first, std::size_t end) {
  if (first + pack_size <= end) return simd::load_unaligned(values + first);
  Pack part{};
  for (std::size_t lane = 0; first + lane < end; ++lane) part[lane] = values[first + lane];
  return part;
}

}  // namespace

double log_sum_exp(Columns joint, std::size_t rows, Weights weights, std::span<double> row_log_likelihoods) {
  assert(weights.empty() || weights.size() == rows);
  assert(row_log_likelihoods.empty() || row_log_likelihoods.size() == rows);
  const std::size_t stride = static_cast<std::size_t>(joint.rows());
  const std::size_t components = static_cast<std::size_t>(joint.cols());
  const std::size_t packs = (rows + pack_size - 1) / pack_size;

  Pack total{};
  simd::for_each_tile<4>(packs, [&](auto size, std::size_t first_pack) {
    constexpr std::size_t R = size();
    Pack weight[R], log_likelihood[R];
    for (std::size_t r = 0; r < R; ++r) {
      const std::size_t row = (first_pack + r) * pack_size;
      const Pack left = simd::broadcast(static_cast<double>(rows) - static_cast<double>(row));
      weight[r] = weights.empty() ? simd::select(simd::lane_numbers() < left, simd::broadcast(1), Pack{})
                                  : load_part(weights.data(), row, rows);
    }
    normalize<R>(joint.data() + first_pack * pack_size, stride, components, weight, log_likelihood);
    for (std::size_t r = 0; r < R; ++r) {
      total += simd::select(weight[r] != Pack{}, weight[r] * log_likelihood[r], Pack{});
      if (row_log_likelihoods.empty()) continue;
      const std::size_t row = (first_pack + r) * pack_size;
      for (std::size_t lane = 0; lane < pack_size && row + lane < rows; ++lane) {
        row_log_likelihoods[row + lane] = log_likelihood[r][lane];
      }
    }
  });
  for (std::size_t k = 0; k < components; ++k) {
    std::fill(joint.data() + k * stride + packs * pack_size, joint.data() + (k + 1) * stride, 0.0);
  }
  return simd::sum(total);
}

}  // namespace latent
