#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <exception>
#include <optional>
#include <utility>

#include <oneapi/tbb/parallel_invoke.h>
#include <oneapi/tbb/task_arena.h>
#include <oneapi/tbb/task_group.h>

// Sums whose bits depend on the data alone. [0, n) is cut into a power of two of nearly equal leaves, the leaves are
// summed each by itself, and the sums are added up in one fixed binary tree: one thread and sixteen, one process and
// many walk the same tree. Of the partial sums at most (depth + 1) per thread exist at a time.

namespace latent {

// The number of leaves for n observations: enough for many threads and processes, of at most 65536 observations each,
// but none with fewer than `grain`; and so few that a path of the tree with sums of `bytes` bytes stays below 16 MB, as
// long as there are 8 and none has more than a million observations.
inline std::size_t leaf_count(std::size_t n, std::size_t grain, std::size_t bytes) {
  constexpr std::size_t for_threads = 256, least_for_threads = 8, path_budget = std::size_t{1} << 24;
  constexpr std::size_t usual_leaf = std::size_t{1} << 16, largest_leaf = std::size_t{1} << 20;
  const std::size_t grains = std::bit_floor(std::max<std::size_t>(1, n / std::max<std::size_t>(1, grain)));
  std::size_t leaves = std::min(grains, std::max(for_threads, std::bit_ceil(n / usual_leaf)));
  const std::size_t least = std::max(least_for_threads, std::bit_ceil(n / largest_leaf));
  while (leaves > least && (static_cast<std::size_t>(std::bit_width(leaves)) + 1) * bytes > path_budget) leaves /= 2;
  return leaves;
}

// Where leaf `index` of `leaves` begins.
inline std::size_t leaf_begin(std::size_t n, std::size_t leaves, std::size_t index) {
  return n / leaves * index + n % leaves * index / leaves;
}

// The tree of sums over observations [0, n).
struct SumTree {
  std::size_t observations = 0;
  std::size_t leaves = 1;  // a power of two

  std::size_t begin(std::size_t leaf) const { return leaf_begin(observations, leaves, leaf); }
  bool operator==(const SumTree&) const = default;
};

// A node of it, as the leaves below: `leaves`, a power of two, from `first` on, a multiple of that.
struct SumNode {
  std::size_t first = 0;
  std::size_t leaves = 1;

  SumNode left() const { return {first, leaves / 2}; }
  SumNode right() const { return {first + leaves / 2, leaves / 2}; }
  auto operator<=>(const SumNode&) const = default;
};

// sum(first, count) -> Sum for a range of observations; merge(into, other) adds. The sum of a node of the tree. An
// exception reaches the caller; of several the one of the first leaf, so that errors too are the same for any number of
// threads.
template <class SumRange, class Merge>
auto blocked_sum(const SumTree& tree, SumNode node, const SumRange& sum, const Merge& merge) {
  using Sum = decltype(sum(std::size_t{}, std::size_t{}));
  // A context of its own: if another start of the same fit fails, TBB must not cancel halves of this sum.
  tbb::task_group_context context(tbb::task_group_context::isolated);
  const auto walk = [&](const auto& self, SumNode at) -> Sum {
    if (at.leaves == 1) {
      const std::size_t begin = tree.begin(at.first);
      return sum(begin, tree.begin(at.first + 1) - begin);
    }
    std::optional<Sum> left, right;  // sums need no default constructor
    std::exception_ptr left_failed, right_failed;
    const auto half = [&](std::optional<Sum>& into, std::exception_ptr& failed, SumNode part) {
      try {
        into.emplace(self(self, part));
      } catch (...) {
        failed = std::current_exception();  // an exception that TBB saw would cancel the other half
      }
    };
    tbb::parallel_invoke([&] { half(left, left_failed, at.left()); }, [&] { half(right, right_failed, at.right()); },
                         context);
    if (left_failed) std::rethrow_exception(left_failed);
    if (right_failed) std::rethrow_exception(right_failed);
    merge(*left, *right);
    return std::move(*left);
  };
  // Isolated: a thread that waits here for its other half must not pick up another start of the same fit meanwhile.
  return tbb::this_task_arena::isolate([&] { return walk(walk, node); });
}

// The sum of all n observations.
template <class SumRange, class Merge>
auto blocked_sum(std::size_t n, std::size_t leaves, const SumRange& sum, const Merge& merge) {
  return blocked_sum(SumTree{n, leaves}, SumNode{0, leaves}, sum, merge);
}

}  // namespace latent
