#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include <Eigen/Core>

#include "latent/column_block.hpp"
#include "latent/components/distances.hpp"
#include "latent/components/gaussian_marginal.hpp"
#include "latent/components/gaussian_regularization.hpp"
#include "latent/components/scatter.hpp"
#include "latent/components/whitening.hpp"
#include "latent/fields.hpp"
#include "latent/notes.hpp"
#include "latent/observations.hpp"
#include "latent/random.hpp"

namespace latent {

// K Gaussian densities in D dimensions that share one covariance matrix.
//   log N(x; mu_k, Sigma) = -D/2 ln 2 pi - 1/2 ln |Sigma| - 1/2 |L^-1 x - L^-1 mu_k|^2,   Sigma = L L^T
// Every row is whitened once, about the mean o of the means, and its scatter is summed once:
//   sum_nk r_nk (x_n - mu_k)(x_n - mu_k)^T = sum_n w_n (x_n - o)(x_n - o)^T
//       - sum_k (c_k s_k^T + s_k c_k^T + N_k c_k c_k^T),   c_k = mu_k - o, s_k = sum_n r_nk (x_n - mu_k), w_n = sum_k
//       r_nk.
// In both places a difference is taken of numbers that are larger than it. With spread = max_kj c_kj^2 / Sigma_jj,
// entry (i, j) of the scatter loses a factor 1 + spread of its precision relative to sqrt(Sigma_ii Sigma_jj) N, a
// squared distance a factor sqrt(1 + spread). Beyond `largest_spread` each component is whitened and summed by itself,
// about its own mean, as for full covariances: slower, and nothing cancels.
struct TiedGaussians {
  static constexpr double largest_spread = 1e4;  // means within 100 standard deviations: 12 digits are left

  struct Parameters {
    Eigen::MatrixXd means;       // K x D
    Eigen::MatrixXd covariance;  // D x D
    static constexpr auto fields() {
      return latent::fields(field("means", &Parameters::means),
                            field("covariances", &Parameters::covariance, positive_definite));
    }
  };

  struct Statistics {
    Eigen::VectorXd counts;   // K: sum_n r_nk
    Eigen::MatrixXd origins;  // K x D: the means of the E-step; not a sum, the same in every block
    Eigen::MatrixXd sums;     // K x D: sum_n r_nk (x_n - origin_k)
    Eigen::VectorXd scatter;  // D (D + 1) / 2: sum_nk r_nk (x_n - origin_k)(x_n - origin_k)^T, packed (scatter.hpp)
    static constexpr auto fields() {
      return latent::fields(field("counts", &Statistics::counts), field("origins", &Statistics::origins),
                            field("sums", &Statistics::sums), field("scatter", &Statistics::scatter));
    }
    // Statistics about other origins are moved to these first.
    void add(const Statistics& other, double factor);
    void scale(double factor);
  };

  // What an E-step needs of the parameters, made once for all blocks.
  struct Prepared {
    Eigen::VectorXd block_origin;   // o, to be subtracted when a block is gathered; empty if the means are far apart
    Eigen::VectorXd log_constants;  // K: what does not depend on x; a mixture adds its log weights here
    Eigen::MatrixXd means;          // K x D
    Eigen::MatrixXd centers;        // K x D: the means minus o
    Whitening whitening;            // one for all components, with
    ScaledDistances distances;      // the distances to the whitened centers; or, if the means are far apart,
    std::vector<Whitening> apart;   // one a component
    Eigen::MatrixXd covariance;     // D x D: for rows with missing cells
  };

  Prepared prepare(const Parameters& parameters) const;
  Statistics statistics(const Prepared& prepared) const;  // zeros

  // out(n, k) = log N(x_n; mu_k, Sigma); rows beyond the block's may get any value.
  void log_densities(const Prepared& prepared, const ColumnBlock& block, Columns out) const;
  // Adds the block, row n of component k weighted by responsibilities(n, k), which are zero beyond the block's rows.
  void accumulate(const Prepared& prepared, const ColumnBlock& block, ConstColumns responsibilities,
                  Statistics& statistics) const;
  // The same for one row as it is (no origin subtracted) of which cells are missing (NaN): densities of the cells that
  // are there, complete, and expected sums given these (gaussian_missing.cpp; Little & Rubin 2002, section 11.2).
  void log_densities_of_row(const Prepared& prepared, std::span<const double> row, std::span<double> out) const;
  void accumulate_row(const Prepared& prepared, std::span<const double> row, std::span<const double> weights,
                      Statistics& statistics) const;

  GaussianRegularization regularization{};
  std::optional<GaussianPrior> prior{};
  Parameters maximization(const Statistics& statistics, const Parameters& current, Notes notes = {}) const;
  double log_prior(const Parameters& parameters) const;  // 0 without a prior
  Parameters pooled(const Observations& rows, Weights weights, std::size_t components) const;
  GaussianMarginal marginal(const Parameters& at, std::size_t component, std::size_t x, std::size_t y) const;
  Eigen::MatrixXd means(const Parameters& parameters) const { return parameters.means; }  // K x D
  void draw(const Parameters& parameters, std::size_t component, Random& random, std::span<double> row) const;
};

}  // namespace latent
