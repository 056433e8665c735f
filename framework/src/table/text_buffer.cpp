#include "text_buffer.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>
#include <utility>

#include <latent/error.hpp>

namespace latent::input {
namespace {

// What people hand over in place of text, by its first bytes, and what they can do.
void refuse_other_formats(std::string_view start, const std::string& name) {
  using Format = std::pair<std::string_view, std::string_view>;
  static constexpr std::array<Format, 9> formats = {{
      {"\xff\xfe", "is UTF-16 text: save it as UTF-8"},
      {"\xfe\xff", "is UTF-16 text: save it as UTF-8"},
      {"\x1f\x8b", "is compressed by gzip: unpack it first"},
      {"BZh", "is compressed by bzip2: unpack it first"},
      {"\xfd"
       "7zXZ",
       "is compressed by xz: unpack it first"},
      {"\x28\xb5\x2f\xfd", "is compressed by zstd: unpack it first"},
      {"PK\x03\x04", "is a zip archive (.npz, .xlsx): export one table as CSV or .npy"},
      {"\x89HDF", "is an HDF5 file: export one table as CSV or .npy"},
      {"PAR1", "is a Parquet file: export it as CSV or .npy"},
  }};
  for (const auto& [magic, what] : formats) {
    if (start.substr(0, magic.size()) == magic) throw DataError(name + ": " + std::string(what));
  }
}

}  // namespace

// The bytes are not set to zero: they are all read over.
TextBuffer::TextBuffer(ByteSource& source) : source_(source), bytes_(new char[capacity_]) {
  refill();
  const std::string_view start(begin(), end_);
  refuse_other_formats(start, name());
  refuse_binary(begin());
  if (start.substr(0, 3) == "\xef\xbb\xbf") begin_ = 3;
}

void TextBuffer::refill() {
  if (last_) return;
  const bool first = end_ == 0;
  const std::size_t kept = end_ - begin_;
  if (kept > capacity_ / 2) {
    std::unique_ptr<char[]> larger(new char[2 * capacity_]);
    std::memcpy(larger.get(), begin(), kept);
    bytes_ = std::move(larger);
    capacity_ *= 2;
  } else {
    std::memmove(bytes_.get(), begin(), kept);
  }
  begin_ = 0;
  end_ = kept + source_.read(bytes_.get() + kept, capacity_ - kept);
  last_ = end_ < capacity_;
  if (!first) refuse_binary(bytes_.get() + kept);
}

void TextBuffer::refuse_binary(const char* from) const {
  const void* const found = std::memchr(from, '\0', static_cast<std::size_t>(end() - from));
  if (!found) return;
  const auto lines = static_cast<std::size_t>(std::count(begin(), static_cast<const char*>(found), '\n'));
  throw DataError(name() + ":" + std::to_string(line_ + lines) +
                  ": found a NUL byte, expected text (comma-separated or alike) or a .npy file");
}

}  // namespace latent::input
