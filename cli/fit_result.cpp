#include "fit_result.hpp"

#include <cmath>
#include <ostream>

#include <latent/text.hpp>
#include <latent/version.hpp>

#include "print_model.hpp"

namespace latent::cli {
namespace {

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

}  // namespace

bool FitResult::failed() const {
  return summary().verdict == Verdict::degenerate || summary().verdict == Verdict::not_finite;
}

Json options_to_json(const Arguments& arguments, const ModelEntry& entry, const AnyModel& model,
                     const FitOptions& options) {
  Json json = Json::object();
  const Json of_the_model = model.options();
  for (const ModelOption& option : entry.options) {
    const bool told_there = of_the_model.contains(option.name);
    if (!told_there && arguments.has(option.name)) json[option.name] = arguments.text(option.name);
  }
  json["starts"] = options.starts;
  json["seed"] = options.seed;
  json["stop"] = name_of(options.stop);
  json["tolerance"] = options.tolerance;
  json["max_iterations"] = options.max_iterations;
  if (options.time_limit_seconds) json["time_limit"] = *options.time_limit_seconds;
  json["acceleration"] = arguments.text("acceleration");
  for (const char* name : {"columns", "weights", "start-labels", "sequence", "lengths", "known-states"}) {
    if (arguments.has(name)) json[name] = arguments.text(name);
  }
  return json;
}

Json fit_to_json(const FitResult& result) {
  const Summary& summary = result.summary();
  Json json;
  json["verdict"] = name_of(summary.verdict);
  json["message"] = summary.message;
  json["log_likelihood"] = summary.log_likelihood;
  json["objective"] = summary.objective;
  json["iterations"] = summary.iterations;
  json["accelerated"] = summary.accelerated_steps;
  json["rejected"] = summary.rejected_steps;
  if (summary.plain_em) {
    json["plain_em"] = {{"objective", summary.plain_em->objective},
                        {"iterations", summary.plain_em->iterations},
                        {"verdict", name_of(summary.plain_em->verdict)},
                        {"same_optimum", summary.plain_em->same_optimum}};
  }
  if (result.certificate) json["certificate"] = to_json(*result.certificate);
  json["observations"] = summary.observations;
  json["total_weight"] = summary.total_weight;
  json["free_parameters"] = *summary.free_parameters;
  json["aic"] = result.criteria.aic;
  json["bic"] = result.criteria.bic;
  json["icl"] = result.criteria.icl;
  json["seconds"] = summary.seconds;
  json["threads"] = summary.threads;
  if (summary.ranks > 1) json["ranks"] = summary.ranks;
  json["warnings"] = warnings_to_json(summary);
  json["modes"] = modes_to_json(summary);
  json["options"] = result.options;
  json["version"] = version;
  return json;
}

Json report_to_json(const FitResult& result) {
  Json json = fit_to_json(result);
  json["model"] = result.model_name;
  json["parameters"] = result.model->parameters();
  return json;
}

void print_report(std::ostream& out, const FitResult& result) {
  const Criteria& values = result.criteria;
  const bool icl = !std::isnan(values.icl);
  out << result.summary().full_report() << (icl ? "AIC, BIC, ICL     " : "AIC, BIC          ") << rounded(values.aic, 9)
      << ", " << rounded(values.bic, 9) << (icl ? ", " + rounded(values.icl, 9) : "") << "\n";
  if (result.certificate) out << "\n" << report_of(*result.certificate);
  out << "\n";
  constexpr std::size_t most = 1000;  // numbers of a parameter that a person reads; inspect prints all
  print_parameters(out, *result.model, result.columns, most);
}

}  // namespace latent::cli
