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

// K products of D exponential distributions: durations whose columns are independent given the component.
//   ln f(x; rate) = sum_j (ln rate_j - rate_j x_j)        M-step  rate_kj = 1 / the weighted mean of column j
// (Johnson, Kotz & Balakrishnan 1994, chapter 19.)
//
// The likelihood has no bound: a component that knows zeros only gains without end as its rate grows. So the M-step
// maximises over means of at least `least_mean` times the mean of all rows, column by column. The expected
// log-likelihood falls on both sides of its maximum, so that the mean at the bound is the constrained maximum and EM
// stays monotone; a note says so.
struct ExponentialBank : IndependentColumns {
  static constexpr double least_mean = 1e-10;

  struct Parameters {
    Eigen::MatrixXd rates;  // K x D: in reciprocal units of the columns
    static constexpr auto fields() { return latent::fields(field("rates", &Parameters::rates, positive)); }
  };

  Prepared prepare(const Parameters& parameters) const;  // throws ModelError
  // Throws ModelError for a column of zeros.
  Parameters maximization(const Statistics& sums, const Parameters& current, Notes notes = {}) const;
  Parameters pooled(const Observations& rows, Weights weights, std::size_t components) const;
  void draw(const Parameters& parameters, std::size_t component, Random& random, std::span<double> row) const;
  Eigen::MatrixXd means(const Parameters& parameters) const { return parameters.rates.cwiseInverse(); }
  std::optional<std::string> refusal(double cell) const;
};

static_assert(ComponentBank<ExponentialBank> && BankTakesMissing<ExponentialBank> && BankDraws<ExponentialBank>);

}  // namespace latent
