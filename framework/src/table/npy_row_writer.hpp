#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <latent/atomic_file.hpp>
#include <latent/error.hpp>
#include <latent/text.hpp>

#include "npy_header.hpp"
#include "row_sink.hpp"

namespace latent::input {

// Writes rows to a .npy file of Items as they come. The number of rows stands first and is known last, so the file must
// be one whose beginning can be written again. `column_names` are for errors, which begin with `source`.
template <class Scalar, class Item>
class NpyRowWriter final : public RowSink<Scalar> {
 public:
  using typename RowSink<Scalar>::Room;

  NpyRowWriter(AtomicFile& file, std::string source, std::vector<std::string> column_names)
      : file_(file), source_(std::move(source)), column_names_(std::move(column_names)) {
    const std::size_t row_bytes = columns() * sizeof(Scalar);
    room_rows_ = std::max<std::size_t>(1, room_bytes / row_bytes);
    room_.resize(room_rows_ * columns());
    write_bytes(npy_header_of(0, columns(), sizeof(Item)));
  }

  Room more() override {
    if (begun_) take(room_rows_);
    begun_ = true;
    return {room_.data(), room_rows_};
  }
  void end(std::size_t count) override {
    take(count);
    file_.rewrite(0, npy_header_of(rows_, columns(), sizeof(Item)));
  }

  std::size_t rows() const { return rows_; }

 private:
  static constexpr std::size_t room_bytes = std::size_t{1} << 18;

  std::size_t columns() const { return column_names_.size(); }

  void take(std::size_t count) {
    if constexpr (std::is_same_v<Scalar, Item>) {
      write_items(room_.data(), count * columns());
    } else {
      items_.resize(count * columns());
      bool beyond = false;
      for (std::size_t i = 0; i < items_.size(); ++i) {
        items_[i] = static_cast<Item>(room_[i]);
        beyond |= std::isinf(items_[i]);  // the values are finite or NaN
      }
      if (beyond) fail_beyond();
      write_items(items_.data(), items_.size());
    }
    rows_ += count;
  }

  [[noreturn]] void fail_beyond() const {
    const auto bad = std::find_if(items_.begin(), items_.end(), [](Item item) { return std::isinf(item); });
    const auto index = static_cast<std::size_t>(bad - items_.begin());
    throw DataError(source_ + ": row " + std::to_string(rows_ + index / columns() + 1) + ", " +
                    column_names_[index % columns()] + ": found " + number(static_cast<double>(room_[index])) +
                    ", expected a number of at most 3.4e38 in size for float32; float64 holds it");
  }

  void write_items(const Item* items, std::size_t count) {
    write_bytes({reinterpret_cast<const char*>(items), count * sizeof(Item)});
  }
  void write_bytes(std::string_view bytes) {
    file_.stream().write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    if (!file_.stream()) file_.commit();  // throws the reason now, not after the rest of a long input
  }

  AtomicFile& file_;
  std::string source_;
  std::vector<std::string> column_names_;
  std::size_t room_rows_ = 0;
  std::vector<Scalar> room_;
  std::vector<Item> items_;  // of the room, as they are written, unless they are the same
  std::size_t rows_ = 0;     // written
  bool begun_ = false;
};

}  // namespace latent::input
