#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "byte_source.hpp"

namespace latent::input {

// The part of a text that is in memory: it begins with what is not yet used, and refill() adds what follows. Skips a
// UTF-8 byte order mark; refuses what is no text.
class TextBuffer {
 public:
  explicit TextBuffer(ByteSource& source);

  const char* begin() const { return bytes_.get() + begin_; }
  const char* end() const { return bytes_.get() + end_; }
  bool is_last() const { return last_; }      // nothing follows end()
  std::size_t line() const { return line_; }  // the line begin() is on, from 1
  const std::string& name() const { return source_.name(); }

  // Moves begin() to `here`, which is `lines` lines on.
  void advance(const char* here, std::size_t lines) {
    begin_ = static_cast<std::size_t>(here - bytes_.get());
    line_ += lines;
  }

  // Keeps [begin(), end()), perhaps elsewhere, and adds to it, unless is_last().
  void refill();

 private:
  void refuse_binary(const char* from) const;

  ByteSource& source_;
  std::size_t capacity_ = std::size_t{1} << 20;
  std::unique_ptr<char[]> bytes_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::size_t line_ = 1;
  bool last_ = false;
};

}  // namespace latent::input
