#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <exception>
#include <new>
#include <utility>

#include <latent/error.hpp>
#include <latent/execution.hpp>
#include <latent/file_rows.hpp>

namespace latent {
namespace {

// How the kinds of exceptions are sent.
enum Kind { none, model_error, data_error, data_file_error, option_error, error, out_of_memory, other };

template <class Thrown>
void keep(Contribution& in, Kind kind, const Thrown& thrown) {
  in.kind = kind;
  in.failure = thrown.what();
  in.numbers.clear();
}

// Texts travel as doubles, their length first.
void append_text(const std::string& text, std::vector<double>& numbers) {
  numbers.push_back(static_cast<double>(text.size()));
  const std::size_t first = numbers.size();
  numbers.resize(first + (text.size() + sizeof(double) - 1) / sizeof(double));
  std::memcpy(numbers.data() + first, text.data(), text.size());
}

std::string text_in(std::span<const double> numbers) {
  std::string text(static_cast<std::size_t>(numbers.front()), ' ');
  std::memcpy(text.data(), numbers.data() + 1, text.size());
  return text;
}

std::vector<double> packed(const Contribution& contribution) {
  std::vector<double> message{contribution.kind, contribution.vote, contribution.signature};
  if (contribution.failed()) {
    append_text(contribution.failure, message);
  } else {
    message.insert(message.end(), contribution.numbers.begin(), contribution.numbers.end());
  }
  return message;
}

Contribution unpacked(const std::vector<double>& message) {
  constexpr std::size_t header = 3;
  Contribution contribution{.kind = message.at(0), .vote = message.at(1), .signature = message.at(2)};
  if (contribution.failed()) {
    contribution.failure = text_in(std::span(message).subspan(header));
  } else {
    contribution.numbers.assign(message.begin() + header, message.end());
  }
  return contribution;
}

// One rank's way through the tree.
class Walk {
 public:
  Walk(Execution& execution, const std::function<Contribution(SumNode)>& own,
       const std::function<void(Contribution&, const Contribution&)>& merge)
      : execution_(execution), own_(own), merge_(merge) {}

  // The sum of the node, which `ranks` from `first` on share, all of which get it.
  Contribution sum(SumNode node, std::size_t first, std::size_t ranks) const {
    if (ranks == 1) return own_(node);
    const std::size_t left = (ranks + 1) / 2, right = ranks - left;
    const bool on_left = execution_.rank() < first + left;
    const std::size_t place = execution_.rank() - (on_left ? first : first + left);
    if (node.leaves == 1) {  // there is work for one rank only, the first
      if (!on_left) return unpacked(execution_.receive(first + place));
      Contribution whole = sum(node, first, left);
      if (place < right) execution_.send(first + left + place, packed(whole));
      return whole;
    }
    Contribution own = on_left ? sum(node.left(), first, left) : sum(node.right(), first + left, right);
    const std::vector<double> message = packed(own);
    Contribution other;
    if (place < right) other = unpacked(execution_.exchange(on_left ? first + left + place : first + place, message));
    if (left > right) {  // the last of the left half has no counterpart, and hears from the last of the right
      if (on_left && place == left - 1) other = unpacked(execution_.receive(first + ranks - 1));
      if (!on_left && place == right - 1) execution_.send(first + left - 1, message);
    }
    if (!on_left) std::swap(own, other);
    add(own, other);
    return own;
  }

 private:
  // Of failures the first counts; the vote is that of the first rank in any case.
  void add(Contribution& left, const Contribution& right) const {
    const double vote = left.vote;
    if (!left.failed() && !right.failed() &&
        (left.signature != right.signature || left.numbers.size() != right.numbers.size())) {
      left.kind = error;
      left.failure =
          "the processes of this fit are not at the same point: all need the same program, data and options, on "
          "processors of the same kind";
    } else if (!left.failed() && right.failed()) {
      left = right;
    } else if (!left.failed()) {
      merge_(left, right);
    }
    left.vote = vote;
  }

  Execution& execution_;
  const std::function<Contribution(SumNode)>& own_;
  const std::function<void(Contribution&, const Contribution&)>& merge_;
};

}  // namespace

double digest_of(std::span<const double> numbers) {
  std::uint64_t hash = 0xcbf29ce484222325U;  // FNV-1a, by words
  for (const double number : numbers)
    hash = std::rotl((hash ^ std::bit_cast<std::uint64_t>(number)) * 0x100000001b3U, 29);
  return static_cast<double>(hash >> 12);  // what a double holds exactly
}

Contribution contribution_of(const std::function<void(Contribution& into)>& make) {
  Contribution made;
  try {
    make(made);
  } catch (const ModelError& thrown) {
    keep(made, model_error, thrown);
  } catch (const DataFileError& thrown) {
    keep(made, data_file_error, thrown);
  } catch (const DataError& thrown) {
    keep(made, data_error, thrown);
  } catch (const OptionError& thrown) {
    keep(made, option_error, thrown);
  } catch (const Error& thrown) {
    keep(made, error, thrown);
  } catch (const std::bad_alloc& thrown) {
    keep(made, out_of_memory, thrown);
  } catch (const std::exception& thrown) {
    keep(made, other, thrown);
  }
  return made;
}

void rethrow(const Contribution& failed) {
  switch (static_cast<Kind>(failed.kind)) {
    case none: return;
    case model_error: throw ModelError(failed.failure);
    case data_error: throw DataError(failed.failure);
    case data_file_error: throw DataFileError(failed.failure);
    case option_error: throw OptionError(failed.failure);
    case error: throw Error(failed.failure);
    case out_of_memory: throw std::bad_alloc();
    case other: break;
  }
  throw std::runtime_error(failed.failure);
}

Contribution sum_over_ranks(Execution& execution, const SumTree& tree, const std::function<Contribution(SumNode)>& own,
                            const std::function<void(Contribution&, const Contribution&)>& merge) {
  return Walk(execution, own, merge).sum({0, tree.leaves}, 0, execution.size());
}

void in_unison(Execution* execution, const std::function<void()>& step) {
  if (!is_shared(execution)) return step();
  const SumTree one_leaf_or_more_a_rank{execution->size(), std::bit_ceil(execution->size())};
  const auto own = [&](SumNode) { return contribution_of([&](Contribution&) { step(); }); };
  rethrow(sum_over_ranks(*execution, one_leaf_or_more_a_rank, own, [](Contribution&, const Contribution&) {}));
}

std::string from_first_rank(Execution* execution, const std::function<std::string()>& make) {
  if (!is_shared(execution)) return make();
  const auto own = [&](SumNode) {
    return contribution_of([&](Contribution& into) { append_text(make(), into.numbers); });
  };
  // A tree of one leaf: there is work for the first rank, and all get what it makes.
  const Contribution made = sum_over_ranks(*execution, {1, 1}, own, [](Contribution&, const Contribution&) {});
  rethrow(made);
  return text_in(made.numbers);
}

bool first_rank_says(Execution* execution, const std::function<bool()>& question) {
  if (!is_shared(execution)) return question && question();
  return from_first_rank(execution, [&] { return std::string(question && question() ? "yes" : "no"); }) == "yes";
}

}  // namespace latent
