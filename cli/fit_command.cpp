#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <iostream>
#include <memory>
#include <optional>

#include <latent/atomic_file.hpp>
#include <latent/criteria.hpp>
#include <latent/error.hpp>
#include <latent/model_file.hpp>
#include <latent/plot.hpp>
#include <latent/text.hpp>

#include "arguments.hpp"
#include "command.hpp"
#include "data.hpp"
#include "posterior.hpp"
#include "print_model.hpp"

namespace latent::cli {
namespace {

Usage fit_usage(const ModelEntry& entry) {
  const FitOptions defaults;
  Usage usage{"latent fit " + entry.name + " DATA [options]", "Fits a " + entry.summary + " by expectation-maximization.", {"DATA"}, {}};
  Usage::Group model{"Model", {}};
  for (const ModelOption& option : entry.options) model.options.push_back({option.name, option.value, option.description, option.initial});
  model.options.push_back({"start-labels", "COLUMN", "start from known classes: a column of the data that holds them"});
  usage.groups.push_back(model);
  usage.groups.push_back(table_options());
  usage.groups.push_back(
      {"Fit",
       {{"starts", "N", "starts; the best is kept", std::to_string(defaults.starts)},
        {"seed", "N", "of all randomness", std::to_string(defaults.seed)},
        {"stop", "RULE", "aitken (estimated gain still to come), absolute or relative (change of the log-likelihood), parameters",
         name_of(defaults.stop)},
        {"tolerance", "X", "of that rule, per observation; 0 never stops", number(defaults.tolerance)},
        {"max-iterations", "N", "complete E- and M-steps from a start", std::to_string(defaults.max_iterations)},
        {"time-limit", "SECONDS", "stop after so long [none]"},
        {"acceleration", "HOW", "none", "none"},
        {"threads", "N", "threads [all]; the result does not depend on it"}}});
  usage.groups.push_back({"Output",
                          {{"output", "FILE", "write the fitted model (JSON)"},
                           {"trace", "FILE", "write a line per iteration (CSV)"},
                           {"plot", "FILE", "draw data, components and convergence (.svg, .png, .pdf)"},
                           {"json", "", "print one JSON object instead of the report"},
                           {"strict", "", "exit with status 3 unless converged"},
                           {"help", "", "show this"}}});
  return usage;
}

FitOptions fit_options(const Arguments& arguments) {
  FitOptions options;
  options.starts = arguments.whole_number("starts");
  options.seed = arguments.whole_number("seed");
  options.stop = stop_rule(arguments.text("stop"));
  options.tolerance = arguments.real_number("tolerance");
  options.max_iterations = arguments.whole_number("max-iterations");
  if (arguments.has("time-limit")) options.time_limit_seconds = arguments.real_number("time-limit");
  if (arguments.has("threads")) options.threads = arguments.whole_number("threads");
  if (arguments.text("acceleration") != "none") {
    throw OptionError("acceleration is '" + arguments.text("acceleration") + "', it must be none");
  }
  options.validate();
  return options;
}

// Shows how far a fit is, once it takes longer than a moment, to a person who watches.
class Progress {
 public:
  Progress() : watched_(isatty(STDERR_FILENO) != 0) {}
  ~Progress() {
    if (shown_) std::cerr << "\r\033[K";
  }
  Continue operator()(const Iteration& now) {
    constexpr double first = 0.5, every = 0.1;  // seconds
    if (!watched_ || now.seconds < std::max(first, last_ + every)) return Continue::yes;
    last_ = now.seconds;
    shown_ = true;
    std::cerr << "\r\033[Kstart " << now.start + 1 << ", iteration " << now.iteration << ", log-likelihood "
              << rounded(now.log_likelihood, 10) << ", " << rounded(now.seconds, 2) << " s" << std::flush;
    return Continue::yes;
  }

