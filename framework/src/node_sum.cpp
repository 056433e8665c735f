#include <latent/node_sum.hpp>

namespace latent {

std::vector<SumNode> nodes_within(const SumTree& tree, std::size_t first, std::size_t count) {
  std::vector<SumNode> found;
  const std::size_t last = first + count;
  const auto walk = [&](const auto& self, SumNode node) -> void {
    const std::size_t begin = tree.begin(node.first), end = tree.begin(node.first + node.leaves);
    if (begin >= first && end <= last) {
      found.push_back(node);
    } else if (node.leaves > 1 && begin < last && first < end) {
      self(self, node.left());
      self(self, node.right());
    }
  };
  walk(walk, {0, tree.leaves});
  return found;
}

}  // namespace latent
