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
#include <Eigen/LU>
#include <boost/random/normal_distribution.hpp>
#include <latent/components/column_moments.hpp>
#include <latent/conformance.hpp>
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
  struct Statistics {
    MatrixXd products;  // (Q + 1 + D) x (Q + 1 + D): sum of E[a a^T | x],  a = (z, 1, x)
    static constexpr auto fields() { return latent::fields(field("products", &Statistics::products)); }
  };
  using Data = latent::Observations;

  Eigen::Index components = 2;  // Q

  Statistics statistics(const Parameters& at) const {
    const Eigen::Index size = components + 1 + at.mean.size();
    return {MatrixXd::Zero(size, size)};
  }
  double expectation(const Parameters& at, const latent::Observations& rows, Statistics& sums) const {
    const Eigen::Index d = at.mean.size(), q = components;
    const MatrixXd m = at.loadings.transpose() * at.loadings + at.noise * MatrixXd::Identity(q, q);
    const MatrixXd inverse = m.inverse();
    const double log_determinant = std::log(m.determinant()) + (d - q) * std::log(at.noise);  // of W W^T + noise I
    double log_likelihood = -(d * std::log(2 * std::numbers::pi) + log_determinant) / 2 * rows.size();
    VectorXd a = VectorXd::Ones(q + 1 + d);
    for (std::size_t n = 0; n < rows.size(); ++n) {
      const VectorXd away = rows.row(n) - at.mean, seen = at.loadings.transpose() * away;
      a.head(q) = inverse * seen;
      a.tail(d) = rows.row(n);
      sums.products += a * a.transpose();
      sums.products.topLeftCorner(q, q) += at.noise * inverse;
      log_likelihood -= (away.squaredNorm() - seen.dot(a.head(q))) / (2 * at.noise);
    }
    return log_likelihood;
  }
  Parameters maximization(const Statistics& sums, const Parameters& current) const {
    const Eigen::Index d = current.mean.size(), q = components;
    const MatrixXd hidden = sums.products.topLeftCorner(q + 1, q + 1);  // in its last corner the number of rows
    const MatrixXd crossed = sums.products.bottomLeftCorner(d, q + 1);
    const MatrixXd map = hidden.llt().solve(crossed.transpose()).transpose();  // (W, mean)
    // Of the errors; their number is that of the rows times D.
    const double squares = sums.products.diagonal().tail(d).sum() - map.cwiseProduct(crossed).sum();
    return {map.leftCols(q), map.col(q), squares / (hidden(q, q) * d)};
  }
  Parameters initialize(const latent::Observations& rows, latent::Random& random) const {
    const auto [mean, variances] = latent::column_moments(rows);
    boost::random::normal_distribution<double> normal(0, std::sqrt(variances.mean()));
    return {MatrixXd::NullaryExpr(mean.size(), components, [&] { return normal(random); }), mean, variances.mean()};
  }
  std::size_t free_parameters(const Parameters& at) const {  // without the rotations
    return at.loadings.size() + at.mean.size() + 1 - components * (components - 1) / 2;
  }
};
static_assert(latent::LatentModel<ProbabilisticPca>);

int main() {
  const latent::Table flowers = latent::read_table("examples/data/iris.csv", {.columns = {"1-4"}});
  const auto fitted = latent::fit(ProbabilisticPca{}, flowers.view(), {.seed = 1});
  const Eigen::Matrix4d covariance = latent::mean_and_covariance(flowers.view()).covariance;
  const Eigen::Vector4d variances = covariance.selfadjointView<Eigen::Lower>().eigenvalues();  // increasing
  const double noise = variances.head(2).mean(), determinant = variances[2] * variances[3] * noise * noise;
  const double closed_form = -150. / 2 * (4 * std::log(2 * std::numbers::pi) + std::log(determinant) + 4);
  std::cout << fitted.summary.full_report() << "noise " << fitted.parameters.noise << ", closed form " << noise << '\n';
  const bool agrees = std::abs(fitted.summary.log_likelihood - closed_form) < 1e-8;
  return agrees && latent::check_conformance(ProbabilisticPca{}, flowers.view()).passed() ? 0 : 1;
}
