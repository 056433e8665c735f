#include <cmath>
#include <limits>
#include <string>

#include <Eigen/Cholesky>
#include <latent/components/gaussian_diagonal.hpp>
#include <latent/components/gaussian_full.hpp>
#include <latent/components/gaussian_spherical.hpp>
#include <latent/components/gaussian_tied.hpp>
#include <latent/error.hpp>
#include <latent/text.hpp>

// The M-steps of the Gaussian banks. With sums about o_k, N = N_k, s = s_k / N_k:
//   m_k = o_k + s,   S_k = (sum about o_k) / N - s s^T          ([PRML] (9.24), (9.25), about an origin near the mean)
// and with the conjugate prior (after Fraley & Raftery 2007; derived anew, as a test checks
// against numeric maximisation), kappa its shrinkage and nu its degrees:
//   m_k = (N mean_k + kappa m_p) / (N + kappa)
//   S_k = (scale + N S_k + N kappa / (N + kappa) (mean_k - m_p)(mean_k - m_p)^T) / (nu + N + D + 2).

namespace latent {
namespace {

// A component with less than this fraction of all observations has none: its sums are rounding.
constexpr double no_observations = std::numeric_limits<double>::epsilon();

// Means and what the covariances need of them.
struct MeanStep {
  Eigen::ArrayXd counts;   // K
  Eigen::MatrixXd shifts;  // K x D: mean of the component's rows - its origin; 0 where it has none
  Eigen::MatrixXd means;   // K x D: what the M-step returns
  Eigen::MatrixXd pulls;   // K x D: sqrt(N kappa / (N + kappa)) (mean of its rows - prior mean); empty without a prior
  bool empty(Eigen::Index k) const { return !(counts[k] > no_observations * counts.sum()); }
  // Nothing is known of an empty component, and it keeps its parameters, unless a prior says where it belongs.
  bool unknown(Eigen::Index k) const { return empty(k) && pulls.size() == 0; }
};

template <class Statistics>
MeanStep mean_step(const Statistics& sums, const Eigen::MatrixXd& current, const std::optional<GaussianPrior>& prior,
                   const Notes& notes) {
  MeanStep step{sums.counts.array(), Eigen::MatrixXd::Zero(current.rows(), current.cols()), current, {}};
  if (prior) step.pulls.setZero(current.rows(), current.cols());
  for (Eigen::Index k = 0; k < current.rows(); ++k) {
    if (step.empty(k)) {
      notes.add({"empty", static_cast<std::size_t>(k), "has lost all its observations; its weight is 0", true});
      if (prior) step.means.row(k) = prior->mean;
      continue;
    }
    const double count = step.counts[k];
    step.shifts.row(k) = sums.sums.row(k) / count;
    step.means.row(k) = sums.origins.row(k) + step.shifts.row(k);
    if (!prior) continue;
    const Eigen::RowVectorXd pull = step.means.row(k) - prior->mean.transpose();
    step.pulls.row(k) = std::sqrt(count * prior->shrinkage / (count + prior->shrinkage)) * pull;
    step.means.row(k) -= prior->shrinkage / (count + prior->shrinkage) * pull;
  }
  return step;
}

// Squares of numbers below 1e-152 or above 1e154 are beyond doubles.
void require_usable(double variance, const std::string& of_what) {
  constexpr double smallest = 1e-303;
  if (variance <= 0 || (variance >= smallest && std::isfinite(variance))) return;
  throw ModelError("the variance " + of_what + " is " + rounded(variance, 3) +
                   ", beyond what can be computed with: use another unit");
}

// The variances of all the data (D), from the sums of squares about the components' own means: what regularisation is
// relative to. They are the same in every iteration. Of a constant column nothing is left but rounding: that of its
// numbers, or of the squares that were taken about means far away.
Eigen::VectorXd data_variances(const MeanStep& step, const Eigen::MatrixXd& origins,
                               const Eigen::VectorXd& own_squares) {
  constexpr double epsilon = std::numeric_limits<double>::epsilon();
  const Eigen::VectorXd weights = step.counts.matrix() / step.counts.sum();
  const Eigen::MatrixXd means = origins + step.shifts;
  const Eigen::RowVectorXd centre = weights.transpose() * means;
  const Eigen::VectorXd between = (means.rowwise() - centre).cwiseAbs2().transpose() * weights;
  const Eigen::VectorXd moved = step.shifts.cwiseAbs2().transpose() * weights;
  const Eigen::VectorXd variances = own_squares / step.counts.sum() + between;
  for (Eigen::Index j = 0; j < variances.size(); ++j) {
    require_usable(variances[j], "of column " + std::to_string(j + 1));
    const double of_numbers = std::pow(2 * epsilon * centre[j], 2), of_squares = 4 * epsilon * moved[j];
    if (variances[j] > of_numbers + of_squares) continue;
    const std::string column = "column " + std::to_string(j + 1) + " is constant, ";
    if (variances[j] > of_numbers) throw ModelError(column + "or the start is too far from it to tell");
    throw ModelError(column + "it tells components apart in nothing: leave it out");
  }
  return variances;
}

// Packed sums of one component about its own mean.
Eigen::MatrixXd centred(const Eigen::VectorXd& scatter, const Eigen::VectorXd& shift, double count) {
  return unpacked(scatter, shift.size()) - count * shift * shift.transpose();
}

[[noreturn]] void throw_collapsed(std::optional<Eigen::Index> component, double observations) {
  throw ModelError(
      (component ? "component " + std::to_string(*component + 1) : "the common covariance") + " has collapsed onto " +
      rounded(observations, 4) +
      " observations: its covariance is singular; turn the regularisation on, use fewer components or simpler "
      "covariances, or a prior");
}

// Whether a covariance cannot be told from a singular one: of its correlations, what a column keeps beside those before
// it (the square of a pivot of Cholesky's factor) is no more than rounding.
bool is_singular(const Eigen::MatrixXd& covariance) {
  const Eigen::VectorXd variances = covariance.diagonal();
  if (!(variances.minCoeff() > 0)) return true;
  const Eigen::VectorXd units = variances.cwiseSqrt().cwiseInverse();
  const Eigen::LLT<Eigen::MatrixXd> factor(units.asDiagonal() * covariance * units.asDiagonal());
  const double rounding = 4 * static_cast<double>(covariance.rows()) * std::numeric_limits<double>::epsilon();
  return factor.info() != Eigen::Success || !(factor.matrixLLT().diagonal().cwiseAbs2().minCoeff() > rounding);
}

Eigen::MatrixXd regularized(const Eigen::MatrixXd& covariance, const Eigen::VectorXd& variances, double floor,
                            std::optional<Eigen::Index> component, double observations, const Notes& notes) {
  if (floor == 0) {
    if (is_singular(covariance)) throw_collapsed(component, observations);
    note_component(notes, component, observations, covariance.rows(), false, floor);
    return covariance;
  }
  const Floored floored = lift_eigenvalues(covariance, variances, floor);
  note_component(notes, component, observations, covariance.rows(), floored.acted, floor);
  return floored.covariance;
}

// The same where all there is are variances.
double regularized(double variance, double data_variance, double floor, Eigen::Index component, double observations,
                   bool& lifted) {
  if (variance >= floor * data_variance && variance > 0) return variance;
  if (floor == 0) throw_collapsed(component, observations);
  lifted = true;
  return floor * data_variance;
}

}  // namespace

FullGaussians::Parameters FullGaussians::maximization(const Statistics& sums, const Parameters& current,
                                                      Notes notes) const {
  const Eigen::Index dimensions = current.means.cols();
  const MeanStep step = mean_step(sums, current.means, prior, notes);
  Parameters next{step.means, current.covariances};
  Eigen::VectorXd squares = Eigen::VectorXd::Zero(dimensions);
  for (Eigen::Index k = 0; k < current.means.rows(); ++k) {
    if (step.unknown(k)) continue;
    Eigen::MatrixXd& covariance = next.covariances[static_cast<std::size_t>(k)];
    covariance = centred(sums.scatters.col(k), step.shifts.row(k), step.counts[k]);
    squares += covariance.diagonal();
  }
  const Eigen::VectorXd variances = data_variances(step, sums.origins, squares);
  for (Eigen::Index k = 0; k < current.means.rows(); ++k) {
    if (step.unknown(k)) continue;
    Eigen::MatrixXd& covariance = next.covariances[static_cast<std::size_t>(k)];
    if (prior) {
      covariance += prior->scale + step.pulls.row(k).transpose() * step.pulls.row(k);
      covariance /= prior->degrees + step.counts[k] + static_cast<double>(dimensions) + 2;
    } else {
      covariance /= step.counts[k];
    }
    covariance = regularized(covariance, variances, regularization.floor, k, step.counts[k], notes);
  }
  return next;
}

TiedGaussians::Parameters TiedGaussians::maximization(const Statistics& sums, const Parameters& current,
                                                      Notes notes) const {
  const Eigen::Index dimensions = current.means.cols();
  const MeanStep step = mean_step(sums, current.means, prior, notes);
  Eigen::MatrixXd covariance = unpacked(sums.scatter, dimensions);
  covariance -= step.shifts.transpose() * step.counts.matrix().asDiagonal() * step.shifts;
  const Eigen::VectorXd variances = data_variances(step, sums.origins, covariance.diagonal());
  const double total = step.counts.sum();
  if (prior) {
    covariance += prior->scale + step.pulls.transpose() * step.pulls;
    covariance /= prior->degrees + total + static_cast<double>(dimensions + 1 + current.means.rows());
  } else {
    covariance /= total;
  }
  return {step.means, regularized(covariance, variances, regularization.floor, std::nullopt, total, notes)};
}

DiagonalGaussians::Parameters DiagonalGaussians::maximization(const Statistics& sums, const Parameters& current,
                                                              Notes notes) const {
  const MeanStep step = mean_step(sums, current.means, prior, notes);
  const Eigen::MatrixXd own = sums.squares - step.counts.matrix().asDiagonal() * step.shifts.cwiseAbs2();
  const Eigen::VectorXd variances = data_variances(step, sums.origins, own.colwise().sum());
  Parameters next{step.means, current.variances};
  for (Eigen::Index k = 0; k < own.rows(); ++k) {
    if (step.unknown(k)) continue;
    const double count = step.counts[k];
    bool lifted = false;
    for (Eigen::Index j = 0; j < own.cols(); ++j) {
      const double variance =
          prior ? (prior->scale(j, j) + own(k, j) + step.pulls(k, j) * step.pulls(k, j)) / (prior->degrees + count + 3)
                : own(k, j) / count;
      next.variances(k, j) = regularized(variance, variances[j], regularization.floor, k, count, lifted);
    }
    note_component(notes, k, count, 1, lifted, regularization.floor);
  }
  return next;
}

SphericalGaussians::Parameters SphericalGaussians::maximization(const Statistics& sums, const Parameters& current,
                                                                Notes notes) const {
  const auto dimensions = static_cast<double>(current.means.cols());
  const MeanStep step = mean_step(sums, current.means, prior, notes);
  const Eigen::VectorXd own = sums.squares - step.counts.matrix().cwiseProduct(step.shifts.rowwise().squaredNorm());
  // One variance for all columns is measured against their mean, so only all of them together can be constant.
  const double total = step.counts.sum();
  const Eigen::MatrixXd means = sums.origins + step.shifts;
  const Eigen::RowVectorXd centre = step.counts.matrix().transpose() * means / total;
  const double between = step.counts.matrix().dot((means.rowwise() - centre).rowwise().squaredNorm());
  const double data_variance = (own.sum() + between) / (total * dimensions);
  require_usable(data_variance, "of all columns");
  const double rounding = 2 * std::numeric_limits<double>::epsilon();
  if (!(data_variance > rounding * rounding * centre.squaredNorm()))
    throw ModelError("all rows are the same: there is nothing to tell components apart");
  Parameters next{step.means, current.variances};
  for (Eigen::Index k = 0; k < own.size(); ++k) {
    if (step.unknown(k)) continue;
    const double count = step.counts[k];
    const double variance = prior ? (prior->scale.diagonal().mean() + own[k] + step.pulls.row(k).squaredNorm()) /
                                        (prior->degrees + 2 + (count + 1) * dimensions)
                                  : own[k] / (count * dimensions);
    bool lifted = false;
    next.variances[k] = regularized(variance, data_variance, regularization.floor, k, count, lifted);
    note_component(notes, k, count, 1, lifted, regularization.floor);
  }
  return next;
}

}  // namespace latent
