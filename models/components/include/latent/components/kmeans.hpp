#pragma once

#include <cstddef>
#include <vector>

#include <Eigen/Core>
#include <latent/components/distances.hpp>
#include <latent/latent_model.hpp>

namespace latent {

// k-means as a LatentModel, run by the same driver as any other: the limit of a mixture of Gaussians with equal weights
// and fixed variances as these go to zero (Bishop 2006, section 9.3.2), so that the E-step is hard.
//
//   objective  -1/2 sum_n min_k sum_j (x_nj - m_kj)^2 / v_j      (E: the nearest centre; M: the mean of what is near)
//
// Distances are measured in units of `variances`, so that the clusters do not depend on the columns' units.
struct KMeans {
  struct Parameters {
    Eigen::MatrixXd centres;  // K x D
    static constexpr auto fields() { return latent::fields(field("centres", &Parameters::centres)); }
  };
  struct Statistics {
    Eigen::VectorXd counts;  // K: rows nearest to each centre
    Eigen::MatrixXd sums;    // K x D: of those rows minus the centre
    static constexpr auto fields() {
      return latent::fields(field("counts", &Statistics::counts), field("sums", &Statistics::sums));
    }
  };
  struct Prepared {
    Eigen::VectorXd block_origin;  // D: the mean of the centres
    Eigen::MatrixXd centres;       // K x D: minus that origin
    ScaledDistances distances;
  };
  using Data = Observations;

  Eigen::VectorXd variances;  // D, positive

  Prepared prepare(const Parameters& parameters) const;
  Statistics statistics(const Prepared& prepared) const;
  double expectation(const Prepared& prepared, const Observations& rows, Statistics& sums, Weights weights = {}) const;
  Parameters maximization(const Statistics& sums, const Parameters& current) const;

  // The index of the centre nearest to each row.
  std::vector<std::size_t> nearest(const Parameters& parameters, const Observations& rows) const;
};

static_assert(LatentModel<KMeans>);

// k-means++ (Arthur & Vassilvitskii 2007): K rows, the first drawn at random, each further one with probability
// proportional to weight times squared distance to the nearest so far, each the best of 2 + ln K draws (their
// greedy variant; the number is scikit-learn's). K x D.
Eigen::MatrixXd kmeans_plus_plus(const Observations& rows, Weights weights, const Eigen::VectorXd& variances,
                                 std::size_t components, Random& random);

}  // namespace latent
