#include <string>

#include <latent/error.hpp>
#include <latent/row_data.hpp>
#include <latent/text.hpp>

namespace latent {

std::vector<double> weights_of_sequences(const RowData& data) {
  std::vector<double> weights;
  if (data.weights.empty()) return weights;
  const Sequences sequences(data.rows, data.sequence_begins);
  for (std::size_t i = 0; i < sequences.size(); ++i) {
    const Weights own = data.weights.subspan(sequences.begin(i), sequences.length(i));
    for (std::size_t t = 1; t < own.size(); ++t) {
      if (own[t] == own[0]) continue;
      throw DataError("row " + std::to_string(sequences.begin(i) + t + 1) + " has the weight " + number(own[t]) +
                      ", but its sequence " + number(own[0]) + ": a sequence is weighted as a whole");
    }
    weights.push_back(own[0]);
  }
  return weights;
}

}  // namespace latent
