#include <array>
#include <atomic>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <optional>
#include <random>
#include <streambuf>
#include <string>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <latent/atomic_file.hpp>
#include <latent/error.hpp>
#include <sys/stat.h>
#include <unistd.h>

namespace latent {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail(const fs::path& target, int error) {
  throw Error(target.string() + ": cannot be written: " + std::generic_category().message(error));
}

// Opened by its name, standard output that is redirected to a file would be written from the beginning of that file.
std::optional<int> standing_for_descriptor(const fs::path& target) {
  const std::string path = target.string();
  if (path == "/dev/stdout") return STDOUT_FILENO;
  if (path == "/dev/stderr") return STDERR_FILENO;
  for (const std::string_view folder : {"/dev/fd/", "/proc/self/fd/"}) {
    int number = -1;
    if (!path.starts_with(folder)) continue;
    const auto [end, error] = std::from_chars(path.data() + folder.size(), path.data() + path.size(), number);
    if (error == std::errc{} && end == path.data() + path.size()) return number;
  }
  return std::nullopt;
}

// The file that a chain of symbolic links leads to, whether it exists or not.
fs::path behind_links(fs::path path) {
  std::error_code error;
  for (int depth = 0; depth < 40 && fs::is_symlink(path, error); ++depth) {
    const fs::path next = fs::read_symlink(path, error);
    path = next.is_absolute() ? next : path.parent_path() / next;
  }
  return path;
}

fs::path temporary_name(const fs::path& target) {
  static std::atomic<unsigned> count = 0;
  std::random_device random;
  const std::string name = "." + target.filename().string().substr(0, 200) + "." + std::to_string(::getpid()) + "-" +
                           std::to_string(count++) + "-" + std::to_string(random()) + ".tmp";
  return target.parent_path() / name;
}

// A buffer before a file descriptor, which it does not own; remembers the first error.
class DescriptorBuffer final : public std::streambuf {
 public:
  explicit DescriptorBuffer(int descriptor) : descriptor_(descriptor) {
    setp(buffer_.data(), buffer_.data() + buffer_.size());
  }
  int error() const { return error_; }

  // `position` counts from the beginning of the file.
  void rewrite(std::uint64_t position, std::string_view bytes) {
    sync();
    while (!bytes.empty() && error_ == 0) {
      const ssize_t written = ::pwrite(descriptor_, bytes.data(), bytes.size(), static_cast<off_t>(position));
      if (written < 0 && errno != EINTR) error_ = errno;
      if (written < 0) continue;
      position += static_cast<std::uint64_t>(written);
      bytes.remove_prefix(static_cast<std::size_t>(written));
    }
  }

 private:
  int sync() override {
    const char* from = pbase();
    while (from < pptr() && error_ == 0) {
      const ssize_t written = ::write(descriptor_, from, static_cast<std::size_t>(pptr() - from));
      if (written >= 0) from += written;
      if (written < 0 && errno != EINTR) error_ = errno;
    }
    setp(buffer_.data(), buffer_.data() + buffer_.size());
    return error_ == 0 ? 0 : -1;
  }
  int_type overflow(int_type character) override {
    if (sync() != 0) return traits_type::eof();
    if (!traits_type::eq_int_type(character, traits_type::eof())) sputc(traits_type::to_char_type(character));
    return traits_type::not_eof(character);
  }

  int descriptor_;
  int error_ = 0;
  std::array<char, 1 << 16> buffer_;
};

}  // namespace

class AtomicFile::Output {
 public:
  explicit Output(const fs::path& target)
      : target_(target), descriptor_(open()), buffer_(descriptor_), stream_(&buffer_) {}
  ~Output() {
    if (descriptor_ >= 0) ::close(descriptor_);
    if (!temporary_.empty()) ::unlink(temporary_.c_str());
  }
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;

  std::ostream& stream() { return stream_; }

  bool can_rewrite() const { return !direct_; }

