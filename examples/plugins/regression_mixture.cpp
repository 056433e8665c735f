// A mixture of linear regressions, by a bank of densities of y given the predictors. Hidden: on which of K lines a row
// lies. A hidden Markov model of the same bank is a Markov-switching regression.
//   y = b_k0 + b_k1 x_1 + ... + error,  error ~ normal(0, variance)      (DeSarbo & Cron 1988)
//   M-step  least squares with the responsibilities as weights
// The last column is y. One variance for all lines: with one for each, a line through two points would have a variance
// of zero and an infinite likelihood. Data: Old Faithful, the waiting time after an eruption on its duration.
//   latent --plugin build/release/examples/plugins/regression_mixture.so fit regressions examples/data/old_faithful.csv
//     --components 2
#include <cmath>
#include <cstddef>
#include <numbers>
#include <vector>

#include <Eigen/QR>
#include <latent/components/column_moments.hpp>
#include <latent/hmm/bank_entry.hpp>
#include <latent/plugin.hpp>

using Eigen::MatrixXd, Eigen::VectorXd, latent::field;

struct RegressionBank {
  struct Parameters {
    MatrixXd coefficients;  // K x D: the constant, then one a predictor
    double variance = 1;
    static constexpr auto fields() {
      return latent::fields(field("coefficients", &Parameters::coefficients),
                            field("variance", &Parameters::variance, latent::positive));
    }
  };
  struct Statistics {
    std::vector<MatrixXd> products;  // K times (D + 1) x (D + 1): sum_n r_nk a a^T,  a = (1, row n)
    static constexpr auto fields() { return latent::fields(field("products", &Statistics::products)); }
  };
  struct Prepared {
    VectorXd log_constants;  // K
    Parameters at;
  };

  Prepared prepare(const Parameters& at) const {
    return {VectorXd::Constant(at.coefficients.rows(), -std::log(2 * std::numbers::pi * at.variance) / 2), at};
  }
  Statistics statistics(const Prepared& prepared) const {
    const Eigen::Index size = prepared.at.coefficients.cols() + 1;
    return {std::vector<MatrixXd>(prepared.log_constants.size(), MatrixXd::Zero(size, size))};
  }
  void log_densities(const Prepared& prepared, const latent::ColumnBlock& rows, latent::Columns out) const {
    const auto& [lines, variance] = prepared.at;
    const Eigen::Index p = lines.cols() - 1;  // predictors; column p is y
    for (Eigen::Index k = 0; k < out.cols(); ++k) {
      const Eigen::ArrayXd line = rows.array().leftCols(p).matrix() * lines.row(k).tail(p).transpose();
      out.col(k) = prepared.log_constants[k] - (rows.array().col(p) - lines(k, 0) - line).square() / (2 * variance);
    }
  }
  void accumulate(const Prepared&, const latent::ColumnBlock& rows, latent::ConstColumns weights,
                  Statistics& sums) const {
    MatrixXd a = MatrixXd::Ones(weights.rows(), rows.columns() + 1);
    a.rightCols(a.cols() - 1) = rows.array();
    for (Eigen::Index k = 0; k < weights.cols(); ++k)
      sums.products[k] += a.transpose() * weights.col(k).matrix().asDiagonal() * a;
  }
  Parameters maximization(const Statistics& sums, const Parameters& current, latent::Notes = {}) const {
    const Eigen::Index components = current.coefficients.rows(), size = current.coefficients.cols();
    MatrixXd lines(components, size);
    double squares = 0, total = 0;  // of the residuals
    for (Eigen::Index k = 0; k < components; ++k) {
      const MatrixXd& products = sums.products[k];
      const VectorXd with_y = products.col(size).head(size);
      // Of all solutions the shortest, should the rows of a line not determine it.
      lines.row(k) = products.topLeftCorner(size, size).completeOrthogonalDecomposition().solve(with_y);
      squares += products(size, size) - lines.row(k).dot(with_y);
      total += products(0, 0);
    }
    return {lines, squares / total};
  }
  Parameters pooled(const latent::Observations& rows, latent::Weights weights, std::size_t components) const {
    const auto [mean, covariance] = latent::mean_and_covariance(rows, weights);
    MatrixXd products(mean.size() + 1, mean.size() + 1);
    products << 1, mean.transpose(), mean, covariance + mean * mean.transpose();
    return maximization({std::vector<MatrixXd>(components, products)}, {MatrixXd(components, mean.size())});
  }
};
static_assert(latent::ComponentBank<RegressionBank>);

LATENT_PLUGIN(latent::mixture_entry<RegressionBank>("regressions", "mixture of linear regressions"),
              latent::chain_entry<RegressionBank>("switching-regressions", "regressions that a hidden chain switches"))
