#include "fit_checkpoint.hpp"

#include <latent/data_identity.hpp>
#include <latent/error.hpp>
#include <latent/text.hpp>

#include "data.hpp"

namespace latent::cli {

OptionGroup checkpoint_group() {
  return {"Checkpoint",
          {{"checkpoint", "FILE",
            "keep there what latent resume FILE needs to go on, with the same result, after the fit was interrupted or "
            "killed"},
           {"checkpoint-every", "N", "write it after so many iterations, or so many seconds: 100, 60s",
            number(checkpoint_seconds) + "s"}}};
}

CheckpointInterval checkpoint_interval(const Arguments& arguments) {
  const std::string text = arguments.text("checkpoint-every");
  try {
    if (!text.ends_with('s')) return {.iterations = arguments.whole_number("checkpoint-every", 1)};
    const OptionTexts seconds({{"checkpoint-every", text.substr(0, text.size() - 1)}});
    if (seconds.real_number("checkpoint-every") >= 0) return {.seconds = seconds.real_number("checkpoint-every")};
  } catch (const OptionError&) {  // which speaks of one of the two
  }
  throw OptionError("checkpoint-every is '" + text + "', it must be a number of iterations (100) or of seconds (60s)");
}

std::shared_ptr<Checkpoint> new_checkpoint(const Arguments& arguments) {
  const CheckpointInterval interval = checkpoint_interval(arguments);
  if (arguments.has("checkpoint")) return std::make_shared<Checkpoint>(arguments.text("checkpoint"), interval);
  if (arguments.given("checkpoint-every")) throw OptionError("checkpoint-every is given without checkpoint");
  return nullptr;
}

FitCommand command_of(const Checkpoint& checkpoint) {
  try {
    const Json& about = checkpoint.about();
    return {about.at("command").get<Words>(), about.at("folder").get<std::string>(),
            about.at("plugin").get<std::string>()};
  } catch (const Json::exception&) {
    throw FileError(checkpoint.file().string() + ": is a checkpoint, but not of latent fit");
  }
}

void tell_checkpoint(Checkpoint& checkpoint, const FitCommand& command, const RowData& data, const std::string& file) {
  const Json here = identity_of(data);
  if (checkpoint.about().is_null()) {
    return checkpoint.set_about(
        {{"command", command.words}, {"folder", command.folder}, {"plugin", command.plugin}, {"data", here}});
  }
  const Json& there = checkpoint.about().at("data");
  if (there == here) return;
  const bool same_size = text_of_identity(there) == text_of_identity(here);
  throw FileError(checkpoint.file().string() + ": is a checkpoint of other data: " + text_of_identity(there) + ", " +
                  data_name(file) + " has " + (same_size ? "as many, with other numbers" : text_of_identity(here)));
}

}  // namespace latent::cli
