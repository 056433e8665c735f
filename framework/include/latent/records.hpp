#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include <Eigen/Core>

// The observations of a model whose data are a std::span<const Observation>, as a sample holds them: in memory, or
// somewhere that makes them when they are asked for (the rows of a file), so that never all need be there. A model sees
// spans either way.

namespace latent {

// How many numbers or rows there are in an observation, about: what tells how much memory it takes.
template <class Observation>
std::size_t cells_of(const Observation&) {
  return 1;
}
inline std::size_t cells_of(const Eigen::VectorXd& row) { return static_cast<std::size_t>(row.size()); }
template <class Row>
std::size_t cells_of(const std::vector<Row>& group) {
  return group.empty() ? 0 : group.size() * cells_of(group.front());
}

template <class Observation>
inline constexpr bool has_many_cells = std::same_as<Observation, Eigen::VectorXd>;
template <class Row>
inline constexpr bool has_many_cells<std::vector<Row>> = true;

// Where observations come from that are not in memory. Several threads read at once.
template <class Observation>
class RecordSource {
 public:
  virtual ~RecordSource() = default;
  virtual std::size_t size() const = 0;                    // observations
  virtual std::size_t cells(std::size_t index) const = 0;  // cells_of an observation
  // Makes `into` the `count` observations from `first` on.
  virtual void read(std::size_t first, std::size_t count, std::vector<Observation>& into) const = 0;
};

// A view of observations in memory or of a source; passed by value.
template <class Observation>
class Records {
 public:
  using Span = std::span<const Observation>;

  Records() = default;
  template <std::convertible_to<Span> Source>
  Records(Source&& source)  // NOLINT(google-explicit-constructor): a span, or what is one
      : held_(std::forward<Source>(source)), size_(held_.size()) {}
  Records(const RecordSource<Observation>& source)  // NOLINT(google-explicit-constructor)
      : source_(&source), size_(source.size()) {}

  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  bool in_memory() const { return source_ == nullptr; }
  // The `count` observations from `first` on.
  Records subspan(std::size_t first, std::size_t count) const {
    Records part = *this;
    if (in_memory()) part.held_ = held_.subspan(first, count);
    part.first_ += first;
    part.size_ = count;
    return part;
  }
  // All of them: in `buffer`, unless they are in memory already.
  Span in(std::vector<Observation>& buffer) const {
    if (in_memory()) return held_;
    source_->read(first_, size_, buffer);
    return buffer;
  }
  Observation operator[](std::size_t index) const {
    if (in_memory()) return held_[index];
    std::vector<Observation> one;
    source_->read(first_ + index, 1, one);
    return std::move(one.front());
  }

  // How many observations from `first` on are a chunk: as many as fit into some megabytes. It depends on what they are,
  // and not on where they come from.
  std::size_t chunk_size(std::size_t first) const {
    constexpr std::size_t most_bytes = std::size_t{1} << 22, most_cells = std::size_t{1} << 16;
    constexpr std::size_t most = std::clamp<std::size_t>(most_bytes / sizeof(Observation), 1, 4096);
    const std::size_t count = std::min(most, size_ - first);
    if constexpr (has_many_cells<Observation>) {
      std::size_t cells = 0;
      for (std::size_t i = 0; i < count; ++i) {
        cells += in_memory() ? cells_of(held_[first + i]) : source_->cells(first_ + first + i);
        if (cells > most_cells) return std::max<std::size_t>(1, i);
      }
    }
    return count;
  }

 private:
  Span held_;
  const RecordSource<Observation>* source_ = nullptr;
  std::size_t first_ = 0, size_ = 0;
};

// What a sample holds of data: what the model sees, or what can be made that.
template <class Data>
struct HeldDataOf {
  using type = Data;
};
template <class Observation>
struct HeldDataOf<std::span<const Observation>> {
  using type = Records<Observation>;
};
template <class Data>
using HeldData = typename HeldDataOf<Data>::type;

// Makes of what a sample holds the data that a model sees. Only the last made exists.
template <class Data>
class SeenData {
 public:
  const Data& of(const Data& held) { return held; }
};
template <class Observation>
class SeenData<std::span<const Observation>> {
 public:
  std::span<const Observation> of(const Records<Observation>& held) { return held.in(buffer_); }

 private:
  std::vector<Observation> buffer_;
};

// visit(first, data) for the parts of what a sample holds, in order, as a model sees them: data that are no span are one
// part.
template <class Data, class Visit>
void for_each_chunk(const Data& data, const Visit& visit) {
  visit(std::size_t{0}, data);
}
template <class Observation, class Visit>
void for_each_chunk(const Records<Observation>& records, const Visit& visit) {
  SeenData<std::span<const Observation>> seen;
  for (std::size_t first = 0; first < records.size();) {
    const std::size_t count = records.chunk_size(first);
    visit(first, seen.of(records.subspan(first, count)));
    first += count;
  }
}

}  // namespace latent
