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

// The number of leaves for n observations: enough for many threads, but none with fewer than `grain` observations, and
// so few that a path of the tree with sums of `bytes` bytes stays below 16 MB, as long as there are 8.
inline std::size_t leaf_count(std::size_t n, std::size_t grain, std::size_t bytes) {
  constexpr std::size_t most = 256, least_for_threads = 8, path_budget = std::size_t{1} << 24;
  std::size_t leaves =
      std::clamp<std::size_t>(std::bit_floor(std::max<std::size_t>(1, n / std::max<std::size_t>(1, grain))), 1, most);
  while (leaves > least_for_threads && (static_cast<std::size_t>(std::bit_width(leaves)) + 1) * bytes > path_budget)
    leaves /= 2;
  return leaves;
}

// Where leaf `index` of `leaves` begins.
inline std::size_t leaf_begin(std::size_t n, std::size_t leaves, std::size_t index) {
  return n / leaves * index + n % leaves * index / leaves;
}

// sum(first, count) -> Sum for a range of observations; merge(into, other) adds. `leaves` is a power of two. An
// exception reaches the caller; of several the one of the first leaf, so that errors too are the same for any number of
// threads.
template <class SumRange, class Merge>
auto blocked_sum(std::size_t n, std::size_t leaves, const SumRange& sum, const Merge& merge) {
  using Sum = decltype(sum(std::size_t{}, std::size_t{}));
  // A context of its own: if another start of the same fit fails, TBB must not cancel halves of this sum.
  tbb::task_group_context context(tbb::task_group_context::isolated);
  const auto walk = [&](const auto& self, std::size_t first_leaf, std::size_t count) -> Sum {
    if (count == 1) {
      const std::size_t begin = leaf_begin(n, leaves, first_leaf);
      return sum(begin, leaf_begin(n, leaves, first_leaf + 1) - begin);
    }
    std::optional<Sum> left, right;  // sums need no default constructor
    std::exception_ptr left_failed, right_failed;
    const auto half = [&](std::optional<Sum>& into, std::exception_ptr& failed, std::size_t first) {
      try {
        into.emplace(self(self, first, count / 2));
      } catch (...) {
        failed = std::current_exception();  // an exception that TBB saw would cancel the other half
      }
    };
    tbb::parallel_invoke([&] { half(left, left_failed, first_leaf); },
                         [&] { half(right, right_failed, first_leaf + count / 2); }, context);
    if (left_failed) std::rethrow_exception(left_failed);
    if (right_failed) std::rethrow_exception(right_failed);
    merge(*left, *right);
    return std::move(*left);
  };
  // Isolated: a thread that waits here for its other half must not pick up another start of the same fit meanwhile.
  return tbb::this_task_arena::isolate([&] { return walk(walk, 0, leaves); });
}

}  // namespace latent
