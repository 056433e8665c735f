#include <system_error>
#include <utility>

#include <latent/checkpoint.hpp>
#include <latent/error.hpp>
#include <latent/fit_options.hpp>
#include <latent/sealed_file.hpp>
#include <latent/text.hpp>

namespace latent {
namespace {

constexpr const char* kind = "checkpoint";
constexpr std::uint32_t format_version = 1;

CheckpointInterval checked(CheckpointInterval interval) {
  if (interval.iterations && *interval.iterations == 0) {
    throw OptionError("the iterations of a checkpoint's interval are 0, they must be at least 1");
  }
  if (interval.seconds && !(*interval.seconds >= 0)) {
    throw OptionError("the seconds of a checkpoint's interval are " + number(*interval.seconds) +
                      ", they must not be negative");
  }
  if (!interval.iterations && !interval.seconds) interval.seconds = checkpoint_seconds;
  return interval;
}

void refuse_to_lose(const std::filesystem::path& file) {
  std::error_code none;
  if (!std::filesystem::exists(file, none)) return;
  if (!std::filesystem::is_regular_file(file, none)) {
    throw FileError(file.string() + ": cannot hold a checkpoint, it is no regular file");
  }
  Json there;
  try {
    there = read_sealed_file(file, kind, format_version);
  } catch (const FileError& error) {
    throw FileError(std::string(error.what()) + "; it would be overwritten");
  }
  if (there.value("complete", false)) return;
  throw FileError(file.string() + ": is the checkpoint of a fit that is not complete, which goes on by latent resume " +
                  file.string() + "; remove it to begin anew");
}

}  // namespace

Json identity_of(const FitOptions& options) {
  return {{"tolerance", number(options.tolerance)},
          {"stop", name_of(options.stop)},
          {"acceleration", name_of(options.acceleration)},
          {"check_basin", options.check_basin},
          {"variant", name_of(options.variant)},
          {"variant_parts", options.variant_parts},
          {"variant_passes", options.variant_passes},
          {"max_iterations", options.max_iterations},
          {"starts", options.starts},
          {"short_iterations", options.short_iterations},
          {"continued", options.continued},
          {"variation_rounds", options.variation_rounds},
          {"search_observations", options.search_observations},
          {"seed", options.seed}};
}

Checkpoint::Checkpoint(std::filesystem::path file, CheckpointInterval interval)
    : file_(std::move(file)), interval_(checked(interval)) {
  refuse_to_lose(file_);
}

std::shared_ptr<Checkpoint> Checkpoint::read(std::filesystem::path file, CheckpointInterval interval) {
  const Json content = read_sealed_file(file, kind, format_version);
  const auto checkpoint = std::shared_ptr<Checkpoint>(new Checkpoint);
  checkpoint->file_ = std::move(file);
  checkpoint->interval_ = checked(interval);
  try {
    checkpoint->about_ = content.at("about");
    checkpoint->fit_ = content.at("fit");
    checkpoint->complete_ = content.at("complete").get<bool>();
    checkpoint->earlier_seconds_ = content.at("seconds").get<double>();
    for (const Json& named : content.at("states")) {
      checkpoint->kept_[named.at(0).get<std::string>()] = named.at(1).get_binary();
    }
  } catch (const Json::exception&) {
    throw FileError(checkpoint->file_.string() + ": is a checkpoint that this program cannot read");
  }
  return checkpoint;
}

void Checkpoint::begin(const Json& fit) {
  if (fit_.is_null()) {
    fit_ = fit;
    return write();
  }
  for (const auto& [name, here] : fit.items()) {
    if (!fit_.contains(name) || fit_.at(name) != here) {
      throw FileError(file_.string() + ": is a checkpoint of another fit: " + name + " is " +
                      (fit_.contains(name) ? shown_value(fit_.at(name)) : "nothing") + " there, here it is " +
                      shown_value(here));
    }
  }
}

bool Checkpoint::fresh() const {
  const std::lock_guard lock(states_);
  return kept_.empty() && earlier_seconds_ == 0;
}

void Checkpoint::remove() {
  if (!writes_) return;
  std::error_code none;
  std::filesystem::remove(file_, none);
}

void Checkpoint::end(bool complete) {
  const std::lock_guard lock(writing_);
  if (complete_) return;  // it was read so
  complete_ = complete;
  write();
}

std::optional<Json> Checkpoint::state(const std::string& name) const {
  const std::lock_guard lock(states_);
  const auto found = kept_.find(name);
  if (found == kept_.end()) return std::nullopt;
  return Json::from_cbor(found->second);
}

bool Checkpoint::due(std::size_t iterations, double seconds) const {
  return open_ && ((interval_.iterations && iterations >= *interval_.iterations) ||
                   (interval_.seconds && seconds >= *interval_.seconds));
}

void Checkpoint::keep(const std::string& name, const Json& state, std::size_t iterations) {
  if (!open_) return;
  State bytes = Json::to_cbor(state);
  {
    const std::lock_guard lock(states_);
    kept_[name] = std::move(bytes);
    iterations_ += iterations;
  }
  write_when_due();
}

void Checkpoint::keep_instead(const std::vector<std::string>& outdated, const std::string& name, const Json& state) {
  if (!open_) return;
  State bytes = Json::to_cbor(state);
  const std::lock_guard lock(states_);
  for (const std::string& prefix : outdated) {
    auto at = kept_.lower_bound(prefix);
    while (at != kept_.end() && at->first.starts_with(prefix)) at = kept_.erase(at);
  }
  kept_[name] = std::move(bytes);
}

void Checkpoint::write_when_due() {
  const std::unique_lock lock(writing_, std::try_to_lock);
  if (!lock) return;  // what is kept meanwhile is written the next time
  std::size_t iterations = 0;
  {
    const std::lock_guard states(states_);
    iterations = iterations_;
  }
  // States that are kept in turn must not wait for a second turn.
  const double seconds = 2 * seconds_since(written_);
  if (due(iterations, seconds)) write();
}

void Checkpoint::write() {
  if (!writes_) return;
  Json content;
  content["about"] = about_;
  content["fit"] = fit_;
  content["complete"] = complete_;
  content["seconds"] = earlier_seconds_ + seconds_since(begin_);
  Json states = Json::array();
  {
    const std::lock_guard lock(states_);
    for (const auto& [name, state] : kept_) states.push_back(Json::array({name, Json::binary(state)}));
    iterations_ = 0;
  }
  content["states"] = std::move(states);
  written_ = Clock::now();
  try {
    write_sealed_file(file_, kind, format_version, content);
  } catch (const Error& error) {
    std::error_code none;
    if (!std::filesystem::is_regular_file(file_, none)) throw;
    throw Error(std::string(error.what()) + "; the one before is kept, from which latent resume " + file_.string() +
                " goes on");
  }
}

}  // namespace latent
