#include <algorithm>
#include <filesystem>
#include <optional>
#include <system_error>

#include <latent/error.hpp>

#include "command.hpp"
#include "fit_checkpoint.hpp"
#include "fit_command.hpp"
#include "fit_usage.hpp"
#include "known_models.hpp"
#include "ranks.hpp"

namespace latent::cli {
namespace {

namespace fs = std::filesystem;

// What may be said anew, and is the file of something that is written.
constexpr const char* options[] = {"threads", "time-limit", "checkpoint-every", "output", "trace", "plot", "json"};
constexpr const char* files[] = {"output", "trace", "plot"};

Usage resume_usage() {
  Usage usage{
      "latent resume",
      {"FILE", "DATA"},
      "Goes on with a fit from its checkpoint, the FILE of latent fit --checkpoint, and ends with the same bits as "
      "if it had never been stopped, by any number of threads and processes. All options are those of the fit, in "
      "whose "
      "folder it runs; these may be given anew. DATA is needed only if the data have moved. FILE stays the "
      "checkpoint.",
      {{"Options",
        {{"threads", "N", "threads to use; the result does not depend on it"},
         {"time-limit", "SECONDS", "stop after so long, counted from now"},
         {"checkpoint-every", "N", "write the checkpoint after so many iterations, or so many seconds"},
         {"output", "FILE", "write the fitted model (JSON)"},
         {"trace", "FILE", "write a line per iteration (CSV)"},
         {"plot", "FILE", "draw data, components and convergence (.svg, .png or .pdf)"},
         {"json", "", "print one JSON object instead of the report"}}}}};
  usage.last_many = usage.last_optional = true;
  return usage;
}

// The fit's arguments, with what was said anew.
Arguments fit_arguments(const ModelEntry& entry, const FitCommand& command, const Arguments& said,
                        const fs::path& file) {
  Arguments arguments(fit_usage(entry), Words(command.words.begin() + 1, command.words.end()));
  arguments.set("checkpoint", file.string());
  for (const char* option : options) {
    if (!said.given(option)) continue;
    const bool is_file = std::ranges::find(files, std::string(option)) != std::end(files);
    arguments.set(option, is_file ? fs::absolute(said.text(option)).string() : said.text(option));
  }
  if (said.given("DATA")) {
    Words moved;
    for (const std::string& word : said.all("DATA")) moved.push_back(word == "-" ? word : fs::absolute(word).string());
    arguments.set("DATA", moved);
  }
  return arguments;
}

int resume(const Arguments& said, Entries entries) {
  const fs::path given = said.text("FILE");
  FitCommand command;
  in_unison(Ranks::all().get(), [&] { command = command_of(*Checkpoint::read(given)); });
  std::optional<std::vector<ModelEntry>> with_plugin;
  const bool known =
      !command.words.empty() && std::ranges::find(entries, command.words.front(), &ModelEntry::name) != entries.end();
  if (!known && !command.plugin.empty()) {
    Words plugin{"--plugin", command.plugin};
    with_plugin = known_models(plugin);
  }
  const Entries all = with_plugin ? Entries(*with_plugin) : entries;
  const ModelEntry& entry = entry_named(command.words.empty() ? "" : command.words.front(), all);
  // In its folder, where the files are that it names, unless that is gone.
  const fs::path here = fs::current_path();
  const fs::path file = here == command.folder ? given : fs::absolute(given);
  const Arguments arguments = fit_arguments(entry, command, said, file);
  std::error_code none;
  fs::current_path(command.folder, none);
  std::shared_ptr<Checkpoint> checkpoint;
  in_unison(Ranks::all().get(), [&] { checkpoint = Checkpoint::read(file, checkpoint_interval(arguments)); });
  return run_fit(entry, arguments, all, command, std::move(checkpoint));
}

}  // namespace

int resume_command(const Words& words, Entries entries) {
  return run_or_help(resume_usage(), words, [&](const Arguments& said) { return resume(said, entries); });
}

}  // namespace latent::cli
