#include <cmath>
#include <numbers>
#include <string>
#include <vector>

#include <latent/components/gaussian_diagonal.hpp>
#include <latent/components/gaussian_full.hpp>
#include <latent/components/gaussian_spherical.hpp>
#include <latent/components/gaussian_tied.hpp>

// Rows of which some cells are missing (NaN). With o the cells that are there and m the others ([PRML] (2.81), (2.82),
// (2.98)),
//   x_o ~ N(mu_o, S_oo),   x_m | x_o ~ N(mu_m + B^T (x_o - mu_o), C),   B = S_oo^-1 S_om,   C = S_mm - S_mo B,
// and the expected statistics of the row are those of the row with its missing cells at their conditional means, plus C
// in the second moments of the missing ones (Little & Rubin 2002, section 11.2), here about the current means.
// One row costs O(D^3) for a covariance matrix, O(D) for variances: rows are taken one by one.

namespace latent {
namespace {

using Cells = std::vector<Eigen::Index>;

struct Row {
  Eigen::Map<const Eigen::VectorXd> cells;
  Cells there, missing;

  explicit Row(std::span<const double> row) : cells(row.data(), static_cast<Eigen::Index>(row.size())) {
    for (Eigen::Index j = 0; j < cells.size(); ++j) (std::isnan(cells[j]) ? missing : there).push_back(j);
  }
  // Of the cells that are there from a mean; 0 for the others.
  Eigen::VectorXd deviations(const Eigen::MatrixXd& means, Eigen::Index k) const {
    Eigen::VectorXd result = Eigen::VectorXd::Zero(cells.size());
    for (Eigen::Index j : there) result[j] = cells[j] - means(k, j);
    return result;
  }
};

// A Gaussian with that covariance, for rows with those cells.
class MarginalGaussian {
 public:
  MarginalGaussian(const Eigen::MatrixXd& covariance, const Row& row, const std::string& name)
      : there_(row.there), factor_(inverse_factor(covariance(there_, there_), name)) {}

  double log_density(const Eigen::VectorXd& deviations) const {
    return -0.5 * (static_cast<double>(there_.size()) * std::log(2 * std::numbers::pi) + factor_.log_determinant +
                   (factor_.inverse * deviations(there_)).squaredNorm());
  }
  const Eigen::MatrixXd& inverse_factor_of_there() const { return factor_.inverse; }

 private:
  const Cells& there_;
  InverseFactor factor_;
};

// What is known of the missing cells.
class ConditionalGaussian {
 public:
  ConditionalGaussian(const Eigen::MatrixXd& covariance, const Row& row, const std::string& name)
      : row_(row), covariance_(Eigen::MatrixXd::Zero(covariance.rows(), covariance.cols())) {
    if (row_.missing.empty()) return;
    const MarginalGaussian marginal(covariance, row, name);
    const Eigen::MatrixXd& inverse = marginal.inverse_factor_of_there();
    const Eigen::MatrixXd scaled = inverse * covariance(row_.there, row_.missing);  // L^-1 S_om
    regression_ = scaled.transpose() * inverse;
    covariance_(row_.missing, row_.missing) =
        covariance(row_.missing, row_.missing) - Eigen::MatrixXd(scaled.transpose() * scaled);
  }

  // Adds weight * E[d] and weight * E[d d^T], the latter packed as in scatter.hpp, with d the deviations of all cells.
  template <class Sums, class Triangle>
  void add_moments(Eigen::VectorXd deviations, double weight, Sums&& sums, Triangle&& scatter) const {
    if (!row_.missing.empty()) deviations(row_.missing) = regression_ * deviations(row_.there);
    sums += weight * deviations.transpose();
    for (Eigen::Index i = 0, at = 0; i < deviations.size(); ++i) {
      for (Eigen::Index j = 0; j <= i; ++j, ++at) {
        scatter[at] += weight * (deviations[i] * deviations[j] + covariance_(i, j));
      }
    }
  }

