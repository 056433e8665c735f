#pragma once

#include <cstddef>

namespace latent::input {

// Where the rows of a table go as they are read: they are written to the room that the sink gives, row by row.
template <class Scalar>
class RowSink {
 public:
  struct Room {
    Scalar* rows = nullptr;
    std::size_t count = 0;  // at least 1
  };

  virtual ~RowSink() = default;
  // Takes the rows in the room given before, which is full, and gives room for more.
  virtual Room more() = 0;
  // Takes the first `count` rows in the room given last; no more follow.
  virtual void end(std::size_t count) = 0;
};

}  // namespace latent::input
