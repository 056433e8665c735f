#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include <Eigen/Core>
#include <latent/column_block.hpp>
#include <latent/components/component_bank.hpp>
#include <latent/error.hpp>
#include <latent/hmm/row_layout.hpp>
#include <latent/observations.hpp>
#include <latent/sequences.hpp>

namespace latent {

// What the recursions need of a bank, whatever it is: densities of rows as P numbers each, and sums over rows with
// weights of that form. Missing cells are integrated out, a row without cells says nothing; a known state leaves the
// others no density.
template <ComponentBank Bank>
class Emissions {
 public:
  using BankPrepared = typename Bank::Prepared;
  using BankStatistics = typename Bank::Statistics;

  Emissions() = default;
  Emissions(const Bank& bank, const typename Bank::Parameters& parameters, std::size_t padded)
      : bank_(bank), prepared_(bank.prepare(parameters)), padded_(padded) {
    ones_.reserve(padded);
    std::fill_n(ones_.data(), padded, 1.0);
    if constexpr (BankOfSymbols<Bank>) make_table();
    if constexpr (BankHasMeans<Bank>) means_ = bank.means(parameters);
  }
  Emissions(const Emissions&) = delete;
  Emissions(Emissions&&) = default;
  Emissions& operator=(Emissions&&) = default;

  const BankPrepared& prepared() const { return prepared_; }
  // S x D: the expected rows.
  RowMajorMatrix means() const requires BankHasMeans<Bank> { return means_; }
  std::size_t states() const { return static_cast<std::size_t>(prepared_.log_constants.size()); }

  // How many numbers `room` of `fill` must hold for that many rows.
  std::size_t room_for(std::size_t rows, bool known) const {
    return BankOfSymbols<Bank> && !known ? 0 : rows * padded_;
  }

  // Points to the densities of each row, zero where padded, times exp(-m) for some m of the row; returns the sum of the
  // m. `room` is 64-byte aligned.
  double fill(const Observations& rows, std::span<const std::int32_t> known, double* room,
              const double** densities) const {
    double log_scale = 0;
    if constexpr (BankOfSymbols<Bank>) {
      for_each_piece(rows, [&](std::size_t first, const Observations& piece) {
        for (std::size_t t = 0; t < piece.size(); ++t) densities[first + t] = row_of_symbol(piece(t, 0));
      });
    } else {
      for_each_block(rows, [&](std::size_t first, std::size_t count, Columns logs) {
        log_scale += densities_of_rows(logs, count, padded_, room + first * padded_);
      });
      for (std::size_t t = 0; t < rows.size(); ++t) densities[t] = room + t * padded_;
    }
    for (std::size_t t = 0; t < known.size(); ++t) {
      if (known[t] == Sequences::unknown) continue;
      double* const own = room + t * padded_;
      const double density = densities[t][known[t]];
      std::fill_n(own, padded_, 0.0);
      own[known[t]] = density;
      densities[t] = own;
    }
    return log_scale;
  }

  // The same as logarithms, T x S.
  RowMajorMatrix logs(const Observations& rows, std::span<const std::int32_t> known) const {
    RowMajorMatrix all(static_cast<Eigen::Index>(rows.size()), static_cast<Eigen::Index>(states()));
    for_each_block(rows, [&](std::size_t first, std::size_t count, Columns logs) {
      all.middleRows(static_cast<Eigen::Index>(first), static_cast<Eigen::Index>(count)) =
          logs.topRows(static_cast<Eigen::Index>(count)).matrix();
    });
    for (std::size_t t = 0; t < known.size(); ++t) {
      if (known[t] == Sequences::unknown) continue;
      const auto row = static_cast<Eigen::Index>(t);
      const double own = all(row, known[t]);
      all.row(row).setConstant(-std::numeric_limits<double>::infinity());
      all(row, known[t]) = own;
    }
    return all;
  }

  // Adds the rows with weights gamma, P numbers each.
  void accumulate(const Observations& rows, const double* gamma, BankStatistics& sums) const {
    if constexpr (BankOfSymbols<Bank>) {
      const std::size_t count = states();
      for_each_piece(rows, [&](std::size_t, const Observations& piece) {
        for (std::size_t t = 0; t < piece.size(); ++t, gamma += padded_) {
          const double symbol = piece(t, 0);
          if (std::isnan(symbol)) continue;
          double* const to = sums.symbol_weights.data() + static_cast<std::size_t>(symbol) * count;
          for (std::size_t k = 0; k < count; ++k) to[k] += gamma[k];
        }
      });
    } else {
      accumulate_blocks(rows, gamma, sums);
    }
  }

 private:
  // Symbols: the densities of a row are a row of a table.
  void make_table() {
    const auto& densities = prepared_.symbol_densities;
    symbols_ = static_cast<std::size_t>(densities.rows());
    double* const table = table_.reserve(symbols_ * padded_);
    std::fill_n(table, symbols_ * padded_, 0.0);
    for (std::size_t v = 0; v < symbols_; ++v) {
      for (std::size_t k = 0; k < states(); ++k) {
        table[v * padded_ + k] = densities(static_cast<Eigen::Index>(v), static_cast<Eigen::Index>(k));
      }
    }
  }
  const double* row_of_symbol(double cell) const {
    if (std::isnan(cell)) return ones_.data();
    const auto symbol = static_cast<std::size_t>(cell);
    if (!(cell >= 0) || symbol >= symbols_) {
      throw DataError("there is a symbol " + std::to_string(cell) + ", the model knows those from 0 to " +
                      std::to_string(symbols_ - 1));
    }
    return table_.data() + symbol * padded_;
  }

