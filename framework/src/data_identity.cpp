#include <algorithm>
#include <cstddef>
#include <cstdint>

#include <latent/data_identity.hpp>
#include <latent/digest.hpp>
#include <latent/text.hpp>

namespace latent {

Json identity_of(const RowData& data) {
  constexpr std::size_t most = 1000000;
  const std::size_t rows = data.rows.size(), columns = data.rows.columns();
  const std::size_t sampled = std::min(rows, std::max<std::size_t>(1000, most / std::max<std::size_t>(1, columns)));
  Digest digest;
  for (std::size_t k = 0; k < sampled; ++k) {
    const std::size_t i = k * (rows / sampled) + k * (rows % sampled) / sampled;
    for (std::size_t j = 0; j < columns; ++j) digest.add(data.rows(i, j));
    if (!data.weights.empty()) digest.add(data.weights[i]);
    if (!data.known_states.empty()) digest.add(static_cast<std::uint64_t>(data.known_states[i]));
  }
  for (const std::size_t begin : data.sequence_begins) digest.add(std::uint64_t{begin});
  return {{"rows", rows}, {"columns", columns}, {"digest", digest.value()}};
}

std::string text_of_identity(const Json& identity) {
  return count_of(identity.at("rows").get<std::size_t>(), "row") + " of " +
         count_of(identity.at("columns").get<std::size_t>(), "column");
}

}  // namespace latent
