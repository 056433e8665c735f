#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>

#include <Eigen/Core>
#include <latent/column_block.hpp>
#include <latent/components/component_bank.hpp>
#include <latent/fields.hpp>
#include <latent/notes.hpp>
#include <latent/observations.hpp>
#include <latent/random.hpp>

namespace latent {

// K distributions over an alphabet of V symbols: one column, whose cells are 0, 1, ..., V - 1.
//   ln f(x; p) = ln p_x       M-step  p_kv = (c_kv + a - 1) / sum_u (c_ku + a - 1),  c_kv = sum_n r_nk [x_n = v]
// with a symmetric Dirichlet prior of concentration a ([PRML] (2.38), (2.41); its mode). A probability that is zero
// stays exactly zero: symbols ruled out in the beginning, by the shape of a model, are never seen, and the prior is
// over the others.
struct CategoricalBank {
  struct Parameters {
    Eigen::MatrixXd probabilities;  // K x V
    static constexpr auto fields() {
      return latent::fields(field("probabilities", &Parameters::probabilities, simplex_rows));
    }
  };

  struct Statistics {
    RowMajorMatrix symbol_weights;  // V x K: c
    static constexpr auto fields() { return latent::fields(field("symbol_weights", &Statistics::symbol_weights)); }
  };

  struct Prepared {
    Eigen::VectorXd log_constants;    // K: 0
    RowMajorMatrix symbol_densities;  // V x K
    Eigen::MatrixXd logs;             // V x K: of these
  };

  static constexpr bool nominal = true;

  // V; 0: `pooled` takes the largest cell + 1. A fit that searches among starts on a part of the data (or has new data
  // to predict) should be told, as the part may lack a symbol.
  std::size_t symbols = 0;
  double concentration = 1;  // a >= 1; 1: no prior

  Prepared prepare(const Parameters& parameters) const;   // throws ModelError
  Statistics statistics(const Prepared& prepared) const;  // zeros
  // Both throw DataError for a cell that is no symbol.
  void log_densities(const Prepared& prepared, const ColumnBlock& rows, Columns out) const;
  void accumulate(const Prepared& prepared, const ColumnBlock& rows, ConstColumns weights, Statistics& sums) const;
  // A missing symbol says nothing, and nothing is added.
  void log_densities_of_row(const Prepared& prepared, std::span<const double> row, std::span<double> out) const;
  void accumulate_row(const Prepared& prepared, std::span<const double> row, std::span<const double> weights,
                      Statistics& sums) const;

  // A component without observations keeps its probabilities, or with a prior gets its mode. Throws OptionError for a
  // concentration below 1.
  Parameters maximization(const Statistics& sums, const Parameters& current, Notes notes = {}) const;
  double log_prior(const Parameters& parameters) const;  // without the constant of the Dirichlet density
  Parameters pooled(const Observations& rows, Weights weights, std::size_t components) const;
  void draw(const Parameters& parameters, std::size_t component, Random& random, std::span<double> row) const;
  std::optional<std::string> refusal(double cell) const;
};

static_assert(ComponentBank<CategoricalBank> && BankOfSymbols<CategoricalBank> && BankTakesMissing<CategoricalBank> &&
              BankDraws<CategoricalBank>);

}  // namespace latent
