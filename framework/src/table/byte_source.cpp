#include "byte_source.hpp"

#include <algorithm>
#include <cerrno>
#include <istream>
#include <system_error>

#include <fcntl.h>
#include <latent/error.hpp>
#include <sys/stat.h>
#include <unistd.h>

namespace latent::input {
namespace {

[[noreturn]] void fail(const std::string& name, const std::string& what, int error) {
  throw DataError(name + ": " + what + ": " + std::generic_category().message(error));
}

class DescriptorSource final : public ByteSource {
 public:
  DescriptorSource(std::string name, int descriptor) : ByteSource(std::move(name)), descriptor_(descriptor) {
    if (::fstat(descriptor_, &status_) == 0 && S_ISDIR(status_.st_mode)) {
      close();  // the destructor does not run
      throw DataError(this->name() + ": is a directory, expected a file");
    }
  }
  ~DescriptorSource() override { close(); }

 private:
  std::size_t read_some(char* to, std::size_t count) override {
    while (true) {
      const ssize_t got = ::read(descriptor_, to, count);
      if (got >= 0) return static_cast<std::size_t>(got);
      if (errno != EINTR) fail(name(), "cannot be read", errno);
    }
  }
  std::optional<std::uint64_t> unread() override {
    if (!S_ISREG(status_.st_mode)) return std::nullopt;
    const off_t at = ::lseek(descriptor_, 0, SEEK_CUR);
    // Files of /proc say that they have no bytes.
    if (at < 0 || status_.st_size == 0) return std::nullopt;
    return static_cast<std::uint64_t>(std::max<off_t>(0, status_.st_size - at));
  }
  std::optional<std::uint64_t> tell() override {
    const off_t at = S_ISREG(status_.st_mode) ? ::lseek(descriptor_, 0, SEEK_CUR) : -1;
    return at < 0 ? std::nullopt : std::optional(static_cast<std::uint64_t>(at));
  }
  void seek(std::uint64_t place) override {
    if (::lseek(descriptor_, static_cast<off_t>(place), SEEK_SET) < 0) fail(name(), "cannot be read", errno);
  }
  void close() {
    if (descriptor_ != STDIN_FILENO) ::close(descriptor_);
  }

  int descriptor_;
  struct ::stat status_ {};
};

class StreamSource final : public ByteSource {
 public:
  StreamSource(std::string name, std::istream& stream) : ByteSource(std::move(name)), stream_(stream) {}

 private:
  std::size_t read_some(char* to, std::size_t count) override {
    if (!stream_.good()) return 0;
    stream_.read(to, static_cast<std::streamsize>(count));
    if (stream_.bad()) throw DataError(name() + ": cannot be read: the stream failed");
    return static_cast<std::size_t>(stream_.gcount());
  }
  std::optional<std::uint64_t> unread() override {
    if (!stream_.good()) return std::nullopt;
    std::streambuf& buffer = *stream_.rdbuf();
    const std::streamoff at = buffer.pubseekoff(0, std::ios::cur, std::ios::in);
    if (at < 0) return std::nullopt;
    const std::streamoff end = buffer.pubseekoff(0, std::ios::end, std::ios::in);
    buffer.pubseekpos(at, std::ios::in);
    if (end < at) return std::nullopt;
    return static_cast<std::uint64_t>(end - at);
  }

  std::istream& stream_;
};

}  // namespace

std::string_view ByteSource::peek() {
  std::string bytes(8, '\0');
  bytes.resize(read(bytes.data(), bytes.size()));
  peeked_ = std::move(bytes);
  return peeked_;
}

std::size_t ByteSource::read(char* to, std::size_t count) {
  std::size_t filled = std::min(count, peeked_.size());
  std::copy_n(peeked_.data(), filled, to);
  peeked_.erase(0, filled);
  while (filled < count) {
    const std::size_t got = read_some(to + filled, count - filled);
    if (got == 0) break;
    filled += got;
  }
  return filled;
}

std::optional<std::uint64_t> ByteSource::remaining() {
  const std::optional<std::uint64_t> rest = unread();
  return rest ? std::optional(*rest + peeked_.size()) : std::nullopt;
}

std::optional<std::uint64_t> ByteSource::place() {
  const std::optional<std::uint64_t> at = tell();
  return at ? std::optional(*at - peeked_.size()) : std::nullopt;
}

void ByteSource::move_to(std::uint64_t place) {
  peeked_.clear();
  seek(place);
}

std::unique_ptr<ByteSource> open_file(const std::filesystem::path& file) {
  if (file == "-") return std::make_unique<DescriptorSource>("standard input", STDIN_FILENO);
  const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) fail(file.string(), "cannot be opened", errno);
  return std::make_unique<DescriptorSource>(file.string(), descriptor);
}

std::unique_ptr<ByteSource> read_from(std::istream& stream, const std::string& name) {
  return std::make_unique<StreamSource>(name, stream);
}

}  // namespace latent::input
