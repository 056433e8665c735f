#include <algorithm>
#include <cmath>
#include <vector>

#include <latent/components/categorical.hpp>
#include <latent/components/independent_columns.hpp>
#include <latent/draw_index.hpp>
#include <latent/error.hpp>
#include <latent/text.hpp>

namespace latent {
namespace {

Eigen::Index symbol_of(double cell, Eigen::Index symbols) {
  // Compared before the conversion: that of a number beyond the range of integers is undefined.
  if (cell >= 0 && cell < static_cast<double>(symbols)) {
    const auto symbol = static_cast<Eigen::Index>(cell);
    if (static_cast<double>(symbol) == cell) return symbol;
  }
  throw DataError("there is a symbol " + number(cell) + ", the model knows those from 0 to " +
                  std::to_string(symbols - 1));
}

// The symbols of a block's rows.
const std::vector<Eigen::Index>& symbols_of(const ColumnBlock& rows, Eigen::Index symbols) {
  static thread_local std::vector<Eigen::Index> all;
  if (rows.columns() != 1) {
    throw DataError("there are " + count_of(rows.columns(), "column") + ", symbols stand in one");
  }
  all.resize(rows.rows());
  std::transform(rows.column(0), rows.column(0) + rows.rows(), all.begin(),
                 [&](double cell) { return symbol_of(cell, symbols); });
  return all;
}

void require_concentration(double concentration) {
  if (concentration >= 1 && std::isfinite(concentration)) return;
  throw OptionError("concentration is " + number(concentration) + ", it must be at least 1 and finite");
}

// V: how often each symbol occurs, by weight.
Eigen::VectorXd symbol_counts(const Observations& rows, Weights weights, std::size_t symbols) {
  double most = static_cast<double>(symbols);
  if (symbols == 0) {
    for_each_piece(rows, [&](std::size_t, const Observations& piece) {
      for (std::size_t i = 0; i < piece.size(); ++i) most = std::max(most, piece(i, 0) + 1);
    });
  }
  Eigen::VectorXd counts = Eigen::VectorXd::Zero(std::max<Eigen::Index>(1, static_cast<Eigen::Index>(most)));
  for_each_piece(rows, [&](std::size_t first, const Observations& piece) {
    for (std::size_t i = 0; i < piece.size(); ++i) {
      const double symbol = piece(i, 0);
      if (!std::isnan(symbol)) counts[symbol_of(symbol, counts.size())] += weights.empty() ? 1 : weights[first + i];
    }
  });
  return counts;
}

}  // namespace

CategoricalBank::Prepared CategoricalBank::prepare(const Parameters& parameters) const {
  const RowMajorMatrix densities = parameters.probabilities.transpose();
  if (!(densities.array() >= 0).all() || !densities.allFinite()) {
    throw ModelError("the probabilities of symbols must be finite and not negative");
  }
  return {Eigen::VectorXd::Zero(densities.cols()), densities, densities.array().log()};
}

CategoricalBank::Statistics CategoricalBank::statistics(const Prepared& prepared) const {
  return {RowMajorMatrix::Zero(prepared.symbol_densities.rows(), prepared.symbol_densities.cols())};
}

void CategoricalBank::log_densities(const Prepared& prepared, const ColumnBlock& rows, Columns out) const {
  const std::vector<Eigen::Index>& symbols = symbols_of(rows, prepared.logs.rows());
  for (Eigen::Index k = 0; k < prepared.logs.cols(); ++k) {
    const double* const logs = prepared.logs.col(k).data();
    double* const to = out.col(k).data();
    for (std::size_t n = 0; n < symbols.size(); ++n) to[n] = logs[symbols[n]] + prepared.log_constants[k];
  }
}

void CategoricalBank::accumulate(const Prepared& prepared, const ColumnBlock& rows, ConstColumns weights,
                                 Statistics& sums) const {
  const std::vector<Eigen::Index>& symbols = symbols_of(rows, prepared.logs.rows());
  for (Eigen::Index k = 0; k < prepared.logs.cols(); ++k) {
    const double* const from = weights.col(k).data();
    for (std::size_t n = 0; n < symbols.size(); ++n) sums.symbol_weights(symbols[n], k) += from[n];
  }
}

void CategoricalBank::log_densities_of_row(const Prepared& prepared, std::span<const double> row,
                                           std::span<double> out) const {
  std::fill(out.begin(), out.end(), 0.0);
  if (std::isnan(row[0])) return;
  const Eigen::Index symbol = symbol_of(row[0], prepared.logs.rows());
  for (std::size_t k = 0; k < out.size(); ++k) out[k] = prepared.logs(symbol, static_cast<Eigen::Index>(k));
}

void CategoricalBank::accumulate_row(const Prepared& prepared, std::span<const double> row,
                                     std::span<const double> weights, Statistics& sums) const {
  if (std::isnan(row[0])) return;
  const Eigen::Index symbol = symbol_of(row[0], prepared.logs.rows());
  for (std::size_t k = 0; k < weights.size(); ++k) {
    sums.symbol_weights(symbol, static_cast<Eigen::Index>(k)) += weights[k];
  }
}

CategoricalBank::Parameters CategoricalBank::maximization(const Statistics& sums, const Parameters& current,
                                                          Notes notes) const {
  require_concentration(concentration);
  const Eigen::VectorXd counts = sums.symbol_weights.colwise().sum();
  Parameters next = current;
  for (Eigen::Index k = 0; k < counts.size(); ++k) {
    const bool empty = without_observations(counts, k);
    if (empty) notes.add(empty_note(k));
    if (empty && concentration == 1) continue;
    auto row = next.probabilities.row(k).array();
    row = (row > 0).select(sums.symbol_weights.col(k).transpose().array() + (concentration - 1), 0.0);
    const double total = row.sum();
    if (total > 0) {
      row /= total;
    } else {
      row = current.probabilities.row(k).array();  // its rows hold symbols alone that it rules out
    }
  }
  return next;
}

double CategoricalBank::log_prior(const Parameters& parameters) const {
  if (concentration == 1) return 0;
  const auto p = parameters.probabilities.array();
  return (concentration - 1) * (p > 0).select(p, 1.0).log().sum();
}

CategoricalBank::Parameters CategoricalBank::pooled(const Observations& rows, Weights weights,
                                                    std::size_t components) const {
  require_concentration(concentration);
  // With the prior's share, so that a symbol which these rows lack is not ruled out.
  Eigen::VectorXd counts = symbol_counts(rows, weights, symbols).array() + (concentration - 1);
  const double total = counts.sum();
  if (total > 0) {
    counts /= total;
  } else {
    counts.setConstant(1 / static_cast<double>(counts.size()));
  }
  return {counts.transpose().replicate(static_cast<Eigen::Index>(components), 1)};
}

void CategoricalBank::draw(const Parameters& parameters, std::size_t component, Random& random,
                           std::span<double> row) const {
  const Eigen::VectorXd probabilities = parameters.probabilities.row(static_cast<Eigen::Index>(component)).transpose();
  row[0] = static_cast<double>(draw_index(probabilities, random));
}

std::optional<std::string> CategoricalBank::refusal(double cell) const {
  const bool whole = cell >= 0 && std::isfinite(cell) && cell == std::floor(cell);
  if (whole && (symbols == 0 || cell < static_cast<double>(symbols))) return std::nullopt;
  return "a symbol must be a whole number from 0" + (symbols == 0 ? "" : " to " + std::to_string(symbols - 1));
}

}  // namespace latent
