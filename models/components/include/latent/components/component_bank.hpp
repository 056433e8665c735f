#pragma once

#include <concepts>
#include <cstddef>
#include <optional>
#include <span>
#include <string>

#include <Eigen/Core>
#include <latent/algebra.hpp>
#include <latent/column_block.hpp>
#include <latent/fields.hpp>
#include <latent/notes.hpp>
#include <latent/observations.hpp>
#include <latent/random.hpp>

// A bank: K densities of one family taken together, because the fast kernels work on all K at once. Whoever writes a
// bank gets a mixture of it (<latent/components/mixture.hpp>) and a hidden Markov model (<latent/hmm/hidden_markov.hpp>).
//
// You write
//
//   struct Parameters { ... };            of all K components, with fields()
//   struct Statistics { ... };            weighted sums over observations, with fields() (or add and scale)
//   struct Prepared {                     whatever is worth computing once per E-step, and
//     Eigen::VectorXd log_constants;      K: that part of the log-densities which does not depend on the observation; a
//   };                                    mixture adds its log-weights to it
//   Prepared prepare(const Parameters&) const;
//   Statistics statistics(const Prepared&) const;
//                                         an empty sum
//   void log_densities(const Prepared&, const ColumnBlock& rows, Columns out) const;
//                                         out(n, k) = log of component k's density at row n, with log_constants[k]
//                                         added as it stands in Prepared, log-weight and all; rows.padded_rows() x K,
//                                         of which those beyond the last row may become anything
//   void accumulate(const Prepared&, const ColumnBlock& rows, ConstColumns weights, Statistics& sums) const;
//                                         adds weights(n, k) * t(row n) to component k's sums; beyond the last row
//                                         cells and weights are 0
//   Parameters maximization(const Statistics& sums, const Parameters& current, Notes notes) const;
//   Parameters pooled(const Observations&, Weights, std::size_t components) const;
//                                         all components alike, at the data's own moments: where starts begin
//
// and may write
//
//   double log_prior(const Parameters&) const;
//   void draw(const Parameters&, std::size_t component, Random&, std::span<double> row) const;
//                                         simulates one observation
//   Eigen::MatrixXd means(const Parameters&) const;
//                                         K x D: the expected row of each component, for forecasts
//   std::optional<std::string> refusal(double cell) const;
//                                         why a cell cannot be that number ("a count must be a whole number from 0")
//   static constexpr bool nominal = true; distances between rows mean nothing, so that starts are random instead of
//                                         clusters
//   Eigen::VectorXd block_origin;         in Prepared: rows are then given with it subtracted (D, or empty)
//
// Rows of which cells are missing (NaN) come one by one, if the bank has
//
//   void log_densities_of_row(const Prepared&, std::span<const double> row, std::span<double> out) const;
//                                         out[k] = log-density of the cells that are there (the others integrated out),
//                                         complete with its constants, of no use of log_constants; 0 if none is there
//   void accumulate_row(const Prepared&, std::span<const double> row, std::span<const double> weights,
//                       Statistics& sums) const;
//                                         adds weights[k] * E[t(row) | its cells that are there, component k]
//                                         (Little & Rubin 2002, section 11.2)
//
// A bank over an alphabet of V symbols (one column, cells 0, 1, ..., V - 1) that has
//
//   RowMajorMatrix Prepared::symbol_densities     V x K: the probability of symbol v under component k
//   RowMajorMatrix Statistics::symbol_weights     V x K: what accumulate adds up
//
// is read row by row in a hidden Markov model, without logarithms.

namespace latent {

template <class Bank>
concept ComponentBank = HasFields<typename Bank::Parameters> && Additive<typename Bank::Statistics> &&
    requires(const Bank& bank, const typename Bank::Parameters& parameters, const typename Bank::Prepared& prepared,
             const ColumnBlock& rows, Columns out, ConstColumns weights, typename Bank::Statistics& sums,
             const Observations& data, std::size_t components) {
  { prepared.log_constants } -> std::convertible_to<Eigen::VectorXd>;
  { bank.prepare(parameters) } -> std::convertible_to<typename Bank::Prepared>;
  { bank.statistics(prepared) } -> std::convertible_to<typename Bank::Statistics>;
  {bank.log_densities(prepared, rows, out)};
  {bank.accumulate(prepared, rows, weights, sums)};
  { bank.maximization(sums, parameters, Notes()) } -> std::convertible_to<typename Bank::Parameters>;
  { bank.pooled(data, Weights(), components) } -> std::convertible_to<typename Bank::Parameters>;
};

template <class Bank>
concept BankHasLogPrior = requires(const Bank& bank, const typename Bank::Parameters& parameters) {
  { bank.log_prior(parameters) } -> std::convertible_to<double>;
};

template <class Bank>
concept BankTakesMissing = requires(const Bank& bank, const typename Bank::Prepared& prepared,
                                    typename Bank::Statistics& sums, std::span<const double> row,
                                    std::span<double> out) {
  {bank.log_densities_of_row(prepared, row, out)};
  {bank.accumulate_row(prepared, row, row, sums)};
};

template <class Bank>
concept BankOfSymbols = requires(typename Bank::Prepared& prepared, typename Bank::Statistics& sums) {
  { prepared.symbol_densities } -> std::convertible_to<RowMajorMatrix>;
  { sums.symbol_weights } -> std::convertible_to<RowMajorMatrix>;
};

template <class Bank>
concept BankRefuses = requires(const Bank& bank, double cell) {
  { bank.refusal(cell) } -> std::convertible_to<std::optional<std::string>>;
};

template <class Bank>
concept BankHasMeans = requires(const Bank& bank, const typename Bank::Parameters& parameters) {
  { bank.means(parameters) } -> std::convertible_to<Eigen::MatrixXd>;
};

template <class Bank>
concept BankIsNominal = bool(Bank::nominal);

template <class Bank>
concept BankDraws = requires(const Bank& bank, const typename Bank::Parameters& parameters, std::size_t component,
                             Random& random, std::span<double> row) {
  {bank.draw(parameters, component, random, row)};
};

}  // namespace latent
