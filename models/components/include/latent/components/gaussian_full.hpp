#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include <Eigen/Core>

#include "latent/column_block.hpp"
#include "latent/components/gaussian_marginal.hpp"
#include "latent/components/gaussian_regularization.hpp"
#include "latent/components/scatter.hpp"
#include "latent/components/whitening.hpp"
#include "latent/fields.hpp"
#include "latent/notes.hpp"
#include "latent/observations.hpp"
#include "latent/random.hpp"

namespace latent {

// K Gaussian densities N(mu_k, Sigma_k) in D dimensions, each with a covariance matrix of its own.
//   log N(x; mu, Sigma) = -D/2 ln 2 pi - 1/2 ln |Sigma| - 1/2 |L^-1 (x - mu)|^2,   Sigma = L L^T
// Sums are taken about the means of the E-step, so that the M-step subtracts nothing large.
struct FullGaussians {
  struct Parameters {
    Eigen::MatrixXd means;                     // K x D
    std::vector<Eigen::MatrixXd> covariances;  // K of D x D
    static constexpr auto fields() {
      return latent::fields(field("means", &Parameters::means),
                            field("covariances", &Parameters::covariances, positive_definite));
    }
  };

  struct Statistics {
    Eigen::VectorXd counts;    // K: sum_n r_nk
    Eigen::MatrixXd origins;   // K x D: the means of the E-step; not a sum, the same in every block
    Eigen::MatrixXd sums;      // K x D: sum_n r_nk (x_n - origin_k)
    Eigen::MatrixXd scatters;  // D (D + 1) / 2 x K: sum_n r_nk (x_n - origin_k)(x_n - origin_k)^T, packed (scatter.hpp)
    static constexpr auto fields() {
      return latent::fields(field("counts", &Statistics::counts), field("origins", &Statistics::origins),
                            field("sums", &Statistics::sums), field("scatters", &Statistics::scatters));
    }
    // Statistics about other origins are moved to these first.
    void add(const Statistics& other, double factor);
    void scale(double factor);
  };

  // What an E-step needs of the parameters, made once for all blocks.
  struct Prepared {
    Eigen::VectorXd block_origin;   // empty: blocks are gathered as they are
    Eigen::VectorXd log_constants;  // K: what does not depend on x; a mixture adds its log weights here
    Eigen::MatrixXd means;          // K x D
    std::vector<Whitening> whitenings;
    std::vector<Eigen::MatrixXd> covariances;  // K of D x D: for rows with missing cells
  };

  Prepared prepare(const Parameters& parameters) const;
  Statistics statistics(const Prepared& prepared) const;  // zeros

  // out(n, k) = log N(x_n; mu_k, Sigma_k); rows beyond the block's may get any value.
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
