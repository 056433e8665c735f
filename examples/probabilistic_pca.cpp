// Probabilistic principal components: rows of D numbers are a linear map of Q hidden ones, and noise.
//   x = mean + W z + error,  z ~ normal(0, I),  error ~ normal(0, noise I)      (Tipping & Bishop 1999)
//   E-step  z | x ~ normal(M^-1 W^T (x - mean), noise M^-1),  M = W^T W + noise I
//   M-step  least squares of x on (z, 1), of which the expected products are known
// The maximum has a closed form (their section 3.2), with the eigenvalues of the covariance; W is known up to a
// rotation only. Data: Anderson's irises (Fisher 1936), 150 flowers with 4 measurements each.
#include <cmath>
#include <cstddef>
#include <iostream>
#include <numbers>

#include <Eigen/Cholesky>
#include <Eigen/Eigenvalues>
#include <boost/random/normal_distribution.hpp>
#include <latent/components/column_moments.hpp>
#include <latent/fit.hpp>
#include <latent/table.hpp>

using Eigen::MatrixXd, Eigen::VectorXd, latent::field;

struct ProbabilisticPca {
  struct Parameters {
    MatrixXd loadings;  // D x Q: W
    VectorXd mean;      // D
    double noise = 1;   // variance
    static constexpr auto fields() {
      return latent::fields(field("loadings", &Parameters::loadings), field("mean", &Parameters::mean),
                            field("noise", &Parameters::noise, latent::positive));
    }
  };
  struct Statistics {    // expected sums over rows, with a = (z, 1)
    MatrixXd hidden;     // (Q + 1) x (Q + 1): a a^T; in its last corner the number of rows
    MatrixXd crossed;    // D x (Q + 1): x a^T
    double squares = 0;  // |x|^2
    static constexpr auto fields() {
      return latent::fields(field("hidden", &Statistics::hidden), field("crossed", &Statistics::crossed),
                            field("squares", &Statistics::squares));
    }
  };
  using Data = latent::Observations;

  Eigen::Index components = 2;  // Q

  Statistics statistics(const Parameters& at) const {
    const Eigen::Index d = at.loadings.rows(), q = at.loadings.cols();
    return {MatrixXd::Zero(q + 1, q + 1), MatrixXd::Zero(d, q + 1)};
  }
  double expectation(const Parameters& at, const latent::Observations& rows, Statistics& sums) const {
    const Eigen::Index d = at.loadings.rows(), q = at.loadings.cols();
    const Eigen::LLT<MatrixXd> factor(at.loadings.transpose() * at.loadings + at.noise * MatrixXd::Identity(q, q));
    const MatrixXd inverse = factor.solve(MatrixXd::Identity(q, q));
    // ln |W W^T + noise I| = 2 ln |L| + (D - Q) ln noise,  M = L L^T
    const double log_constant = -factor.matrixLLT().diagonal().array().log().sum() -
                                (d * std::log(2 * std::numbers::pi) + (d - q) * std::log(at.noise)) / 2;
    VectorXd a = VectorXd::Ones(q + 1);
    double log_likelihood = 0;
    for (std::size_t n = 0; n < rows.size(); ++n) {
      const VectorXd x = rows.row(n), away = x - at.mean, seen = at.loadings.transpose() * away;
      a.head(q) = inverse * seen;
      sums.hidden += a * a.transpose();
      sums.hidden.topLeftCorner(q, q) += at.noise * inverse;
      sums.crossed += x * a.transpose();
      sums.squares += x.squaredNorm();
      log_likelihood += log_constant - (away.squaredNorm() - seen.dot(a.head(q))) / (2 * at.noise);
    }
    return log_likelihood;
  }
  Parameters maximization(const Statistics& sums, const Parameters& current) const {
    const Eigen::Index d = current.loadings.rows(), q = current.loadings.cols();
    const MatrixXd map = sums.hidden.llt().solve(sums.crossed.transpose()).transpose();  // (W, mean)
    const double squares = sums.squares - map.cwiseProduct(sums.crossed).sum();          // of the errors
    return {map.leftCols(q), map.col(q), squares / (sums.hidden(q, q) * d)};
  }
  Parameters initialize(const latent::Observations& rows, latent::Random& random) const {
    const auto [mean, variances] = latent::column_moments(rows);
    boost::random::normal_distribution<double> normal(0, std::sqrt(variances.mean()));
    return {MatrixXd::NullaryExpr(mean.size(), components, [&] { return normal(random); }), mean, variances.mean()};
  }
  std::size_t free_parameters(const Parameters& at) const {  // without the rotations
    return at.loadings.size() + at.mean.size() + 1 - components * (components - 1) / 2;
  }
  double expected_log_likelihood(const Statistics& sums, const Parameters& at) const {
    MatrixXd map(at.loadings.rows(), at.loadings.cols() + 1);
    map << at.loadings, at.mean;
    const double squares = sums.squares - 2 * map.cwiseProduct(sums.crossed).sum() +
                           (map.transpose() * map).cwiseProduct(sums.hidden).sum();
    const double cells = at.mean.size() * sums.hidden(at.loadings.cols(), at.loadings.cols());
    return -cells / 2 * std::log(2 * std::numbers::pi * at.noise) - squares / (2 * at.noise);
  }
};
static_assert(latent::LatentModel<ProbabilisticPca>);

int main() {
  const latent::Table flowers = latent::read_table("examples/data/iris.csv", {.columns = {"1-4"}});
  const auto fitted = latent::fit(ProbabilisticPca{.components = 2}, flowers.view(), {.seed = 1});
  const Eigen::Matrix4d covariance = latent::mean_and_covariance(flowers.view()).covariance;
  const Eigen::Vector4d variances = covariance.selfadjointView<Eigen::Lower>().eigenvalues();  // increasing
  const double noise = variances.head(2).mean(), determinant = variances[2] * variances[3] * noise * noise;
  const double closed_form = -150. / 2 * (4 * std::log(2 * std::numbers::pi) + std::log(determinant) + 4);
  std::cout << fitted.summary.full_report() << "noise variance " << fitted.parameters.noise << ", " << noise
            << " by the closed form, whose log-likelihood is " << closed_form << '\n';
  return std::abs(fitted.summary.log_likelihood - closed_form) < 1e-8 ? 0 : 1;
}