  // visit(first, count, log-densities) for cache-sized blocks of rows.
  template <class Visit>
  void for_each_block(const Observations& rows, const Visit& visit) const {
    static thread_local AlignedBuffer buffer;
    for_each_gathered(rows, [&](std::size_t first, const Observations& part, const ColumnBlock& block, bool holes) {
      Columns logs(buffer.reserve(block.padded_rows() * states()), static_cast<Eigen::Index>(block.padded_rows()),
                   static_cast<Eigen::Index>(states()));
      bank_.log_densities(prepared_, block, logs);
      if (holes) mend_log_densities(part, logs);
      visit(first, part.size(), logs);
    });
  }

  void accumulate_blocks(const Observations& rows, const double* gamma, BankStatistics& sums) const {
    static thread_local AlignedBuffer buffer;
    for_each_gathered(rows, [&](std::size_t first, const Observations& part, const ColumnBlock& block, bool holes) {
      Columns weights(buffer.reserve(block.padded_rows() * states()), static_cast<Eigen::Index>(block.padded_rows()),
                      static_cast<Eigen::Index>(states()));
      columns_of_rows(gamma + first * padded_, part.size(), padded_, weights);
      if (holes) take_out_incomplete(part, weights, sums);
      bank_.accumulate(prepared_, block, {weights.data(), weights.rows(), weights.cols()}, sums);
    });
  }

  // visit(first, rows, block, holes): rows of which cells are missing stand in the block with zeros instead.
  template <class Visit>
  void for_each_gathered(const Observations& rows, const Visit& visit) const {
    static thread_local ColumnBlock block;
    std::span<const double> origin;
    if constexpr (requires { prepared_.block_origin; }) {
      origin = {prepared_.block_origin.data(), static_cast<std::size_t>(prepared_.block_origin.size())};
    }
    const std::size_t step = block_rows(rows.columns(), states());
    for (std::size_t first = 0; first < rows.size(); first += step) {
      const Observations part = rows.subspan(first, std::min(step, rows.size() - first));
      const bool holes = any_missing(part);
      if (holes) {
        const RowMajorMatrix filled = without_holes(part);
        block.gather(filled, origin);
      } else {
        block.gather(part, origin);
      }
      visit(first, part, block, holes);
    }
  }

  static RowMajorMatrix without_holes(const Observations& rows) {
    RowMajorMatrix filled(static_cast<Eigen::Index>(rows.size()), static_cast<Eigen::Index>(rows.columns()));
    for (std::size_t n = 0; n < rows.size(); ++n) {
      for (std::size_t j = 0; j < rows.columns(); ++j) {
        const double cell = rows(n, j);
        filled(static_cast<Eigen::Index>(n), static_cast<Eigen::Index>(j)) = std::isnan(cell) ? 0 : cell;
      }
    }
    return filled;
  }

  void mend_log_densities(const Observations& rows, Columns logs) const {
    std::vector<double> out(states());
    for_each_incomplete(rows, [&](std::size_t n, Missing missing) {
      std::ranges::fill(out, 0.0);
      if (missing == Missing::some) row_log_densities(rows.row(n), out);
      for (std::size_t k = 0; k < out.size(); ++k) {
        logs(static_cast<Eigen::Index>(n), static_cast<Eigen::Index>(k)) = out[k];
      }
    });
  }

  // Rows with missing cells are added one by one, and have no weight in the block.
  void take_out_incomplete(const Observations& rows, Columns weights, BankStatistics& sums) const {
    std::vector<double> own(states());
    for_each_incomplete(rows, [&](std::size_t n, Missing missing) {
      const auto row = static_cast<Eigen::Index>(n);
      for (std::size_t k = 0; k < own.size(); ++k) own[k] = weights(row, static_cast<Eigen::Index>(k));
      weights.row(row).setZero();
      if constexpr (BankTakesMissing<Bank>) {
        const Eigen::VectorXd cells = rows.row(n);
        if (missing == Missing::some) {
          bank_.accumulate_row(prepared_, {cells.data(), static_cast<std::size_t>(cells.size())}, own, sums);
        }
      }
    });
  }

  void row_log_densities(const Eigen::VectorXd& cells, std::span<double> out) const {
    if constexpr (BankTakesMissing<Bank>) {
      bank_.log_densities_of_row(prepared_, {cells.data(), static_cast<std::size_t>(cells.size())}, out);
    } else {
      throw DataError("a row has some of its cells and not others: this family takes only whole rows, or none");
    }
  }

  template <class Visit>
  static void for_each_incomplete(const Observations& rows, const Visit& visit) {
    for (std::size_t n = 0; n < rows.size(); ++n) {
      const Missing missing = missing_cells(rows, n);
      if (missing != Missing::none) visit(n, missing);
    }
  }

  Bank bank_{};
  BankPrepared prepared_;
  RowMajorMatrix means_;
  std::size_t padded_ = 0;
  AlignedBuffer ones_;
  AlignedBuffer table_;
  std::size_t symbols_ = 0;
};

}  // namespace latent
