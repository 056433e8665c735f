#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <latent/observations.hpp>

namespace latent {

// Rows cut into sequences, each of which is one observation: what a model of time series is fitted to. A view, like
// Observations.
class Sequences {
 public:
  static constexpr std::int32_t unknown = -1;

  Sequences() = default;
  // One sequence of all rows.
  Sequences(const Observations& rows)  // NOLINT(google-explicit-constructor): rows are one sequence
      : rows_(rows), count_(rows.empty() ? 0 : 1) {}
  Sequences(const RowMajorMatrix& rows) : Sequences(Observations(rows)) {}  // NOLINT(google-explicit-constructor)
  Sequences(RowMajorMatrix&&) = delete;                                     // a view of a temporary
  // `begins` has the first row of each sequence: 0, and then increasing. `known`, if not empty, has one number a row:
  // the hidden state that the row is known to come from, counted from 0, or `unknown`. Throws DataError.
  Sequences(const Observations& rows, std::span<const std::size_t> begins, std::span<const std::int32_t> known = {});

  std::size_t size() const { return count_; }  // sequences
  bool empty() const { return count_ == 0; }
  std::size_t columns() const { return rows_.columns(); }
  std::size_t length(std::size_t index) const { return end(index) - begin(index); }  // rows of a sequence
  double extent(std::size_t index) const { return static_cast<double>(length(index)); }
  Observations rows(std::size_t index) const { return rows_.subspan(begin(index), length(index)); }
  // One number a row, or empty: nothing is known.
  std::span<const std::int32_t> known(std::size_t index) const {
    return known_.empty() ? known_ : known_.subspan(begin(index), length(index));
  }
  // The place of a sequence, and of its first row, in the data that these sequences are a part of.
  std::size_t number(std::size_t index) const { return first_ + index; }
  std::size_t begin(std::size_t index) const { return begins_.empty() ? 0 : begins_[first_ + index]; }

  // All rows of these sequences, one after the other.
  Observations all_rows() const {
    return empty() ? rows_.subspan(0, 0) : rows_.subspan(begin(0), end(count_ - 1) - begin(0));
  }
  Sequences subspan(std::size_t first, std::size_t count) const {
    Sequences part = *this;
    part.first_ += first;
    part.count_ = count;
    return part;
  }

 private:
  std::size_t end(std::size_t index) const {
    const std::size_t next = first_ + index + 1;
    return next < begins_.size() ? begins_[next] : rows_.size();
  }

  Observations rows_;  // of the whole data, as the two below
  std::span<const std::size_t> begins_;
  std::span<const std::int32_t> known_;
  std::size_t first_ = 0, count_ = 0;
};

// Sequences that own their rows.
struct OwnedSequences {
  RowMajorMatrix rows;
  std::vector<std::size_t> begins;
  std::vector<std::int32_t> known;
  operator Sequences() const& { return {Observations(rows), begins, known}; }  // NOLINT(google-explicit-constructor)
};

// The sequences with those indices.
OwnedSequences take(const Sequences& sequences, std::span<const std::size_t> indices);

}  // namespace latent
