// Latent class analysis: hidden is which of K kinds of people one is; given that, the answers to yes-or-no questions
// are independent.   p(x) = sum_k w_k prod_j p_kj^x_j (1 - p_kj)^(1 - x_j)      (Lazarsfeld & Henry 1968; Goodman 1974)
// Observations are patterns of answers, their weights how many people gave them. 319 students on cheating: lied to
// avoid an exam; lied about a paper; bought or stole one; copied answers (Dayton 1998).
#include <array>
#include <cmath>
#include <cstddef>
#include <iostream>
#include <span>

#include <boost/random/uniform_real_distribution.hpp>
#include <latent/conformance.hpp>
#include <latent/fit.hpp>

struct LatentClasses {
  struct Parameters {
    Eigen::VectorXd weights;  // K
    Eigen::MatrixXd yes;      // K x questions: the probability of a yes
    static constexpr auto fields() {
      return latent::fields(latent::field("weights", &Parameters::weights, latent::simplex),
                            latent::field("yes", &Parameters::yes, latent::unit_interval));
    }
  };
  struct Statistics {
    Eigen::VectorXd people;
    Eigen::MatrixXd yes;
    static constexpr auto fields() {
      return latent::fields(latent::field("people", &Statistics::people), latent::field("yes", &Statistics::yes));
    }
  };
  using Observation = Eigen::RowVector4d;  // 1: yes, 0: no

  Eigen::Index classes = 2;

  Statistics statistics(const Parameters& at) const {  // Statistics{} has no shape
    return {Eigen::VectorXd::Zero(at.weights.size()), Eigen::MatrixXd::Zero(at.yes.rows(), at.yes.cols())};
  }
  // The weights could be left to the framework, which would then call this for one pattern at a time.
  double expectation(const Parameters& at, std::span<const Observation> patterns, Statistics& sums,
                     latent::Weights weights = {}) const {
    double log_likelihood = 0;
    for (std::size_t i = 0; i < patterns.size(); ++i) {
      const double people = weights.empty() ? 1 : weights[i];
      const Eigen::RowVector4d& x = patterns[i];
      Eigen::VectorXd joint = at.weights;
      for (Eigen::Index j = 0; j < x.size(); ++j) {
        joint.array() *= x[j] * at.yes.col(j).array() + (1 - x[j]) * (1 - at.yes.col(j).array());
      }
      const double marginal = joint.sum();
      sums.people += people / marginal * joint;
      sums.yes += people / marginal * joint * x;
      log_likelihood += people * std::log(marginal);
    }
    return log_likelihood;
  }
  Parameters maximization(const Statistics& sums, const Parameters&) const {
    // A share of one may come out a rounding above it.
    return {sums.people / sums.people.sum(), (sums.people.cwiseInverse().asDiagonal() * sums.yes).cwiseMin(1)};
  }
  Parameters initialize(std::span<const Observation>, latent::Random& random) const {
    boost::random::uniform_real_distribution<double> uniform(0.1, 0.9);
    return {Eigen::VectorXd::Constant(classes, 1 / static_cast<double>(classes)),
            Eigen::MatrixXd::NullaryExpr(classes, 4, [&] { return uniform(random); })};
  }
  double expected_log_likelihood(const Statistics& sums, const Parameters& at) const {
    const auto times_log = [](double count, double of) { return count == 0 ? 0 : count * std::log(of); };
    double sum = 0;
    for (Eigen::Index k = 0; k < at.weights.size(); ++k) {
      sum += times_log(sums.people[k], at.weights[k]);
      for (Eigen::Index j = 0; j < at.yes.cols(); ++j) {
        sum += times_log(sums.yes(k, j), at.yes(k, j)) + times_log(sums.people[k] - sums.yes(k, j), 1 - at.yes(k, j));
      }
    }
    return sum;
  }
};
static_assert(latent::LatentModel<LatentClasses>);

int main() {
  const std::array<double, 16> students{207, 46, 7, 5, 13, 4, 1, 2, 10, 3, 1, 2, 11, 4, 1, 2};  // 0000, 0001, 0010 ...
  std::array<LatentClasses::Observation, 16> patterns;
  for (unsigned i = 0; i < 16; ++i) patterns[i] << (i >> 3 & 1), (i >> 2 & 1), (i >> 1 & 1), (i & 1);
  const auto fitted = latent::fit(LatentClasses{}, {patterns, students}, {.seed = 1});
  std::cout << fitted.summary.full_report() << "weights\n"
            << fitted.parameters.weights.transpose() << "\nyes to each question, one class a row\n"
            << fitted.parameters.yes << '\n';
  const double published = -440.027112;  // Linzer & Lewis (2011), section 4
  const bool agrees = std::abs(fitted.summary.log_likelihood - published) < 1e-6;
  return agrees && latent::check_conformance(LatentClasses{}, {patterns, students}).passed() ? 0 : 1;
}
