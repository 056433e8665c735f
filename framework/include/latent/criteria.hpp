#pragma once

#include <cstddef>

namespace latent {

// What a likelihood is worth, given what it cost; lower is better. `observations` is the sum of the weights.
struct Criteria {
  double aic = 0;  // -2 L + 2 p                                     (Akaike 1974)
  double bic = 0;  // -2 L + p ln n                                  (Schwarz 1978)
  double icl = 0;  // BIC - 2 sum_n w_n sum_k r_nk ln r_nk; NaN for a model without a posterior
                   // (Biernacki, Celeux & Govaert 2000; McLachlan & Peel 2000, section 6.10.3)
};

// `entropy` is -sum_n w_n sum_k r_nk ln r_nk.
Criteria criteria(double log_likelihood, std::size_t free_parameters, double observations, double entropy);

}  // namespace latent
