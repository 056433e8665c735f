#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include <latent/any_model.hpp>

namespace latent::cli {

// The posterior of a whole data set, without its responsibilities.
struct PosteriorSummary {
  std::vector<std::size_t> labels;  // the most probable component of each row
  double entropy = 0;               // -sum_n w_n sum_k r_nk ln r_nk
};
PosteriorSummary summarize_posterior(const AnyModel& model, const Sample<Observations>& sample);

// visit(first, prediction) for a few thousand rows at a time, so that responsibilities exist for these alone.
template <class Visit>
void for_each_prediction(const AnyModel& model, const Observations& rows, const Visit& visit) {
  constexpr std::size_t step = 4096;
  for (std::size_t first = 0; first < rows.size(); first += step) {
    visit(first, model.predict(rows.subspan(first, std::min(step, rows.size() - first))));
  }
}

}  // namespace latent::cli
