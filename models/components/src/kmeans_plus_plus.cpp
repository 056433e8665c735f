#include <algorithm>
#include <cmath>
#include <vector>

#include <boost/random/uniform_real_distribution.hpp>
#include <latent/components/column_moments.hpp>
#include <latent/components/kmeans.hpp>

namespace latent {
namespace {

// The running sums of weights times masses. A row of weight 0 has none, however far away it is.
std::vector<double> running_sums(const Eigen::VectorXd& masses, Weights weights) {
  std::vector<double> running(static_cast<std::size_t>(masses.size()));
  double sum = 0;
  for (std::size_t i = 0; i < running.size(); ++i) {
    const double weight = weights.empty() ? 1 : weights[i];
    if (weight > 0) sum += weight * masses[static_cast<Eigen::Index>(i)];
    running[i] = sum;
  }
  return running;
}

// An index drawn with probability proportional to its mass.
std::size_t draw(const std::vector<double>& running, Random& random) {
  boost::random::uniform_real_distribution<double> uniform(0, running.back());
  const auto found = std::upper_bound(running.begin(), running.end(), uniform(random));
  return static_cast<std::size_t>(std::min(found, running.end() - 1) - running.begin());
}

}  // namespace

Eigen::MatrixXd kmeans_plus_plus(const Observations& rows, Weights weights, const Eigen::VectorXd& variances,
                                 std::size_t components, Random& random) {
  const auto n = static_cast<Eigen::Index>(rows.size()), dimensions = static_cast<Eigen::Index>(rows.columns());
  const auto trials = 2 + static_cast<std::size_t>(std::log(static_cast<double>(components)));
  const Eigen::VectorXd origin = column_moments(rows, weights).means, units = variances.cwiseSqrt();
  Eigen::MatrixXd scaled(n, dimensions);
  for (Eigen::Index i = 0; i < n; ++i) {
    scaled.row(i) = (rows.row(static_cast<std::size_t>(i)) - origin).cwiseQuotient(units).transpose();
  }
  const auto distances_to = [&](std::size_t row) -> Eigen::VectorXd {
    const Eigen::RowVectorXd centre = scaled.row(static_cast<Eigen::Index>(row));
    Eigen::VectorXd distances = Eigen::VectorXd::Zero(n);
    for (Eigen::Index j = 0; j < dimensions; ++j) distances.array() += (scaled.col(j).array() - centre[j]).square();
    return distances;
  };

  const Eigen::VectorXd ones = Eigen::VectorXd::Ones(n);
  std::vector<std::size_t> chosen{draw(running_sums(ones, weights), random)};
  Eigen::VectorXd nearest = distances_to(chosen.front());
  while (chosen.size() < components) {
    std::vector<double> running = running_sums(nearest, weights);
    if (!(running.back() > 0)) running = running_sums(ones, weights);  // fewer distinct rows than components
    std::size_t best = 0;
    Eigen::VectorXd best_nearest;
    double best_sum = 0;
    for (std::size_t trial = 0; trial < trials; ++trial) {
      const std::size_t candidate = draw(running, random);
      const Eigen::VectorXd now = nearest.cwiseMin(distances_to(candidate));
      const double sum = running_sums(now, weights).back();
      if (trial > 0 && !(sum < best_sum)) continue;
      best = candidate;
      best_sum = sum;
      best_nearest = now;
    }
    chosen.push_back(best);
    nearest = best_nearest;
  }

  Eigen::MatrixXd centres(static_cast<Eigen::Index>(components), dimensions);
  for (std::size_t k = 0; k < components; ++k)
    centres.row(static_cast<Eigen::Index>(k)) = rows.row(chosen[k]).transpose();
  return centres;
}

}  // namespace latent
