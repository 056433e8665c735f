#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <ostream>
#include <string_view>

namespace latent {

// A file that appears whole or not at all: it is written under no name or a temporary one in the same folder and takes
// its name on commit(). A file that was there keeps its contents until then, and its permissions after; a symbolic
// link stays one. What is not a regular file (/dev/stdout, a pipe) is written straight to.
//
//   latent::AtomicFile file("fitted.json");
//   file.stream() << model;
//   file.commit();
//
// Throws latent::Error, one line with the file and the reason, from the constructor (no such folder, no permission) and
// from commit() (disk full). Errors of writing are kept in the stream until commit() reports the first.
class AtomicFile {
 public:
  explicit AtomicFile(const std::filesystem::path& target);
  AtomicFile(AtomicFile&&) noexcept;
  AtomicFile& operator=(AtomicFile&&) noexcept;
  ~AtomicFile();  // without a commit() nothing remains

  std::ostream& stream();

  // Whether rewrite() is possible: in what is not a regular file there is no way back.
  bool can_rewrite() const;

  // Puts `bytes` in the place of as many that were written to the stream before, from `position` on (0: the first).
  // Throws latent::Error unless can_rewrite().
  void rewrite(std::uint64_t position, std::string_view bytes);

  // Writes what is buffered, waits until it is on the disk and gives the file its name. To be called once, last.
  void commit();

 private:
  class Output;
  std::unique_ptr<Output> output_;
};

// The whole of `content`, or an Error and no change.
void write_file_atomically(const std::filesystem::path& target, std::string_view content);

}  // namespace latent
