#include <string>

#include <latent/error.hpp>
#include <latent/sequences.hpp>
#include <latent/text.hpp>

namespace latent {

Sequences::Sequences(const Observations& rows, std::span<const std::size_t> begins, std::span<const std::int32_t> known)
    : rows_(rows), begins_(begins), known_(known), count_(begins.empty() && !rows.empty() ? 1 : begins.size()) {
  for (std::size_t i = 0; i < begins.size(); ++i) {
    const std::size_t end = i + 1 < begins.size() ? begins[i + 1] : rows.size();
    if (i == 0 && begins[i] != 0) throw DataError("the first sequence begins at row " + std::to_string(begins[i] + 1));
    if (begins[i] >= end) throw DataError("sequence " + std::to_string(i + 1) + " has no rows");
  }
  if (!known.empty() && known.size() != rows.size()) {
    throw DataError("there are " + std::to_string(known.size()) + " known states for " + count_of(rows.size(), "row"));
  }
}

OwnedSequences take(const Sequences& sequences, std::span<const std::size_t> indices) {
  std::size_t rows = 0;
  for (const std::size_t index : indices) rows += sequences.length(index);
  OwnedSequences taken;
  taken.rows.resize(static_cast<Eigen::Index>(rows), static_cast<Eigen::Index>(sequences.columns()));
  std::size_t at = 0;
  for (const std::size_t index : indices) {
    taken.begins.push_back(at);
    for_each_piece(sequences.rows(index), [&](std::size_t, const Observations& from) {
      for (std::size_t t = 0; t < from.size(); ++t, ++at) {
        for (std::size_t j = 0; j < from.columns(); ++j) {
          taken.rows(static_cast<Eigen::Index>(at), static_cast<Eigen::Index>(j)) = from(t, j);
        }
      }
    });
    const auto known = sequences.known(index);
    taken.known.insert(taken.known.end(), known.begin(), known.end());
  }
  return taken;
}

}  // namespace latent
