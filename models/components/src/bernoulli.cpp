#include <cmath>

#include <boost/random/uniform_real_distribution.hpp>
#include <latent/components/bernoulli.hpp>

namespace latent {

BernoulliBank::Prepared BernoulliBank::prepare(const Parameters& parameters) const {
  const Eigen::MatrixXd& probabilities = parameters.probabilities;
  require_parameters(
      probabilities, "probability", [](double p) { return p >= 0 && p <= 1; }, "between 0 and 1");
  Prepared prepared(probabilities);
  for (Eigen::Index k = 0; k < probabilities.rows(); ++k) {
    for (Eigen::Index j = 0; j < probabilities.cols(); ++j) {
      const double p = probabilities(k, j);
      if (p == 0 || p == 1) {
        prepared.point_masses.push_back({k, j, p});
      } else {
        prepared.constants(k, j) = std::log1p(-p);
        prepared.slopes(k, j) = std::log(p) - std::log1p(-p);
      }
    }
  }
  prepared.log_constants = prepared.constants.rowwise().sum();
  return prepared;
}

BernoulliBank::Parameters BernoulliBank::maximization(const Statistics& sums, const Parameters& current,
                                                      Notes notes) const {
  // Sums of responsibilities in another order than their counts may exceed them by rounding.
  return {component_means(sums, current.probabilities, notes).cwiseMin(1)};
}

BernoulliBank::Parameters BernoulliBank::pooled(const Observations& rows, Weights weights,
                                                std::size_t components) const {
  return {pooled_means(rows, weights, components, 0.5).cwiseMin(1)};
}

void BernoulliBank::draw(const Parameters& parameters, std::size_t component, Random& random,
                         std::span<double> row) const {
  boost::random::uniform_real_distribution<double> uniform(0, 1);
  for (std::size_t j = 0; j < row.size(); ++j) {
    const double p = parameters.probabilities(static_cast<Eigen::Index>(component), static_cast<Eigen::Index>(j));
    row[j] = uniform(random) < p ? 1 : 0;
  }
}

std::optional<std::string> BernoulliBank::refusal(double cell) const {
  if (cell == 0 || cell == 1) return std::nullopt;
  return "a binary cell must be 0 or 1";
}

}  // namespace latent
