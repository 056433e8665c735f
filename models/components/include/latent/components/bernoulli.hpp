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

// K products of D Bernoulli distributions: cells 0 and 1 whose columns are independent given the component. A mixture
// of them is the latent class model.
//   ln f(x; p) = sum_j (x_j ln p_j + (1 - x_j) ln (1 - p_j))       M-step  p_kj = the weighted mean of column j
// ([PRML] section 9.3.3.) Probabilities of 0 and 1 are legal: 0 ln 0 = 0, and the other value is impossible.
struct BernoulliBank : IndependentColumns {
  struct Parameters {
    Eigen::MatrixXd probabilities;  // K x D: of a 1
    static constexpr auto fields() {
      return latent::fields(field("probabilities", &Parameters::probabilities, unit_interval));
    }
  };

  Prepared prepare(const Parameters& parameters) const;  // throws ModelError
  Parameters maximization(const Statistics& sums, const Parameters& current, Notes notes = {}) const;
  Parameters pooled(const Observations& rows, Weights weights, std::size_t components) const;
  void draw(const Parameters& parameters, std::size_t component, Random& random, std::span<double> row) const;
  Eigen::MatrixXd means(const Parameters& parameters) const { return parameters.probabilities; }
  std::optional<std::string> refusal(double cell) const;
};

static_assert(ComponentBank<BernoulliBank> && BankTakesMissing<BernoulliBank> && BankDraws<BernoulliBank>);

}  // namespace latent
