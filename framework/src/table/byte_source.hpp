#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <iosfwd>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace latent::input {

// Where the bytes of a table come from: a file, standard input, a stream. Reading throws DataError with its name.
class ByteSource {
 public:
  explicit ByteSource(std::string name) : name_(std::move(name)) {}
  ByteSource(const ByteSource&) = delete;
  ByteSource& operator=(const ByteSource&) = delete;
  virtual ~ByteSource() = default;

  const std::string& name() const { return name_; }

  // The first (at most eight) bytes, which remain to be read. To be called before read().
  std::string_view peek();

  // Fills `to` with the next `count` bytes, or with all that are left if there are fewer; returns how many.
  std::size_t read(char* to, std::size_t count);

  // The bytes not yet read, where that can be known beforehand.
  std::optional<std::uint64_t> remaining();

  // Where in the file the next byte to be read is, if it is a file that can be read at any place.
  std::optional<std::uint64_t> place();
  // Goes on reading there; only if place() is known.
  void move_to(std::uint64_t place);

 private:
  virtual std::size_t read_some(char* to, std::size_t count) = 0;  // 0 at the end
  virtual std::optional<std::uint64_t> unread() = 0;
  virtual std::optional<std::uint64_t> tell() { return std::nullopt; }
  virtual void seek(std::uint64_t) {}

  std::string name_;
  std::string peeked_;
};

std::unique_ptr<ByteSource> open_file(const std::filesystem::path& file);  // "-": standard input
std::unique_ptr<ByteSource> read_from(std::istream& stream, const std::string& name);

}  // namespace latent::input
