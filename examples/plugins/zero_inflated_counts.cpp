// A family of densities of one's own, written once as a component bank: a mixture and a hidden Markov model of it come
// for nothing, here both as models of a plugin. The family: Poisson counts with too many zeros, of which some would be zero whatever the rate.
//   f(x) = z [x = 0] + (1 - z) Poisson(x; rate)     E-step  p(zero whatever the rate | x = 0) = z / f(0)
//   M-step  z = their expected share, rate = the sum of the counts / the expected number of the others
// (Lambert 1992, without regressors.) Data: 4075 widows by number of children (Thisted 1988); movements of a fetal lamb in
// 240 intervals of 5 seconds (Leroux & Puterman 1992). The same as a model instead of a bank: extra_zeros.cpp.
//   latent --plugin build/release/examples/plugins/zero_inflated_counts.so fit zip-chain examples/data/fetal_lamb.csv
//     --states 2
#include <algorithm>
#include <cmath>
#include <cstddef>

#include <latent/components/column_moments.hpp>
#include <latent/components/log_factorial.hpp>
#include <latent/hmm/bank_entry.hpp>
#include <latent/plugin.hpp>

using Eigen::VectorXd, latent::field;

struct ZeroInflatedPoissonBank {
  struct Parameters {
    VectorXd zeros, rates;  // K each: z, and the rate of the others
    static constexpr auto fields() {
      return latent::fields(field("zeros", &Parameters::zeros, latent::unit_interval),
                            field("rates", &Parameters::rates, latent::non_negative));
    }
  };
  struct Statistics {
    VectorXd counts, zeros, sums;  // K: sums of r_nk, of r_nk p(zero whatever the rate | x_n), of r_nk x_n
    static constexpr auto fields() {
      return latent::fields(field("counts", &Statistics::counts), field("zeros", &Statistics::zeros),
                            field("sums", &Statistics::sums));
    }
  };
  struct Prepared {
    VectorXd log_constants;  // K: nothing but the log-weights that a mixture adds
    Parameters at;
  };

  Prepared prepare(const Parameters& at) const { return {VectorXd::Zero(at.rates.size()), at}; }
  Statistics statistics(const Prepared& prepared) const {
    const VectorXd none = VectorXd::Zero(prepared.log_constants.size());
    return {none, none, none};
  }
  void log_densities(const Prepared& prepared, const latent::ColumnBlock& rows, latent::Columns out) const {
    const auto& [zeros, rates] = prepared.at;
    const Eigen::ArrayXd x = rows.array().col(0), log_factorials = x.unaryExpr(&latent::log_factorial);
    for (Eigen::Index k = 0; k < out.cols(); ++k) {
      const double at_zero = std::log(zeros[k] + (1 - zeros[k]) * std::exp(-rates[k]));
      const Eigen::ArrayXd otherwise = x * std::log(rates[k]) - rates[k] - log_factorials + std::log1p(-zeros[k]);
      out.col(k) = prepared.log_constants[k] + (x == 0).select(at_zero, otherwise);
    }
  }
  void accumulate(const Prepared& prepared, const latent::ColumnBlock& rows, latent::ConstColumns weights,
                  Statistics& sums) const {
    const auto& [zeros, rates] = prepared.at;
    const auto x = rows.array().col(0);  // 0 beyond the last row, where the weights are 0 too
    for (Eigen::Index k = 0; k < weights.cols(); ++k) {
      const double whatever_the_rate = zeros[k] / (zeros[k] + (1 - zeros[k]) * std::exp(-rates[k]));
      sums.counts[k] += weights.col(k).sum();
      sums.zeros[k] += whatever_the_rate * (x == 0).select(weights.col(k), 0).sum();
      sums.sums[k] += (weights.col(k) * x).sum();
    }
  }
  Parameters maximization(const Statistics& sums, const Parameters& current, latent::Notes = {}) const {
    Parameters next = current;  // which a component without observations keeps
    for (Eigen::Index k = 0; k < next.rates.size(); ++k) {
      if (sums.counts[k] > 0) next.zeros[k] = std::min(1., sums.zeros[k] / sums.counts[k]);
      if (sums.counts[k] > sums.zeros[k]) next.rates[k] = sums.sums[k] / (sums.counts[k] - sums.zeros[k]);
    }
    return next;
  }
  Parameters pooled(const latent::Observations& rows, latent::Weights weights, std::size_t components) const {
    const double mean = latent::column_moments(rows, weights).means[0];  // (1 - z) rate
    return {VectorXd::Constant(components, 0.5), VectorXd::Constant(components, 2 * mean)};
  }
};
static_assert(latent::ComponentBank<ZeroInflatedPoissonBank>);

LATENT_PLUGIN(latent::mixture_entry<ZeroInflatedPoissonBank>("zip-mixture", "mixture of zero-inflated Poisson counts"),
              latent::chain_entry<ZeroInflatedPoissonBank>("zip-chain", "hidden Markov model of such counts"))
