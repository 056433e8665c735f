#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>

#include <Eigen/Core>
#include <latent/components/component_bank.hpp>
#include <latent/components/independent_columns.hpp>
#include <latent/random.hpp>

namespace latent {

// K products of D Poisson distributions: counts whose columns are independent given the component.
//   ln f(x; rate) = sum_j (x_j ln rate_j - rate_j - ln x_j!)       M-step  rate_kj = the weighted mean of column j
// (Johnson, Kemp & Kotz 2005, chapter 4.) A rate of 0 is what a component has that knows zeros only: every other
// count is then impossible.
struct PoissonBank : IndependentColumns {
  struct Parameters {
    Eigen::MatrixXd rates;  // K x D: expected counts
    static constexpr auto fields() { return latent::fields(field("rates", &Parameters::rates, non_negative)); }
  };

  Prepared prepare(const Parameters& parameters) const;  // throws ModelError
  void log_densities(const Prepared& prepared, const ColumnBlock& rows, Columns out) const;
  void log_densities_of_row(const Prepared& prepared, std::span<const double> row, std::span<double> out) const;
  Parameters maximization(const Statistics& sums, const Parameters& current, Notes notes = {}) const;
  Parameters pooled(const Observations& rows, Weights weights, std::size_t components) const;
  void draw(const Parameters& parameters, std::size_t component, Random& random, std::span<double> row) const;
  Eigen::MatrixXd means(const Parameters& parameters) const { return parameters.rates; }
  std::optional<std::string> refusal(double cell) const;
};

static_assert(ComponentBank<PoissonBank> && BankTakesMissing<PoissonBank> && BankDraws<PoissonBank>);

}  // namespace latent