 private:
  const Row& row_;
  Eigen::MatrixXd regression_;  // missing x there: B^T
  Eigen::MatrixXd covariance_;  // D x D: C, and zeros for the cells that are there
};

std::string name_of(Eigen::Index component) { return "the covariance of component " + std::to_string(component + 1); }
const char* const common = "the common covariance";

// log N(x; mean, variance) of one cell.
double log_density(double deviation, double variance) {
  return -0.5 * (std::log(2 * std::numbers::pi * variance) + deviation * deviation / variance);
}

}  // namespace

void FullGaussians::log_densities_of_row(const Prepared& prepared, std::span<const double> row,
                                         std::span<double> out) const {
  const Row cells(row);
  for (std::size_t k = 0; k < out.size(); ++k) {
    const auto component = static_cast<Eigen::Index>(k);
    const MarginalGaussian marginal(prepared.covariances[k], cells, name_of(component));
    out[k] = marginal.log_density(cells.deviations(prepared.means, component));
  }
}

void FullGaussians::accumulate_row(const Prepared& prepared, std::span<const double> row,
                                   std::span<const double> weights, Statistics& statistics) const {
  const Row cells(row);
  for (std::size_t k = 0; k < weights.size(); ++k) {
    if (weights[k] == 0) continue;
    const auto component = static_cast<Eigen::Index>(k);
    const ConditionalGaussian conditional(prepared.covariances[k], cells, name_of(component));
    statistics.counts[component] += weights[k];
    conditional.add_moments(cells.deviations(prepared.means, component), weights[k], statistics.sums.row(component),
                            statistics.scatters.col(component));
  }
}

void TiedGaussians::log_densities_of_row(const Prepared& prepared, std::span<const double> row,
                                         std::span<double> out) const {
  const Row cells(row);
  const MarginalGaussian marginal(prepared.covariance, cells, common);
  for (std::size_t k = 0; k < out.size(); ++k) {
    out[k] = marginal.log_density(cells.deviations(prepared.means, static_cast<Eigen::Index>(k)));
  }
}

void TiedGaussians::accumulate_row(const Prepared& prepared, std::span<const double> row,
                                   std::span<const double> weights, Statistics& statistics) const {
  const Row cells(row);
  const ConditionalGaussian conditional(prepared.covariance, cells, common);
  for (std::size_t k = 0; k < weights.size(); ++k) {
    if (weights[k] == 0) continue;
    const auto component = static_cast<Eigen::Index>(k);
    statistics.counts[component] += weights[k];
    conditional.add_moments(cells.deviations(prepared.means, component), weights[k], statistics.sums.row(component),
                            statistics.scatter);
  }
}

void DiagonalGaussians::log_densities_of_row(const Prepared& prepared, std::span<const double> row,
                                             std::span<double> out) const {
  const Row cells(row);
  for (std::size_t k = 0; k < out.size(); ++k) {
    const auto component = static_cast<Eigen::Index>(k);
    out[k] = 0;
    for (Eigen::Index j : cells.there) {
      out[k] += log_density(cells.cells[j] - prepared.means(component, j), prepared.variances(component, j));
    }
  }
}

void DiagonalGaussians::accumulate_row(const Prepared& prepared, std::span<const double> row,
                                       std::span<const double> weights, Statistics& statistics) const {
  const Row cells(row);
  for (std::size_t k = 0; k < weights.size(); ++k) {
    if (weights[k] == 0) continue;
    const auto component = static_cast<Eigen::Index>(k);
    const Eigen::VectorXd deviations = cells.deviations(prepared.means, component);
    statistics.counts[component] += weights[k];
    statistics.sums.row(component) += weights[k] * deviations.transpose();
    statistics.squares.row(component) += weights[k] * deviations.cwiseAbs2().transpose();
    for (Eigen::Index j : cells.missing) {
      statistics.squares(component, j) += weights[k] * prepared.variances(component, j);
    }
  }
}

void SphericalGaussians::log_densities_of_row(const Prepared& prepared, std::span<const double> row,
                                              std::span<double> out) const {
  const Row cells(row);
  for (std::size_t k = 0; k < out.size(); ++k) {
    const auto component = static_cast<Eigen::Index>(k);
    out[k] = 0;
    for (Eigen::Index j : cells.there) {
      out[k] += log_density(cells.cells[j] - prepared.means(component, j), prepared.variances[component]);
    }
  }
}

void SphericalGaussians::accumulate_row(const Prepared& prepared, std::span<const double> row,
                                        std::span<const double> weights, Statistics& statistics) const {
  const Row cells(row);
  const auto missing = static_cast<double>(cells.missing.size());
  for (std::size_t k = 0; k < weights.size(); ++k) {
    if (weights[k] == 0) continue;
    const auto component = static_cast<Eigen::Index>(k);
    const Eigen::VectorXd deviations = cells.deviations(prepared.means, component);
    statistics.counts[component] += weights[k];
    statistics.sums.row(component) += weights[k] * deviations.transpose();
    statistics.squares[component] += weights[k] * (deviations.squaredNorm() + missing * prepared.variances[component]);
  }
}

}  // namespace latent
