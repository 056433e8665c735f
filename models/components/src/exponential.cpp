#include <algorithm>
#include <cmath>

#include <boost/random/exponential_distribution.hpp>
#include <latent/components/exponential.hpp>
#include <latent/error.hpp>
#include <latent/text.hpp>

namespace latent {
namespace {

// The mean of all rows in each column (D), the same in every iteration: what the least mean is relative to.
Eigen::RowVectorXd data_means(const IndependentColumns::Statistics& sums) {
  const Eigen::RowVectorXd means = sums.sums.colwise().sum() / sums.counts.sum();
  constexpr double smallest = 1e-290, largest = 1e290;  // beyond, rates and their bounds are no numbers
  for (Eigen::Index j = 0; j < means.size(); ++j) {
    const std::string column = "column " + std::to_string(j + 1);
    if (means[j] == 0)
      throw ModelError(column + " is zero in all rows, it tells components apart in nothing: leave it out");
    if (means[j] >= smallest && means[j] <= largest) continue;
    throw ModelError("the mean of " + column + " is " + rounded(means[j], 3) +
                     ", beyond what can be computed with: use another unit");
  }
  return means;
}

void note_held(const Notes& notes, Eigen::Index component, double observations) {
  notes.add({"collapsed", static_cast<std::size_t>(component),
             "has nothing but zeros in some column, on " + rounded(observations, 4) +
                 " observations; its mean was held at " + rounded(ExponentialBank::least_mean, 3) +
                 " times that of the data",
             true});
}

}  // namespace

ExponentialBank::Prepared ExponentialBank::prepare(const Parameters& parameters) const {
  require_parameters(
      parameters.rates, "rate", [](double rate) { return rate > 0 && std::isfinite(rate); }, "positive and finite");
  Prepared prepared(means(parameters));
  prepared.slopes = -parameters.rates;
  prepared.constants = parameters.rates.array().log();
  prepared.log_constants = prepared.constants.rowwise().sum();
  return prepared;
}

ExponentialBank::Parameters ExponentialBank::maximization(const Statistics& sums, const Parameters& current,
                                                          Notes notes) const {
  const Eigen::RowVectorXd least = least_mean * data_means(sums);
  const Eigen::MatrixXd means = component_means(sums, this->means(current), notes);
  Parameters next = current;
  for (Eigen::Index k = 0; k < means.rows(); ++k) {
    if (without_observations(sums.counts, k)) continue;  // 1 / (1 / rate) is not always the rate
    if ((means.row(k).array() < least.array()).any()) note_held(notes, k, sums.counts[k]);
    next.rates.row(k) = means.row(k).cwiseMax(least).cwiseInverse();
  }
  return next;
}

ExponentialBank::Parameters ExponentialBank::pooled(const Observations& rows, Weights weights,
                                                    std::size_t components) const {
  // A column of zeros gets the mean 1: the M-step will refuse it, in a sentence.
  return {pooled_means(rows, weights, components, 1).unaryExpr([](double mean) { return mean > 0 ? 1 / mean : 1.0; })};
}

void ExponentialBank::draw(const Parameters& parameters, std::size_t component, Random& random,
                           std::span<double> row) const {
  boost::random::exponential_distribution<double> standard;
  for (std::size_t j = 0; j < row.size(); ++j) {
    row[j] = standard(random) / parameters.rates(static_cast<Eigen::Index>(component), static_cast<Eigen::Index>(j));
  }
}

std::optional<std::string> ExponentialBank::refusal(double cell) const {
  if (cell >= 0 && std::isfinite(cell)) return std::nullopt;
  return "a duration must be a number from 0";
}

}  // namespace latent
