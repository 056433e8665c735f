#include <algorithm>
#include <functional>
#include <iostream>
#include <string>
#include <vector>

#include <latent/comparison_figures.hpp>
#include <latent/error.hpp>

#include "command.hpp"
#include "compare_data.hpp"
#include "compare_models.hpp"
#include "compare_outputs.hpp"
#include "comparison_table.hpp"
#include "data.hpp"
#include "fit_usage.hpp"
#include "progress.hpp"
#include "terminal_plot.hpp"

namespace latent::cli {
namespace {

OptionGroup contenders_group() {
  OptionGroup group{
      "Contenders",
      {{"model", "TEXT",
        "a model with its options, as they stand behind latent fit: \"NAME --option value\"; may be given "
        "several times",
        "", true, true}}};
  group.options.push_back({"acceleration", "LIST",
                           "with which every model is fitted, of none, squarem, anderson, acx, auto",
                           "none,squarem,anderson,auto"});
  return group;
}

// The options of a fit, but for the acceleration, which is a contender's own.
OptionGroup rules_group() {
  OptionGroup group = fit_group();
  std::erase_if(group.options,
                [](const Option& option) { return option.name == "acceleration" || option.name == "check-basin"; });
  for (Option& option : group.options) {
    if (option.name == "starts") option.description = "starts of a model, the same for all accelerations";
    if (option.name == "time-limit") option.description = "stop a run after so long [no limit]";
    if (option.name == "certify") {
      option.description = "look at the best optimum of each model: plain EM from there, the score, the rates of EM";
    }
    if (option.name == "seed") option.description = "of all randomness: the same seed gives the same starts";
  }
  return group;
}

Usage compare_usage() {
  Usage usage{
      "latent compare",
      {"DATA"},
      "Fits every model with every acceleration from every start, by the same rules, and prints who came where "
      "and at what cost. All accelerations of a model begin at the same points, and runs are made one after the "
      "other. What fails is shown with its reason. DATA are CSV, TSV or NumPy .npy files, or - for standard "
      "input; each is a comparison of its own. Defaults are in [brackets].",
      {contenders_group(), table_options(), rules_group(), compare_output_group()}};
  usage.last_many = true;
  return usage;
}

// Why no contender ran; nothing if one did.
std::string why_none_ran(const std::vector<Comparison>& comparisons) {
  std::string reason;
  for (const Comparison& comparison : comparisons) {
    for (const Contender& contender : comparison.contenders) {
      for (const ComparedRun& run : contender.runs) {
        if (run.error.empty()) return {};
        if (reason.empty()) reason = run.error;
      }
    }
  }
  return reason;
}

int compare_with(const Arguments& arguments, Entries entries) {
  const std::vector<ModelToCompare> models = models_to_compare(arguments, entries);
  const std::vector<Acceleration> accelerations = accelerations_to_compare(arguments);
  FitOptions options = fit_options_without_acceleration(arguments);
  check_compared_data(arguments, models);
  check_compare_outputs(arguments);

  const std::vector<std::string> files = arguments.all("DATA");
  const std::size_t all = files.size() * models.size() * accelerations.size() * options.starts;
  std::vector<Comparison> comparisons;
  {
    Progress progress;
    std::size_t done = 0;
    const auto tell = [&] { progress.set_about("run " + std::to_string(done + 1) + " of " + std::to_string(all)); };
    tell();
    options.observer = std::ref(progress);
    for (const std::string& file : files) {
      comparisons.push_back(compare_on(file, arguments, models, accelerations, options, [&] {
        ++done;
        tell();
      }));
      comparisons.back().options.observer = nullptr;  // which ends here
    }
  }
  for (const Comparison& comparison : comparisons) {
    if (&comparison != &comparisons.front()) std::cout << '\n';
    print_comparison(std::cout, comparison);
    if (arguments.has("terminal")) print_gap_plots(std::cout, comparison);
  }
  std::cout << std::flush;
  write_compare_outputs(arguments, comparisons);
  const std::string reason = why_none_ran(comparisons);
  if (!reason.empty()) throw Error("no contender could be run: " + reason);
  return success;
}

}  // namespace

int compare_command(const Words& words, Entries entries) {
  return run_or_help(compare_usage(), words,
                     [&](const Arguments& arguments) { return compare_with(arguments, entries); });
}

}  // namespace latent::cli
