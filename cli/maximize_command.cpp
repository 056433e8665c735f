#include <cmath>
#include <iostream>
#include <string>

#include <latent/accumulator.hpp>
#include <latent/atomic_file.hpp>
#include <latent/error.hpp>
#include <latent/text.hpp>

#include "command.hpp"
#include "output.hpp"

namespace latent::cli {
namespace {

Usage maximize_usage() {
  return {"latent maximize",
          {"FITTED", "SUMS"},
          "Makes an M-step of the sums in the accumulator file SUMS, which were made at the parameters of the model "
          "FITTED. Prints the log-likelihood, and the objective with the log-prior, of FITTED: EM has converged when "
          "they gain no more.",
          {{"Output",
            {{"output", "FILE", "the model after the step, for the next accumulate", "", true},
             {"json", "", "print a JSON object"}}}}};
}

// How the model was found: what was said of FITTED, whose data are the same, and what this step has shown.
Json account_of(const StoredModel& fitted, const MStep& step, std::size_t observations) {
  Json fit = Json::object();
  if (fitted.fit.is_object() && fitted.fit.contains("data")) fit["data"] = fitted.fit["data"];
  if (fitted.fit.is_object() && fitted.fit.contains("options")) fit["options"] = fitted.fit["options"];
  fit["observations"] = observations;
  fit["log_likelihood_before"] = step.log_likelihood;
  fit["objective_before"] = step.objective;
  return fit;
}

// A prior may depend on the data as a whole, which are not here: its share of the objective shows whether it is the same.
void check_prior(const StoredModel& fitted, const MStep& step, const std::string& file) {
  const Json& fit = fitted.fit;
  if (!fit.is_object() || !fit.contains("objective") || !fit.contains("log_likelihood")) return;
  if (!fit["objective"].is_number() || !fit["log_likelihood"].is_number()) return;
  const double log_likelihood = fit["log_likelihood"].get<double>();
  const double there = fit["objective"].get<double>() - log_likelihood, here = step.objective - step.log_likelihood;
  if (std::abs(there - here) <= 1e-9 * (std::abs(log_likelihood) + std::abs(there))) return;
  throw ModelError(file + ": was fitted with the log-prior " + rounded(there) + ", here it is " + rounded(here) +
                   ": the prior depends on the data as a whole, and sums of them do not tell it");
}

int maximize(const Arguments& arguments, Entries entries) {
  check_output(arguments, "output", {"FITTED", "SUMS"});
  const StoredModel fitted = read_model_file(arguments.text("FITTED"), entries);
  const std::string& file = arguments.text("SUMS");
  Accumulator sums = Accumulator::read(file, entries);
  MStep step;
  try {
    sums.check_model(model_to_json(fitted.name, *fitted.model, fitted.columns, fitted.fit));
    step = sums.maximize();
  } catch (const ModelError& error) {
    throw ModelError(file + ": " + error.what());
  } catch (const DataError& error) {
    throw DataError(file + ": " + error.what());
  }
  check_prior(fitted, step, arguments.text("FITTED"));
  for (const Note& note : step.notes) {
    std::cerr << "latent: " << (note.component ? "component " + std::to_string(*note.component + 1) + " " : "")
              << note.message << "\n";
  }
  const Json next =
      model_to_json(fitted.name, *sums.model().model, fitted.columns, account_of(fitted, step, sums.observations()));
  write_file_atomically(arguments.text("output"), json_text(next) + "\n");
  if (arguments.has("json")) {
    std::cout << json_text({{"log_likelihood", step.log_likelihood},
                            {"objective", step.objective},
                            {"observations", sums.observations()}})
              << "\n";
  } else {
    std::cout << "log-likelihood   " << number(step.log_likelihood) << "\nobjective        " << number(step.objective)
              << "\nobservations     " << sums.observations()
              << (sums.data_sets() > 1 ? ", of " + count_of(sums.data_sets(), "data set") : "") << "\n";
  }
  return success;
}

}  // namespace

int maximize_command(const Words& words, Entries entries) {
  return run_or_help(maximize_usage(), words, [&](const Arguments& arguments) { return maximize(arguments, entries); });
}

}  // namespace latent::cli