  void rewrite(std::uint64_t position, std::string_view bytes) {
    if (!can_rewrite()) throw Error(target_.string() + ": is no regular file, its beginning cannot be written last");
    buffer_.rewrite(position, bytes);
  }

  void commit() {
    stream_.flush();
    if (buffer_.error() != 0) fail(target_, buffer_.error());
    if (!stream_) fail(target_, EIO);  // set by whoever wrote to the stream
    if (!direct_) {
      if (::fsync(descriptor_) != 0) fail(target_, errno);
      if (temporary_.empty()) name_nameless();
    }
    const int descriptor = std::exchange(descriptor_, -1);
    if (::close(descriptor) != 0) fail(target_, errno);
    if (direct_) return;
    if (::rename(temporary_.c_str(), file_.c_str()) != 0) fail(target_, errno);
    temporary_.clear();
  }

 private:
  int open() {
    if (const std::optional<int> standing = standing_for_descriptor(target_)) {
      direct_ = true;
      return checked(::fcntl(*standing, F_DUPFD_CLOEXEC, 0));
    }
    file_ = behind_links(target_);
    struct ::stat status {};
    const bool exists = ::stat(file_.c_str(), &status) == 0;
    if (exists && S_ISDIR(status.st_mode)) fail(target_, EISDIR);
    if (exists && !S_ISREG(status.st_mode)) {
      direct_ = true;
      return checked(::open(file_.c_str(), O_WRONLY | O_CLOEXEC));
    }
    // A new name could replace a file that its owner has protected.
    if (exists && ::access(file_.c_str(), W_OK) != 0) fail(target_, errno);
    const int descriptor = create();
    if (exists) ::fchmod(descriptor, status.st_mode & 07777);
    return descriptor;
  }

  // A nameless file, of which nothing remains even if the program is killed, where there can be one and a name for it.
  int create() {
    const fs::path folder = file_.has_parent_path() ? file_.parent_path() : fs::path(".");
    if (::access("/proc/self/fd", X_OK) == 0) {
      const int nameless = ::open(folder.c_str(), O_TMPFILE | O_WRONLY | O_CLOEXEC, 0666);
      if (nameless >= 0) return nameless;
    }
    const fs::path name = temporary_name(file_);
    const int descriptor = checked(::open(name.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0666));
    temporary_ = name;
    return descriptor;
  }

  // A link cannot replace a file, so the name is a temporary one, for a moment.
  void name_nameless() {
    const fs::path name = temporary_name(file_);
    const std::string self = "/proc/self/fd/" + std::to_string(descriptor_);
    if (::linkat(AT_FDCWD, self.c_str(), AT_FDCWD, name.c_str(), AT_SYMLINK_FOLLOW) != 0) fail(target_, errno);
    temporary_ = name;
  }

  int checked(int descriptor) const {
    if (descriptor < 0) fail(target_, errno);
    return descriptor;
  }

  fs::path target_;     // as the caller named it
  fs::path file_;       // behind symbolic links
  fs::path temporary_;  // what is to be renamed or removed; empty: nothing is
  bool direct_ = false;
  int descriptor_;
  DescriptorBuffer buffer_;
  std::ostream stream_;
};

AtomicFile::AtomicFile(const fs::path& target) : output_(std::make_unique<Output>(target)) {}
AtomicFile::AtomicFile(AtomicFile&&) noexcept = default;
AtomicFile& AtomicFile::operator=(AtomicFile&&) noexcept = default;
AtomicFile::~AtomicFile() = default;

std::ostream& AtomicFile::stream() { return output_->stream(); }
bool AtomicFile::can_rewrite() const { return output_->can_rewrite(); }
void AtomicFile::rewrite(std::uint64_t position, std::string_view bytes) { output_->rewrite(position, bytes); }
void AtomicFile::commit() { output_->commit(); }

void write_file_atomically(const fs::path& target, std::string_view content) {
  AtomicFile file(target);
  file.stream().write(content.data(), static_cast<std::streamsize>(content.size()));
  file.commit();
}

}  // namespace latent
