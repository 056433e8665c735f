#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include <Eigen/Core>

#include "latent/column_block.hpp"
#include "latent/components/distances.hpp"
#include "latent/components/gaussian_marginal.hpp"
#include "latent/components/gaussian_regularization.hpp"
#include "latent/fields.hpp"
#include "latent/notes.hpp"
#include "latent/observations.hpp"
#include "latent/random.hpp"

namespace latent {

// K Gaussian densities in D dimensions, each with one variance for all directions.
//   log N(x; mu, s^2) = -D/2 (ln 2 pi + ln s^2) - |x - mu|^2 / (2 s^2)
struct SphericalGaussians {
  struct Parameters {
    Eigen::MatrixXd means;      // K x D
    Eigen::VectorXd variances;  // K
    static constexpr auto fields() {
      return latent::fields(field("means", &Parameters::means), field("covariances", &Parameters::variances, positive));
    }
  };

  struct Statistics {
    Eigen::VectorXd counts;   // K: sum_n r_nk
    Eigen::MatrixXd origins;  // K x D: the means of the E-step; not a sum, the same in every block
    Eigen::MatrixXd sums;     // K x D: sum_n r_nk (x_n - origin_k)
    Eigen::VectorXd squares;  // K: sum_n r_nk |x_n - origin_k|^2
    static constexpr auto fields() {
      return latent::fields(field("counts", &Statistics::counts), field("origins", &Statistics::origins),
                            field("sums", &Statistics::sums), field("squares", &Statistics::squares));
    }
    // Statistics about other origins are moved to these first.
    void add(const Statistics& other, double factor);
    void scale(double factor);
  };

  // What an E-step needs of the parameters, made once for all blocks.
  struct Prepared {
    Eigen::VectorXd block_origin;   // empty: blocks are gathered as they are
    Eigen::VectorXd log_constants;  // K: what does not depend on x; a mixture adds its log weights here
    Eigen::VectorXd factors;        // K: -1 / (2 s_k^2), of the squared distances
    Eigen::MatrixXd means;          // K x D
    ScaledDistances distances;
    Eigen::VectorXd variances;  // K: for rows with missing cells
  };

  Prepared prepare(const Parameters& parameters) const;
  Statistics statistics(const Prepared& prepared) const;  // zeros

  // out(n, k) = log N(x_n; mu_k, s_k^2); rows beyond the block's may get any value.
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
