#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include <latent/clock.hpp>
#include <latent/json_form.hpp>

namespace latent {

struct FitOptions;
// The options that the result of a fit depends on, by name.
Json identity_of(const FitOptions& options);

// How often a checkpoint is written: after so many iterations, of all runs together, or so many seconds.
struct CheckpointInterval {
  std::optional<std::size_t> iterations = std::nullopt;
  std::optional<double> seconds = std::nullopt;
};
inline constexpr double checkpoint_seconds = 10;  // if nobody says

// A file from which a fit goes on that was killed, and ends with the same bits:
//
//   auto checkpoint = std::make_shared<latent::Checkpoint>("fit.checkpoint", latent::CheckpointInterval{.seconds = 60});
//   latent::fit(model, data, {.checkpoint = checkpoint});
//
// and, in another process,
//
//   latent::fit(model, data, {.checkpoint = latent::Checkpoint::read("fit.checkpoint", {.seconds = 60})});
//
// The file is a sealed one (<latent/sealed_file.hpp>), and is replaced as a whole. It holds states of runs by name, each
// as it was at the end of an iteration. Runs are deterministic and know nothing of each other, so that states of
// different moments belong together; what has no state in it is begun anew. One checkpoint is of one fit.
class Checkpoint {
 public:
  // Throws FileError if there is such a file already and it is not the checkpoint of a fit that is complete.
  explicit Checkpoint(std::filesystem::path file, CheckpointInterval interval = {});
  // Throws FileError; OptionError for the interval.
  static std::shared_ptr<Checkpoint> read(std::filesystem::path file, CheckpointInterval interval = {});

  const std::filesystem::path& file() const { return file_; }
  bool complete() const { return complete_; }
  // What the program wants to remember with it.
  const Json& about() const { return about_; }
  void set_about(Json about) { about_ = std::move(about); }

  // --- for fit() ---------------------------------------------------------------------------------------------------

  // Of the fit that is about to begin: texts by name. Writes the file if it is new; throws FileError if it is of another
  // fit.
  void begin(const Json& fit);
  // From now on the file is written by another process of the same fit.
  void leave_the_file() { writes_ = false; }
  // Whether begin() has written it and nothing is kept yet: then it is worth nothing.
  bool fresh() const;
  void remove();
  // The fit is complete, or stops for now: writes the file.
  void end(bool complete);
  // In other processes, before.
  double earlier_seconds() const { return earlier_seconds_; }

  // --- for runs, from any thread -----------------------------------------------------------------------------------

  std::optional<Json> state(const std::string& name) const;
  // Whether a state so old is to be replaced.
  bool due(std::size_t iterations, double seconds) const;
  // Keeps a state that is so many iterations further than the last of that run; writes the file when it is time.
  void keep(const std::string& name, const Json& state, std::size_t iterations);
  // The same, in place of all states whose names begin with one of `outdated`.
  void keep_instead(const std::vector<std::string>& outdated, const std::string& name, const Json& state);
  // From now on nothing is kept: what follows would not be so in a fit that nobody stopped.
  void close() { open_ = false; }
  bool closed() const { return !open_; }

 private:
  using State = std::vector<std::uint8_t>;  // CBOR

  Checkpoint() = default;
  void write_when_due();
  void write();

  std::filesystem::path file_;
  CheckpointInterval interval_;
  Json about_, fit_;
  bool complete_ = false;
  bool writes_ = true;
  double earlier_seconds_ = 0;
  Clock::time_point begin_ = Clock::now();

  mutable std::mutex states_;  // guards the next two
  std::map<std::string, State> kept_;
  std::size_t iterations_ = 0;  // kept since the file was written
  std::mutex writing_;
  Clock::time_point written_ = begin_;
  std::atomic<bool> open_ = true;
};

}  // namespace latent
