#include <algorithm>
#include <cmath>
#include <limits>

#include <latent/hmm/row_layout.hpp>
#include <latent/simd.hpp>

namespace latent {

using simd::Pack;
using simd::pack_size;

double densities_of_rows(Columns log_densities, std::size_t rows, std::size_t padded, double* to) {
  constexpr double nothing = -std::numeric_limits<double>::infinity();
  const auto stride = static_cast<std::size_t>(log_densities.rows());
  const auto states = static_cast<std::size_t>(log_densities.cols());
  double sum = 0;
  for (std::size_t first = 0; first < rows; first += pack_size) {
    const double* const from = log_densities.data() + first;
    const std::size_t here = std::min(pack_size, rows - first);
    Pack top = simd::load(from);
    for (std::size_t k = 1; k < states; ++k) top = simd::max(simd::load(from + k * stride), top);
    const Pack shift = simd::select(top == nothing, Pack{}, top);
    for (std::size_t n = 0; n < here; ++n) sum += shift[n];
    for (std::size_t group = 0; group < padded; group += pack_size) {
      Pack packs[pack_size] = {};
      for (std::size_t k = group; k < std::min(states, group + pack_size); ++k) {
        packs[k - group] = simd::exp(simd::load(from + k * stride) - shift);
      }
      simd::transpose(packs);
      const std::size_t wide = std::min(pack_size, padded - group);
      for (std::size_t n = 0; n < here; ++n) {
        __builtin_memcpy(to + (first + n) * padded + group, &packs[n], wide * sizeof(double));
      }
    }
  }
  return sum;
}

void columns_of_rows(const double* rows, std::size_t count, std::size_t padded, Columns to) {
  const auto stride = static_cast<std::size_t>(to.rows());
  const auto states = static_cast<std::size_t>(to.cols());
  for (std::size_t first = 0; first < stride; first += pack_size) {
    for (std::size_t group = 0; group < states; group += pack_size) {
      Pack packs[pack_size] = {};
      const std::size_t wide = std::min(pack_size, padded - group);
      for (std::size_t n = 0; n < pack_size && first + n < count; ++n) {
        __builtin_memcpy(&packs[n], rows + (first + n) * padded + group, wide * sizeof(double));
      }
      simd::transpose(packs);
      for (std::size_t k = group; k < std::min(states, group + pack_size); ++k) {
        simd::store(to.data() + k * stride + first, packs[k - group]);
      }
    }
  }
}

Missing missing_cells(const Observations& rows, std::size_t row) {
  std::size_t missing = 0;
  for (std::size_t j = 0; j < rows.columns(); ++j) missing += std::isnan(rows(row, j));
  return missing == 0 ? Missing::none : missing == rows.columns() ? Missing::all : Missing::some;
}

namespace {

template <class Real>
bool any_missing(const Real* values, std::size_t cells) {
  std::size_t missing = 0;
  for (std::size_t i = 0; i < cells; ++i) missing += values[i] != values[i];
  return missing > 0;
}

}  // namespace

bool any_missing(const Observations& rows) {
  bool missing = false;
  for_each_piece(rows, [&](std::size_t, const Observations& piece) {
    const std::size_t cells = piece.size() * piece.columns();
    missing =
        missing || (piece.is_float32() ? any_missing(piece.float32(), cells) : any_missing(piece.float64(), cells));
  });
  return missing;
}

}  // namespace latent
