#include <cmath>
#include <cstdint>

#include <boost/random/poisson_distribution.hpp>
#include <latent/components/log_factorial.hpp>
#include <latent/components/poisson.hpp>

namespace latent {

PoissonBank::Prepared PoissonBank::prepare(const Parameters& parameters) const {
  const Eigen::MatrixXd& rates = parameters.rates;
  require_parameters(
      rates, "rate", [](double rate) { return rate >= 0 && std::isfinite(rate); }, "finite and not negative");
  Prepared prepared(rates);
  for (Eigen::Index k = 0; k < rates.rows(); ++k) {
    for (Eigen::Index j = 0; j < rates.cols(); ++j) {
      if (rates(k, j) > 0) {
        prepared.slopes(k, j) = std::log(rates(k, j));
      } else {
        prepared.point_masses.push_back({k, j, 0.0});
      }
    }
  }
  prepared.constants = -rates;
  prepared.log_constants = prepared.constants.rowwise().sum();
  return prepared;
}

void PoissonBank::log_densities(const Prepared& prepared, const ColumnBlock& rows, Columns out) const {
  IndependentColumns::log_densities(prepared, rows, out);
  static thread_local AlignedBuffer buffer;
  const auto count = static_cast<Eigen::Index>(rows.rows());
  Eigen::Map<Eigen::ArrayXd, Eigen::Aligned64> factorials(buffer.reserve(rows.rows()), count);
  factorials.setZero();
  for (std::size_t j = 0; j < rows.columns(); ++j) {
    for (Eigen::Index n = 0; n < count; ++n) factorials[n] += log_factorial(rows.column(j)[n]);
  }
  out.topRows(count).colwise() -= factorials;
}

void PoissonBank::log_densities_of_row(const Prepared& prepared, std::span<const double> row,
                                       std::span<double> out) const {
  IndependentColumns::log_densities_of_row(prepared, row, out);
  double factorials = 0;
  for (const double cell : row) {
    if (!std::isnan(cell)) factorials += log_factorial(cell);
  }
  for (double& log_density : out) log_density -= factorials;
}

PoissonBank::Parameters PoissonBank::maximization(const Statistics& sums, const Parameters& current,
                                                  Notes notes) const {
  return {component_means(sums, current.rates, notes)};
}

PoissonBank::Parameters PoissonBank::pooled(const Observations& rows, Weights weights, std::size_t components) const {
  return {pooled_means(rows, weights, components, 1)};
}

void PoissonBank::draw(const Parameters& parameters, std::size_t component, Random& random,
                       std::span<double> row) const {
  for (std::size_t j = 0; j < row.size(); ++j) {
    const double rate = parameters.rates(static_cast<Eigen::Index>(component), static_cast<Eigen::Index>(j));
    // Boost's distribution wants a positive mean.
    row[j] =
        rate > 0 ? static_cast<double>(boost::random::poisson_distribution<std::int64_t, double>(rate)(random)) : 0;
  }
}

std::optional<std::string> PoissonBank::refusal(double cell) const {
  if (cell >= 0 && std::isfinite(cell) && cell == std::floor(cell)) return std::nullopt;
  return "a count must be a whole number from 0";
}

}  // namespace latent
