#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <span>
#include <vector>

#include <Eigen/Cholesky>
#include <Eigen/Core>
#include <latent/latent_model.hpp>

namespace golden {

// A mixture of normal distributions in the plane with full covariances, of the 272 eruptions of Old Faithful (minutes
// it lasts and minutes to wait). Azzalini & Bowman (1990), Appl. Statist. 39, 357; EM: Day (1969), Biometrika 56, 463.
struct PlaneMixture {
  struct Parameters {
    std::vector<double> weights;
    std::vector<Eigen::Vector2d> means;
    std::vector<Eigen::Matrix2d> covariances;
    static constexpr auto fields() {
      return latent::fields(latent::field("weights", &Parameters::weights, latent::simplex),
                            latent::field("means", &Parameters::means),
                            latent::field("covariances", &Parameters::covariances, latent::positive_definite));
    }
  };
  struct Statistics {
    std::vector<double> counts;
    std::vector<Eigen::Vector2d> sums;      // of deviations from the current mean
    std::vector<Eigen::Matrix2d> scatters;  // about the current mean
    static constexpr auto fields() {
      return latent::fields(latent::field("counts", &Statistics::counts), latent::field("sums", &Statistics::sums),
                            latent::field("scatters", &Statistics::scatters));
    }
  };
  using Observation = Eigen::Vector2d;

  Statistics statistics(const Parameters& at) const {
    const std::size_t components = at.weights.size();
    return {std::vector(components, 0.), std::vector<Eigen::Vector2d>(components, Eigen::Vector2d::Zero()),
            std::vector<Eigen::Matrix2d>(components, Eigen::Matrix2d::Zero())};
  }
  double expectation(const Parameters& at, std::span<const Eigen::Vector2d> rows, Statistics& sums) const {
    const std::size_t components = at.weights.size();
    std::vector<Eigen::Matrix2d> precisions;
    std::vector<double> peaks, joint(components);
    for (std::size_t k = 0; k < components; ++k) {
      const Eigen::LLT<Eigen::Matrix2d> factor(at.covariances[k]);
      precisions.push_back(factor.solve(Eigen::Matrix2d::Identity()));
      peaks.push_back(at.weights[k] / (2 * std::numbers::pi * factor.matrixLLT().diagonal().prod()));
    }
    double log_likelihood = 0;
    for (const Eigen::Vector2d& row : rows) {
      double marginal = 0;
      for (std::size_t k = 0; k < components; ++k) {
        const Eigen::Vector2d away = row - at.means[k];
        marginal += joint[k] = peaks[k] * std::exp(-away.dot(precisions[k] * away) / 2);
      }
      for (std::size_t k = 0; k < components; ++k) {
        const Eigen::Vector2d away = row - at.means[k];
        const double responsibility = joint[k] / marginal;
        sums.counts[k] += responsibility;
        sums.sums[k] += responsibility * away;
        sums.scatters[k] += responsibility * away * away.transpose();
      }
      log_likelihood += std::log(marginal);
    }
    return log_likelihood;
  }
  Parameters maximization(const Statistics& sums, const Parameters& current) const {
    Parameters next = current;
    double total = 0;
    for (const double count : sums.counts) total += count;
    for (std::size_t k = 0; k < next.weights.size(); ++k) {
      const Eigen::Vector2d shift = sums.sums[k] / sums.counts[k];
      next.weights[k] = sums.counts[k] / total;
      next.means[k] += shift;
      next.covariances[k] = sums.scatters[k] / sums.counts[k] - shift * shift.transpose();
    }
    return next;
  }
};
static_assert(latent::LatentModel<PlaneMixture>);

}  // namespace golden
