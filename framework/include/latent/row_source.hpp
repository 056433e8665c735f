#pragma once

#include <cstddef>

#include <latent/observations.hpp>

namespace latent {

// Rows that are not in memory but read as they are needed, by any number of threads at a time. What is read is the
// same whenever and by whomever it is read, so a fit has the same bits as with the rows in memory.
class RowSource {
 public:
  RowSource() = default;
  RowSource(const RowSource&) = delete;
  RowSource& operator=(const RowSource&) = delete;
  virtual ~RowSource() = default;

  virtual std::size_t rows() const = 0;
  virtual std::size_t columns() const = 0;

  // A view of rows from `first` on, in memory: `count` of them (at least 1, none beyond the last), or fewer, but at
  // least 1, where a file or the room for them ends. It is valid until this thread reads from any source again; so
  // nothing that may run another task on this thread may come between. Throws DataError.
  virtual Observations read(std::size_t first, std::size_t count) const = 0;
};

}  // namespace latent
