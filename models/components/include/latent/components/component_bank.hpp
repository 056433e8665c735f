#pragma once

#include <concepts>
#include <cstddef>
#include <span>

#include <Eigen/Core>
#include <latent/algebra.hpp>
#include <latent/column_block.hpp>
#include <latent/fields.hpp>
#include <latent/notes.hpp>
#include <latent/observations.hpp>
#include <latent/random.hpp>

// A bank: K densities of one family taken together, because the fast kernels work on all K at once. Whoever writes a
// bank gets a mixture of it (<latent/components/mixture.hpp>).
//
// You write
//
//   struct Parameters { ... };            of all K components, with fields()
//   struct Statistics { ... };            weighted sums over observations, with fields() (or add and scale)
//   struct Prepared {                     whatever is worth computing once per E-step, and
//     Eigen::VectorXd log_constants;      K: that part of the log-densities which does not depend on the observation; a
//   };                                    mixture adds its log-weights to it
//   Prepared prepare(const Parameters&) const;
//   Statistics statistics(const Prepared&) const;                                    an empty sum
//   void log_densities(const Prepared&, const ColumnBlock& rows, Columns out) const;
//                                         out(n, k) = log of component k's density at row n; rows.padded_rows() x K
//   void accumulate(const Prepared&, const ColumnBlock& rows, ConstColumns weights, Statistics& sums) const;
//                                         adds weights(n, k) * t(row n) to component k's sums
//   Parameters maximization(const Statistics& sums, const Parameters& current, Notes notes) const;
//   Parameters pooled(const Observations&, Weights, std::size_t components) const;    all components alike, at the
//   data's own
//                                         moments: where starts begin
//
// and may write
//
//   double log_prior(const Parameters&) const;
//   void draw(const Parameters&, std::size_t component, Random&, std::span<double> row) const;    simulates one
//   observation Eigen::VectorXd block_origin;         in Prepared: rows are then given with it subtracted (D, or empty)

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
concept BankDraws = requires(const Bank& bank, const typename Bank::Parameters& parameters, std::size_t component,
                             Random& random, std::span<double> row) {
  {bank.draw(parameters, component, random, row)};
};

}  // namespace latent
