#include <cmath>
#include <limits>

#include <latent/components/independent_columns.hpp>
#include <latent/components/moments.hpp>
#include <latent/error.hpp>
#include <latent/simd.hpp>
#include <latent/text.hpp>

namespace latent {
namespace {

using simd::Pack;
using simd::pack_size;

constexpr double impossible = -std::numeric_limits<double>::infinity();
constexpr std::size_t tile_packs = 2;
constexpr std::size_t tile_components = 4;

// out(n, k) = offset_k + sum_j slope_kj x_nj for K components and R packs of rows; slopes are column-major.
template <std::size_t K, std::size_t R>
void linear_tile(const double* x, std::size_t stride, std::size_t dimensions, const double* slopes,
                 std::size_t components, const double* offsets, double* out, std::size_t out_stride) {
  Pack totals[K][R];
  for (std::size_t k = 0; k < K; ++k) {
    for (std::size_t r = 0; r < R; ++r) totals[k][r] = simd::broadcast(offsets[k]);
  }
  for (std::size_t j = 0; j < dimensions; ++j) {
    Pack x_j[R];
    for (std::size_t r = 0; r < R; ++r) x_j[r] = simd::load_once(x + j * stride + r * pack_size);
    for (std::size_t k = 0; k < K; ++k) {
      for (std::size_t r = 0; r < R; ++r) totals[k][r] += slopes[j * components + k] * x_j[r];
    }
  }
  for (std::size_t k = 0; k < K; ++k) {
    for (std::size_t r = 0; r < R; ++r) simd::store(out + k * out_stride + r * pack_size, totals[k][r]);
  }
}

void linear(ConstColumns x, std::size_t rows, const Eigen::MatrixXd& slopes, const Eigen::VectorXd& offsets,
            Columns out) {
  const auto stride = static_cast<std::size_t>(x.rows()), out_stride = static_cast<std::size_t>(out.rows());
  const auto dimensions = static_cast<std::size_t>(x.cols()), components = static_cast<std::size_t>(slopes.rows());
  simd::for_each_tile<tile_packs>((rows + pack_size - 1) / pack_size, [&](auto row_tile, std::size_t pack) {
    simd::for_each_tile<tile_components>(components, [&](auto component_tile, std::size_t k) {
      linear_tile<component_tile(), row_tile()>(x.data() + pack * pack_size, stride, dimensions, slopes.data() + k,
                                                components, offsets.data() + k,
                                                out.data() + k * out_stride + pack * pack_size, out_stride);
    });
  });
}

}  // namespace

IndependentColumns::Prepared::Prepared(const Eigen::MatrixXd& expected_cells)
    : log_constants(Eigen::VectorXd::Zero(expected_cells.rows())),
      slopes(Eigen::MatrixXd::Zero(expected_cells.rows(), expected_cells.cols())),
      constants(slopes),
      means(expected_cells),
      origins(slopes) {}

IndependentColumns::Statistics IndependentColumns::statistics(const Prepared& prepared) const {
  return {Eigen::VectorXd::Zero(prepared.slopes.rows()),
          Eigen::MatrixXd::Zero(prepared.slopes.rows(), prepared.slopes.cols())};
}

void IndependentColumns::log_densities(const Prepared& prepared, const ColumnBlock& rows, Columns out) const {
  const ConstColumns x = rows.array();
  linear(x, rows.rows(), prepared.slopes, prepared.log_constants, out);
  for (const PointMass& at : prepared.point_masses) {
    out.col(at.component) = (x.col(at.column) == at.value).select(out.col(at.component), impossible);
  }
}

void IndependentColumns::accumulate(const Prepared& prepared, const ColumnBlock& rows, ConstColumns weights,
                                    Statistics& sums) const {
  add_counts(weights, rows.rows(), sums.counts);
  add_first_moments(rows.array(), rows.rows(), weights, prepared.origins, sums.sums);
}

void IndependentColumns::log_densities_of_row(const Prepared& prepared, std::span<const double> row,
                                              std::span<double> out) const {
  for (std::size_t k = 0; k < out.size(); ++k) {
    out[k] = 0;
    for (std::size_t j = 0; j < row.size(); ++j) {
      const auto component = static_cast<Eigen::Index>(k), column = static_cast<Eigen::Index>(j);
      if (std::isnan(row[j])) continue;
      out[k] += prepared.slopes(component, column) * row[j] + prepared.constants(component, column);
    }
  }
  for (const PointMass& at : prepared.point_masses) {
    const double cell = row[static_cast<std::size_t>(at.column)];
    if (!std::isnan(cell) && cell != at.value) out[static_cast<std::size_t>(at.component)] = impossible;
  }
}

void IndependentColumns::accumulate_row(const Prepared& prepared, std::span<const double> row,
                                        std::span<const double> weights, Statistics& sums) const {
  for (std::size_t k = 0; k < weights.size(); ++k) {
    const auto component = static_cast<Eigen::Index>(k);
    sums.counts[component] += weights[k];
    for (std::size_t j = 0; j < row.size(); ++j) {
      const auto column = static_cast<Eigen::Index>(j);
      const double cell = std::isnan(row[j]) ? prepared.means(component, column) : row[j];
      sums.sums(component, column) += weights[k] * cell;
    }
  }
}

bool without_observations(const Eigen::VectorXd& counts, Eigen::Index component) {
  return !(counts[component] > std::numeric_limits<double>::epsilon() * counts.sum());
}

Note empty_note(Eigen::Index component) {
  return {"empty", static_cast<std::size_t>(component), "has lost all its observations; its weight is 0", true};
}

Eigen::MatrixXd component_means(const IndependentColumns::Statistics& sums, const Eigen::MatrixXd& otherwise,
                                const Notes& notes) {
  Eigen::MatrixXd means = otherwise;
  for (Eigen::Index k = 0; k < means.rows(); ++k) {
    if (without_observations(sums.counts, k)) {
      notes.add(empty_note(k));
    } else {
      means.row(k) = sums.sums.row(k) / sums.counts[k];
    }
  }
  return means;
}

Eigen::MatrixXd pooled_means(const Observations& rows, Weights weights, std::size_t components, double without) {
  const auto dimensions = static_cast<Eigen::Index>(rows.columns());
  Eigen::RowVectorXd means = Eigen::RowVectorXd::Zero(dimensions), totals = means;
  for_each_piece(rows, [&](std::size_t first, const Observations& piece) {
    for (std::size_t i = 0; i < piece.size(); ++i) {
      const double weight = weights.empty() ? 1 : weights[first + i];
      if (!(weight > 0)) continue;
      for (Eigen::Index j = 0; j < dimensions; ++j) {
        const double cell = piece(i, static_cast<std::size_t>(j));
        if (std::isnan(cell)) continue;
        totals[j] += weight;
        means[j] += weight / totals[j] * (cell - means[j]);  // not a quotient of sums, which might overflow
      }
    }
  });
  for (Eigen::Index j = 0; j < dimensions; ++j) {
    if (!(totals[j] > 0)) means[j] = without;
  }
  return means.replicate(static_cast<Eigen::Index>(components), 1);
}

void require_parameters(const Eigen::MatrixXd& values, const std::string& name, bool (*allowed)(double),
                        const std::string& rule) {
  for (Eigen::Index k = 0; k < values.rows(); ++k) {
    for (Eigen::Index j = 0; j < values.cols(); ++j) {
      if (allowed(values(k, j))) continue;
      throw ModelError("the " + name + " of component " + std::to_string(k + 1) + " in column " +
                       std::to_string(j + 1) + " is " + number(values(k, j)) + "; it must be " + rule);
    }
  }
}

}  // namespace latent
