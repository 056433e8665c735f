#pragma once

#include <string>
#include <vector>

namespace latent::benchmarks {

// Rows of texts as aligned columns, or as Markdown. The first row is the head; all columns but the first are
// right-aligned.
using TextTable = std::vector<std::vector<std::string>>;
std::string aligned(const TextTable& table);
std::string markdown(const TextTable& table);

}  // namespace latent::benchmarks