 private:
  bool watched_, shown_ = false;
  double last_ = 0;
};

// A --start that is no way of starting but a file.
bool is_file(const std::string& start) {
  return start.find('/') != std::string::npos || start.find('.') != std::string::npos || std::filesystem::exists(start);
}

Json fit_to_json(const Summary& summary, const Arguments& arguments, const Criteria& values) {
  Json fit;
  fit["verdict"] = name_of(summary.verdict);
  fit["message"] = summary.message;
  fit["log_likelihood"] = summary.log_likelihood;
  fit["objective"] = summary.objective;
  fit["iterations"] = summary.iterations;
  fit["observations"] = summary.observations;
  fit["total_weight"] = summary.total_weight;
  fit["free_parameters"] = *summary.free_parameters;
  fit["aic"] = values.aic;
  fit["bic"] = values.bic;
  fit["icl"] = values.icl;
  fit["seconds"] = summary.seconds;
  fit["threads"] = summary.threads;
  Json options;
  for (const char* name : {"start", "regularization", "prior", "starts", "seed", "stop", "tolerance", "max-iterations", "acceleration"}) {
    if (arguments.has(name)) options[name] = arguments.text(name);
  }
  fit["options"] = options;
  fit["version"] = LATENT_VERSION;
  return fit;
}

Json warnings_to_json(const Summary& summary) {
  Json warnings = Json::array();
  for (const Warning& warning : summary.warnings) warnings.push_back(text_of(warning));
  return warnings;
}

Json modes_to_json(const Summary& summary) {
  Json modes = Json::array();
  for (const Mode& mode : summary.modes()) {
    modes.push_back({{"objective", mode.objective}, {"starts", mode.starts}, {"degenerate", mode.degenerate}});
  }
  return modes;
}

void draw(const std::string& file, const Table& table, const AnyModel& model, const Trace& trace, std::string title,
          const std::vector<std::size_t>& labels) {
  FitPicture picture;
  picture.rows = table.view();
  picture.names = table.names;
  picture.labels = labels;
  picture.components = model.components();
  picture.outlines = [&](std::size_t x, std::size_t y) { return model.outlines(x, y); };
  picture.densities = [&](std::size_t column, std::span<const double> grid) { return model.densities(column, grid); };
  picture.trace = trace;
  picture.title = std::move(title);
  write_plot(file, picture);
}

const ModelEntry& entry_named(const std::string& name, Entries entries) {
  const auto found = std::ranges::find(entries, name, &ModelEntry::name);
  if (found == entries.end()) throw OptionError("'" + name + "' is not a model; latent models lists them");
  return *found;
}

}  // namespace

int fit_command(const Words& words, Entries entries) {
  if (words.empty() || words.front() == "--help") {
    if (words.empty()) throw OptionError("MODEL is missing; usage: latent fit MODEL DATA [options]; latent models lists the models");
    std::cout << help_text(fit_usage(entries.front()));
    return success;
  }
  const ModelEntry& entry = entry_named(words.front(), entries);
  const Usage usage = fit_usage(entry);
  const Arguments arguments(usage, Words(words.begin() + 1, words.end()));
  if (arguments.help()) {
    std::cout << help_text(usage);
    return success;
  }
  FitOptions options = fit_options(arguments);
  if (arguments.has("plot")) check_plot(arguments.text("plot"));

  StartFrom start;
  std::map<std::string, std::string> texts = arguments.texts();
  if (arguments.has("start") && is_file(arguments.text("start"))) {
    StoredModel stored = read_model_file(arguments.text("start"), entries);
    if (stored.name != entry.name) {
      throw ModelError(arguments.text("start") + ": is a model \"" + stored.name + "\", \"" + entry.name + "\" is to be fitted");
    }
    // What the file says of the model need not be said again, and may not be contradicted.
    const Json said = stored.model->options();
    for (const ModelOption& option : entry.options) {
      if (option.name == "start") texts[option.name] = option.initial;
      if (option.name == "start" || !said.contains(option.name)) continue;
      const std::string there = said[option.name].is_string() ? said[option.name].get<std::string>() : said[option.name].dump();
      const bool given = std::ranges::any_of(words, [&](const std::string& word) {
        return word == "--" + option.name || word.starts_with("--" + option.name + "=");
      });
      if (given && arguments.text(option.name) != there) {
        throw OptionError("--" + option.name + " is " + arguments.text(option.name) + ", but " + arguments.text("start") + " has " + there);
      }
      texts[option.name] = there;
    }
    start.parameters = stored.model->parameters();
  }
  for (const ModelOption& option : entry.options) {
    if (!texts.contains(option.name)) throw OptionError("--" + option.name + " is missing; it is the " + option.description);
  }
  entry.make(OptionTexts(texts), 1, nullptr);  // wrong options are known before any data are read

  Table table = cli::read_table(arguments.text("DATA"), arguments);
  if (arguments.has("start-labels")) start.labels = take_labels(table, arguments.text("start-labels"));
  const Sample<Observations> sample(table.view(), table.weights_view());
  std::unique_ptr<AnyModel> model = entry.make(OptionTexts(texts), table.columns(), &sample);
  if (!start.labels.empty() && *std::ranges::max_element(start.labels) >= model->components()) {
    throw DataError(arguments.text("DATA") + ": column \"" + arguments.text("start-labels") + "\" has " +
                    std::to_string(*std::ranges::max_element(start.labels) + 1) + " classes for " +
                    count_of(model->components(), "component"));
  }

  FitReport report;
  {
    Progress progress;
    options.observer = std::ref(progress);
    report = model->fit(sample, options, start);
  }
  const Summary& summary = report.summary;
  if (summary.verdict == Verdict::degenerate || summary.verdict == Verdict::not_finite) {
    throw ModelError(arguments.text("DATA") + ": the fit failed: " + summary.message);
  }

  const PosteriorSummary posterior = summarize_posterior(*model, sample);
  const Criteria values = criteria(summary.log_likelihood, *summary.free_parameters, summary.total_weight, posterior.entropy);
  Json fit = fit_to_json(summary, arguments, values);
  if (arguments.has("trace")) {
    AtomicFile file(arguments.text("trace"));
    write_csv(file.stream(), report.trace);
    file.commit();
  }
  if (arguments.has("plot")) {
    draw(arguments.text("plot"), table, *model, report.trace, entry.name + ": " + arguments.text("DATA"), posterior.labels);
  }
  if (arguments.has("output")) {
    fit["warnings"] = warnings_to_json(summary);
    write_file_atomically(arguments.text("output"),
                          model_to_json(entry.name, *model, table.has_header ? table.names : std::vector<std::string>{}, fit).dump(2) + "\n");
  }
  if (arguments.flag("json")) {
    fit["model"] = entry.name;
    fit["parameters"] = model->parameters();
    fit["warnings"] = warnings_to_json(summary);
    fit["modes"] = modes_to_json(summary);
    std::cout << fit.dump(2) << "\n";
  } else {
    std::cout << summary.full_report() << "AIC, BIC, ICL     " << rounded(values.aic, 9) << ", " << rounded(values.bic, 9) << ", "
              << rounded(values.icl, 9) << "\n\n";
    print_parameters(std::cout, *model, table.names);
    for (const char* name : {"output", "trace", "plot"}) {
      if (arguments.has(name)) std::cerr << name << " written to " << arguments.text(name) << "\n";
    }
  }
  return arguments.flag("strict") && summary.verdict != Verdict::converged ? not_converged : success;
}

}  // namespace latent::cli
