#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <latent/blocked_sum.hpp>

// A fit by several processes, which call the same functions with the same data, options and model, each in its place
// ("rank"), as MPI programs do. Each makes its own part of every E-step; the sums are exchanged along the one tree of
// sums (<latent/blocked_sum.hpp>), so the result has the bits of a fit by one process. What does not grow with the data
// (the M-step, the accelerator) every rank does for itself, and all do the same. <latent/mpi.hpp> makes one of an MPI
// communicator; with other means of sending messages, derive from it.

namespace latent {

class Execution {
 public:
  virtual ~Execution() = default;

  virtual std::size_t rank() const = 0;  // of this process, from 0
  virtual std::size_t size() const = 0;  // ranks

  // Sends a message to another rank; returns the next message from it. A rank that does both with another at the same
  // time as that one waits for nothing else. Called by one thread at a time.
  virtual void send(std::size_t to, std::span<const double> message) = 0;
  virtual std::vector<double> receive(std::size_t from) = 0;
  virtual std::vector<double> exchange(std::size_t other, std::span<const double> message) = 0;
};

// Whether there is anybody to exchange with.
inline bool is_shared(const Execution* execution) { return execution && execution->size() > 1; }

// What one rank contributes to a sum, or the reason why it cannot, and what travels along.
struct Contribution {
  std::vector<double> numbers;
  std::string failure;   // the message of an exception, if `kind` says that there was one
  double kind = 0;       // of the exception: see execution.cpp
  double vote = 0;       // of the first rank in the end
  double signature = 0;  // of what must be the same on all ranks

  bool failed() const { return kind != 0; }
};

// What the first rank says when it has made its part of a sum, heard by all.
struct Vote {
  std::function<double()> ask;
  double heard = 0;
};

// The sum of the whole tree, on every rank: own(node) is made by one rank for each node of a partition of the tree,
// merged(left, right) wherever two halves meet. Ranks are halved as leaves are, so the first of a pair of halves has one
// rank more if their number is odd: powers of two share evenly. Two ranks exchange at most one message each way.
Contribution sum_over_ranks(Execution& execution, const SumTree& tree,
                            const std::function<Contribution(SumNode node)>& own,
                            const std::function<void(Contribution& into, const Contribution& other)>& merge);

// A whole number that tells lists of numbers apart, down to the last bit.
double digest_of(std::span<const double> numbers);

// Runs make(), or takes an exception of it for the contribution. Of exceptions that are no Error nothing is known but
// the text.
Contribution contribution_of(const std::function<void(Contribution& into)>& make);
// Throws again what went wrong there.
void rethrow(const Contribution& failed);

// Does step() on every rank; if one fails, all throw the exception of the first that did. Null: here alone.
void in_unison(Execution* execution, const std::function<void()>& step);

// The sum of sum(first, count) over a tree, by all ranks or, if null, here alone.
template <class SumRange>
double sum_of_numbers(Execution* execution, const SumTree& tree, const SumRange& sum) {
  const auto add = [](double& into, double other) { into += other; };
  if (!is_shared(execution)) return blocked_sum(tree, {0, tree.leaves}, sum, add);
  const auto own = [&](SumNode node) {
    return contribution_of([&](Contribution& into) { into.numbers = {blocked_sum(tree, node, sum, add)}; });
  };
  const Contribution whole = sum_over_ranks(*execution, tree, own, [&](Contribution& into, const Contribution& other) {
    add(into.numbers.front(), other.numbers.front());
  });
  rethrow(whole);
  return whole.numbers.front();
}

// What the first rank answers, on every rank; no if there is nobody to ask.
bool first_rank_says(Execution* execution, const std::function<bool()>& question);

// make() of the first rank, on every rank; an exception of it too.
std::string from_first_rank(Execution* execution, const std::function<std::string()>& make);

}  // namespace latent
