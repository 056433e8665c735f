#include <cmath>

#include <latent/criteria.hpp>

namespace latent {

Criteria criteria(double log_likelihood, std::size_t free_parameters, double observations, double entropy) {
  const auto parameters = static_cast<double>(free_parameters);
  Criteria result;
  result.aic = -2 * log_likelihood + 2 * parameters;
  result.bic = -2 * log_likelihood + parameters * std::log(observations);
  result.icl = result.bic + 2 * entropy;
  return result;
}

}  // namespace latent
