#include "posterior.hpp"

#include <cmath>

namespace latent::cli {

PosteriorSummary summarize_posterior(const AnyModel& model, const Sample<Observations>& sample) {
  PosteriorSummary summary;
  summary.labels.reserve(sample.size());
  for_each_prediction(model, sample.observations, [&](std::size_t first, const Prediction& prediction) {
    for (Eigen::Index i = 0; i < prediction.responsibilities.rows(); ++i) {
      Eigen::Index best = 0;
      prediction.responsibilities.row(i).maxCoeff(&best);
      summary.labels.push_back(static_cast<std::size_t>(best));
      double entropy = 0;
      for (double r : prediction.responsibilities.row(i)) entropy -= r > 0 ? r * std::log(r) : 0;
      summary.entropy += sample.weight(first + static_cast<std::size_t>(i)) * entropy;
    }
  });
  return summary;
}

}  // namespace latent::cli
