#include "shards.hpp"

#include <algorithm>
#include <atomic>
#include <bit>
#include <cerrno>
#include <optional>
#include <system_error>

#include <fcntl.h>
#include <latent/file_rows.hpp>
#include <latent/text.hpp>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

namespace latent::input {
namespace {

[[noreturn]] void fail(const std::string& name, const std::string& what, int error) {
  throw DataFileError(name + ": " + what + ": " + std::generic_category().message(error));
}

// As many bytes as there are, up to `count`.
std::size_t read_at(const std::string& name, int descriptor, std::uint64_t at, char* to, std::size_t count) {
  std::size_t filled = 0;
  while (filled < count) {
    const ssize_t got = ::pread(descriptor, to + filled, count - filled, static_cast<off_t>(at + filled));
    if (got == 0) break;
    if (got > 0) {
      filled += static_cast<std::size_t>(got);
    } else if (errno != EINTR) {
      fail(name, "cannot be read", errno);
    }
  }
  return filled;
}

std::int64_t time_of_writing(const struct ::stat& status) {
  return std::int64_t{status.st_mtim.tv_sec} * 1000000000 + status.st_mtim.tv_nsec;
}

// For the header.
class OpenFile final : public ByteSource {
 public:
  OpenFile(const std::string& name, int descriptor) : ByteSource(name), descriptor_(descriptor) {}
  std::uint64_t position() const { return position_; }

 private:
  std::size_t read_some(char* to, std::size_t count) override {
    const std::size_t got = read_at(name(), descriptor_, position_, to, count);
    position_ += got;
    return got;
  }
  std::optional<std::uint64_t> unread() override { return std::nullopt; }

  int descriptor_;
  std::uint64_t position_ = 0;
};

// All files stay open. Of how many a process may have open the soft limit is usually the smaller.
std::atomic<std::size_t> open_shards = 0;

void allow_open_files(std::size_t more) {
  constexpr rlim_t others = 64;
  const std::size_t count = open_shards + more;
  struct ::rlimit limit {};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= count + others) return;
  limit.rlim_cur = std::min<rlim_t>(limit.rlim_max, count + others);
  ::setrlimit(RLIMIT_NOFILE, &limit);  // if that fails, so does open
}

}  // namespace

std::string kept_from_reading(const NpyHeader& header) {
  const bool foreign = header.item_bytes > 1 && header.big_endian != (std::endian::native == std::endian::big);
  if (foreign) return "the numbers are in another byte order than this machine's";
  // One column, or one row, is the same in both orders.
  if (header.fortran_order && header.columns > 1 && header.rows > 1) return "the array is in Fortran order";
  return {};
}

std::uint64_t Shard::byte_of(std::size_t row) const {
  return begin + std::uint64_t{row - first_row} * std::uint64_t{row_bytes()};
}

std::size_t Shard::read_what_is_cached(std::size_t first, std::size_t count, char* to) const {
  const ::iovec all{to, count * row_bytes()};
  const ssize_t got = ::preadv2(descriptor, &all, 1, static_cast<off_t>(byte_of(first)), RWF_NOWAIT);
  return got > 0 ? static_cast<std::size_t>(got) : 0;  // errors are for read_rest
}

void Shard::read_rest(std::size_t first, std::size_t count, char* to, std::size_t bytes_read) const {
  const std::size_t rest = count * row_bytes() - bytes_read;
  if (read_at(name, descriptor, byte_of(first) + bytes_read, to + bytes_read, rest) == rest) return;
  throw DataFileError(truncated(name, header));
}

void Shard::expect_unchanged() const {
  struct ::stat status {};
  if (::fstat(descriptor, &status) == 0 && time_of_writing(status) == written) return;
  if (static_cast<std::uint64_t>(status.st_size) < byte_of(end_row())) throw DataFileError(truncated(name, header));
  throw DataFileError(name +
                      ": has changed since the program opened it; data must stay as they are while they are read");
}

void Shard::expect(std::size_t first, std::size_t count) const {
  ::posix_fadvise(descriptor, static_cast<off_t>(byte_of(first)), static_cast<off_t>(count * row_bytes()),
                  POSIX_FADV_WILLNEED);
}

Shards::Shards(const std::vector<std::filesystem::path>& files) {
  allow_open_files(files.size());
  try {
    for (const std::filesystem::path& file : files) open(file);
  } catch (...) {
    close();
    throw;
  }
}

Shards::~Shards() { close(); }

void Shards::close() {
  for (const Shard& shard : shards_) ::close(shard.descriptor);
  open_shards -= shards_.size();
}

void Shards::open(const std::filesystem::path& file) {
  Shard shard;
  shard.name = file.string();
  shard.first_row = shards_.empty() ? 0 : rows();
  shard.descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (shard.descriptor < 0) fail(shard.name, "cannot be opened", errno);
  shards_.push_back(std::move(shard));  // which close() closes
  ++open_shards;
  Shard& opened = shards_.back();
  struct ::stat status {};
  if (::fstat(opened.descriptor, &status) != 0) fail(opened.name, "cannot be read", errno);
  if (!S_ISREG(status.st_mode)) {
    throw DataFileError(opened.name + (S_ISDIR(status.st_mode) ? ": is a directory, expected a .npy file"
                                                               : ": is no regular file, of which parts could be read"));
  }
  opened.written = time_of_writing(status);
  OpenFile source(opened.name, opened.descriptor);
  opened.header = read_npy_header(source);
  opened.begin = source.position();
  const std::string reason = kept_from_reading(opened.header);
  if (!reason.empty()) throw DataFileError(opened.name + ": " + reason + ", and can only be read into memory");
  if (opened.header.columns != columns()) {
    throw DataFileError(opened.name + ": has " + count_of(opened.header.columns, "column") + ", " +
                        shards_.front().name + " has " + std::to_string(columns()));
  }
  const std::uint64_t expected = opened.begin + std::uint64_t{opened.header.rows} * opened.row_bytes();
  const auto size = static_cast<std::uint64_t>(status.st_size);
  if (size < expected) throw DataFileError(truncated(opened.name, opened.header));
  if (size > expected) throw DataFileError(longer(opened.name, opened.header));
}

const Shard& Shards::of_row(std::size_t row) const {
  return *(std::ranges::upper_bound(shards_, row, {}, &Shard::first_row) - 1);
}

}  // namespace latent::input
