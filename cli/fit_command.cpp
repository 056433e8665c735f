#include "fit_command.hpp"

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <functional>
#include <iostream>
#include <limits>
#include <memory>
#include <string>
#include <utility>

#include <latent/criteria.hpp>
#include <latent/error.hpp>
#include <latent/interruption.hpp>
#include <latent/text.hpp>

#include "command.hpp"
#include "data.hpp"
#include "data_files.hpp"
#include "data_layout.hpp"
#include "fit_checkpoint.hpp"
#include "fit_outputs.hpp"
#include "fit_result.hpp"
#include "fit_start.hpp"
#include "fit_usage.hpp"
#include "help.hpp"
#include "progress.hpp"
#include "ranks.hpp"
#include "sequence_data.hpp"

namespace latent::cli {
namespace {

std::string models_help(Entries entries) {
  std::vector<Entry> lines;
  for (const ModelEntry& entry : entries) lines.emplace_back(entry.name, entry.summary);
  return "usage: latent fit MODEL DATA [options]\n\nFits a model to data by expectation-maximization. The models "
         "are\n\n" +
         two_columns(lines) + "\nlatent fit MODEL --help lists the options of a fit, which depend on the model.\n";
}

void check_labels(const StartFrom& start, const AnyModel& model, const Arguments& arguments) {
  if (start.labels.empty()) return;
  const std::size_t classes = *std::ranges::max_element(start.labels) + 1;
  if (classes == model.components()) return;
  throw DataError("column \"" + arguments.text("start-labels") + "\" of labels holds " + std::to_string(classes) +
                  " different numbers, for " + count_of(model.components(), "component"));
}

// The files of the data, so that latent accumulate knows what part of them each is; null if there is but one, empty
// if an observation goes on from one to the next.
Json layout_to_json(const Arguments& arguments, const Table& table, const DataNeeds& needs) {
  const std::vector<std::filesystem::path> files = files_of(arguments.all("DATA"));
  if (files.size() == 1) return nullptr;
  const DataLayout layout = layout_of(files, table, needs);
  return layout.to_json();
}

FitReport watched_fit(AnyModel& model, const RowData& data, FitOptions options, const StartFrom& start) {
  Progress progress;
  if (Ranks::is_first()) options.observer = std::ref(progress);
  const SignalWatch watch;
  options.interrupted = [] { return interrupting_signal() != 0; };
  return model.fit(data, options, start);
}

bool interrupted(const FitResult& result) { return result.summary().verdict == Verdict::interrupted; }

FitResult fit_data(const ModelEntry& entry, const Arguments& arguments, const FitOptions& options,
                   const FitStart& start, const FitData& data, const FitCommand& command) {
  const RowData rows = row_data(data.table);
  if (options.checkpoint) tell_checkpoint(*options.checkpoint, command, rows, data_text(arguments));
  FitResult result;
  result.model_name = entry.name;
  result.columns = data.table.names;
  result.model = entry.make(start.options, columns_of(data.table), &rows);
  result.options = options_to_json(arguments, entry, *result.model, options);
  result.data = layout_to_json(arguments, data.table, result.model->needs());
  check_labels(data.start, *result.model, arguments);
  check_known_states(data.table, result.model->components());
  result.report = watched_fit(*result.model, rows, options, data.start);
  if (arguments.has("certify") && !result.failed() && !interrupted(result))
    result.certificate = result.model->certify(rows, options);
  const Summary& summary = result.summary();
  const double entropy =
      result.failed() ? std::numeric_limits<double>::quiet_NaN() : result.model->posterior_entropy(rows, options);
  result.criteria = criteria(summary.log_likelihood, *summary.free_parameters, summary.total_weight, entropy);
  return result;
}

int tell(const Arguments& arguments, const FitResult& result) {
  if (arguments.has("json")) {
    std::cout << json_text(report_to_json(result)) << "\n";
  } else if (!result.failed()) {
    print_report(std::cout, result);
  }
  if (result.failed())
    throw ModelError(data_name(data_text(arguments)) + ": the fit failed: " + result.summary().message);
  if (interrupted(result)) {
    std::cerr << "latent: interrupted by " << (interrupting_signal() == SIGTERM ? "SIGTERM" : "SIGINT")
              << (arguments.has("checkpoint") ? "; to go on: latent resume " + arguments.text("checkpoint") : "")
              << "\n";
    return 128 + interrupting_signal();
  }
  return arguments.has("strict") && result.summary().verdict != Verdict::converged ? not_converged : success;
}

}  // namespace

int run_fit(const ModelEntry& entry, const Arguments& arguments, Entries entries, const FitCommand& command,
            std::shared_ptr<Checkpoint> checkpoint) {
  // What one rank cannot do, all leave: none waits for a message that never comes.
  const std::shared_ptr<Execution> ranks = Ranks::all();
  FitOptions options = fit_options(arguments);
  options.execution = ranks;
  FitStart start;
  FitData data;
  in_unison(ranks.get(), [&] {
    start = fit_start(arguments, entry, entries);
    check_options(entry, start.options);  // wrong ones are known before any data are read
    check_outputs(arguments);
    options.checkpoint = checkpoint ? std::move(checkpoint) : new_checkpoint(arguments);
    data = read_fit_data(arguments, entry, start);
  });
  FitResult result;
  with_data_named(data_text(arguments), data.table,
                  [&] { result = fit_data(entry, arguments, options, start, data, command); });
  int status = success;
  in_unison(ranks.get(), [&] {
    if (!Ranks::is_first()) return;
    if (!result.failed()) write_outputs(arguments, result, data.table);
    status = tell(arguments, result);
  });
  return status;
}

int fit_command(const Words& words, Entries entries) {
  if (words.empty())
    throw OptionError("MODEL is missing, the usage is latent fit MODEL DATA [options]; see latent models");
  if (words.front() == "--help" || words.front() == "-h") {
    std::cout << models_help(entries);
    return success;
  }
  const ModelEntry& entry = entry_named(words.front(), entries);
  return run_or_help(fit_usage(entry), Words(words.begin() + 1, words.end()), [&](const Arguments& arguments) {
    const FitCommand command{words, std::filesystem::current_path().string(), entry.plugin};
    return run_fit(entry, arguments, entries, command, nullptr);
  });
}

}  // namespace latent::cli
