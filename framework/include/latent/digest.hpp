#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace latent {

// 64 bits that tell contents apart, in the order they are added: the same on every machine. Whatever changes a single
// word is noticed for certain; against intent it is no protection.
class Digest {
 public:
  void add(std::uint64_t word) {
    value_ = (value_ ^ word) * 0x100000001b3;  // the prime of FNV-1a, whose highest bits would never come down again
    value_ ^= value_ >> 29;
  }
  void add(double number) { add(std::bit_cast<std::uint64_t>(number)); }
  void add(std::string_view bytes) {
    const auto word_at = [bytes](std::size_t first, std::size_t count) {
      std::uint64_t word = 0;
      for (std::size_t i = 0; i < count; ++i) {
        word |= std::uint64_t{static_cast<unsigned char>(bytes[first + i])} << (8 * i);
      }
      return word;
    };
    std::size_t at = 0;
    for (; at + 8 <= bytes.size(); at += 8) add(word_at(at, 8));
    add(word_at(at, bytes.size() - at));
    add(std::uint64_t{bytes.size()});
  }
  std::uint64_t value() const { return value_; }

 private:
  std::uint64_t value_ = 0xcbf29ce484222325;
};

}  // namespace latent
