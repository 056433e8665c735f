#include "fit_usage.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <string>

#include <latent/error.hpp>
#include <latent/text.hpp>

#include "data.hpp"
#include "fit_checkpoint.hpp"
#include "ranks.hpp"

namespace latent::cli {
namespace {

// What the model wants of the data, as far as that is known before its options are.
DataNeeds needs_of(const ModelEntry& entry) {
  std::map<std::string, std::string> initial;
  for (const ModelOption& option : entry.options) {
    if (!option.initial.empty()) initial[option.name] = option.initial;
  }
  return entry.needs(OptionTexts(initial));
}

std::string observation_of(const DataNeeds& needs) {
  std::string text = "a row is an observation";
  if (needs.sequences) text = "rows follow one another in time";
  if (needs.groups) {
    text = needs.key.empty() ? "rows that follow one another are one observation"
                             : "rows with the same cell in column \"" + needs.key + "\" are one observation";
  }
  for (std::size_t j = 0; j < needs.columns.size(); ++j) {
    const NeededColumn& column = needs.columns[j];
    text += (j == 0 ? "; its columns are \"" : ", \"") + column.name + (column.text ? "\" (text)" : "\"");
  }
  return needs.columns.empty() ? text : text + ", or those that --columns lists in this order";
}

OptionGroup model_group(const ModelEntry& entry) {
  OptionGroup group{"Model", {}};
  for (const ModelOption& option : entry.options) {
    const bool needed = option.initial.empty();
    group.options.push_back({option.name, option.value, option.description, option.initial, needed});
  }
  if (!names_starts(entry)) {
    group.options.push_back({"start", "FILE", "start from a fitted or hand-written model [the model's own starts]"});
  }
  if (!entry.starts_from_labels) return group;
  group.options.push_back({"start-labels", "COLUMN",
                           "start from known classes: the column of the data that holds them, as numbers; it is not "
                           "fitted"});
  return group;
}

OptionGroup output_group() {
  return {"Output",
          {{"output", "FILE", "write the fitted model (JSON), for predict, score, sample, inspect and --start"},
           {"trace", "FILE", "write a line per iteration (CSV)"},
           {"plot", "FILE", "draw data, components and convergence (.svg, .png or .pdf)"},
           {"json", "", "print one JSON object instead of the report"},
           {"strict", "", "exit with status 3 unless the fit has converged"}}};
}

}  // namespace

bool names_starts(const ModelEntry& entry) {
  return std::ranges::find(entry.options, "start", &ModelOption::name) != entry.options.end();
}

OptionGroup fit_group() {
  const FitOptions defaults;
  return {
      "Fit",
      {{"starts", "N", "starts, of which the best is kept", std::to_string(defaults.starts)},
       {"seed", "N", "of all randomness: the same seed gives the same fit", std::to_string(defaults.seed)},
       {"stop", "RULE",
        "when the fit has converged: aitken (the estimated gain still to come is small), absolute or relative (the "
        "log-likelihood changes little), parameters (they change little)",
        name_of(defaults.stop)},
       {"tolerance", "X", "how small is small enough: per row of data for aitken and absolute; 0: never stop",
        number(defaults.tolerance)},
       {"max-iterations", "N", "the most iterations from a start, each a pass over the data; 0: return the start",
        std::to_string(defaults.max_iterations)},
       {"time-limit", "SECONDS", "stop after so long, counted from the beginning of the program [no limit]"},
       {"acceleration", "HOW",
        "auto (EM until its path is quiet, then saddle-free multisecant steps), squarem, anderson, acx, or none",
        name_of(defaults.acceleration)},
       {"variant", "HOW",
        "what a run begins with before EM takes over: batch (EM itself), incremental or online (the M-step follows "
        "each part of the data, in their order), annealing",
        name_of(defaults.variant)},
       {"parts", "N", "parts of the data for incremental and online", std::to_string(defaults.variant_parts)},
       {"passes", "N", "the most passes over the data before EM takes over", std::to_string(defaults.variant_passes)},
       {"check-basin", "", "run plain EM too, and say whether it ends in the same optimum"},
       {"certify", "",
        "look at the point where the fit ended: plain EM from there, the score, the rates of EM; is it a maximum?"},
       {"threads", "N", "threads to use; the result does not depend on it [all; with mpirun, an even share]"}}};
}

Usage fit_usage(const ModelEntry& entry) {
  const DataNeeds needs = needs_of(entry);
  return {"latent fit " + entry.name,
          {"DATA"},
          "Fits the model " + entry.name + " (" + entry.summary +
              ") by expectation-maximization. DATA is a CSV, TSV or NumPy .npy file, several .npy files or a folder of "
              "them, or - for standard input; " +
              observation_of(needs) + ". Defaults are in [brackets].",
          {model_group(entry), table_options(needs), fit_group(), checkpoint_group(), output_group()},
          true};
}

FitOptions fit_options_without_acceleration(const Arguments& arguments) {
  constexpr std::size_t most_starts = 1000000;
  FitOptions options;
  options.starts = arguments.whole_number("starts", 1);
  if (options.starts > most_starts) {
    throw OptionError("starts is '" + arguments.text("starts") + "', it must be at most " +
                      std::to_string(most_starts));
  }
  options.seed = arguments.whole_number("seed", 0);
  options.stop = stop_rule(arguments.text("stop"));
  options.tolerance = arguments.real_number("tolerance");
  options.max_iterations = arguments.whole_number("max-iterations", 0);
  if (arguments.has("time-limit")) {
    options.time_limit_seconds = arguments.real_number("time-limit");
    if (!(*options.time_limit_seconds >= 0)) {
      throw OptionError("time-limit is '" + arguments.text("time-limit") + "', it must be a number of seconds");
    }
  }
  options.threads = arguments.has("threads") ? arguments.whole_number("threads", 1) : Ranks::threads();
  options.variant = variant(arguments.text("variant"));
  options.variant_parts = arguments.whole_number("parts", 1);
  options.variant_passes = arguments.whole_number("passes", 0);
  options.validate();
  return options;
}

FitOptions fit_options(const Arguments& arguments) {
  FitOptions options = fit_options_without_acceleration(arguments);
  options.acceleration = acceleration(arguments.text("acceleration"));
  options.check_basin = arguments.has("check-basin");
  return options;
}

}  // namespace latent::cli
