#include <cmath>

#include <latent/comparison.hpp>
#include <latent/comparison_figures.hpp>

namespace latent {
namespace {

Json finite_or_null(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }
Json text_or_null(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }

Json options_to_json(const FitOptions& options) {
  Json json{{"starts", options.starts},
            {"seed", options.seed},
            {"stop", name_of(options.stop)},
            {"tolerance", options.tolerance},
            {"max_iterations", options.max_iterations}};
  if (options.time_limit_seconds) json["time_limit"] = *options.time_limit_seconds;
  return json;
}

Json optimum_to_json(const Comparison& comparison, const Optimum& optimum) {
  Json runs = Json::object();
  for (std::size_t c = 0; c < optimum.runs.size(); ++c) {
    if (optimum.runs[c] > 0) runs[name_of(comparison, comparison.contenders[c])] = optimum.runs[c];
  }
  return {{"objective", optimum.objective},
          {"degenerate", optimum.degenerate},
          {"runs", runs},
          {"parameters", optimum.parameters}};
}

Json model_to_json(const Comparison& comparison, std::size_t index) {
  const ComparedModel& model = comparison.models[index];
  Json json{{"model", model.text}, {"error", text_or_null(model.error)}};
  json["best_objective"] = finite_or_null(best_known(comparison, index).proper);
  json["free_parameters"] = model.optima.empty() ? Json(nullptr) : Json(model.free_parameters);
  json["criteria"] = nullptr;
  if (model.criteria) {
    json["criteria"] = {
        {"aic", model.criteria->aic}, {"bic", model.criteria->bic}, {"icl", finite_or_null(model.criteria->icl)}};
  }
  json["certificate"] = model.certificate ? to_json(*model.certificate) : Json(nullptr);
  json["optima"] = Json::array();
  for (const Optimum& optimum : model.optima) json["optima"].push_back(optimum_to_json(comparison, optimum));
  return json;
}

Json run_to_json(const ComparedRun& run) {
  const Summary& summary = run.summary;
  Json json{{"start", run.start + 1}, {"error", text_or_null(run.error)}};
  if (!run.error.empty()) return json;
  json["verdict"] = name_of(summary.verdict);
  json["message"] = summary.message;
  json["initial_objective"] = finite_or_null(summary.initial_objective);
  json["objective"] = finite_or_null(summary.objective);
  json["log_likelihood"] = finite_or_null(summary.log_likelihood);
  json["iterations"] = summary.iterations;
  json["passes"] = summary.e_steps;
  json["seconds"] = summary.seconds;
  json["rate"] = finite_or_null(summary.rate);
  json["degenerate"] = summary.degenerate();
  json["optimum"] = run.optimum ? Json(*run.optimum) : Json(nullptr);
  json["warnings"] = Json::array();
  for (const Warning& warning : summary.warnings) json["warnings"].push_back(text_of(warning));
  return json;
}

Json contender_to_json(const Comparison& comparison, const Contender& contender) {
  const ContenderFigures numbers = figures(comparison, contender);
  Json json{{"contender", name_of(comparison, contender)},
            {"model", contender.model},
            {"acceleration", name_of(contender.acceleration)},
            {"best_objective", finite_or_null(numbers.best)},
            {"starts", numbers.runs},
            {"reached_best", numbers.reached},
            {"failures", numbers.failures},
            {"median_iterations", finite_or_null(numbers.iterations)},
            {"median_passes", finite_or_null(numbers.passes)},
            {"median_seconds", finite_or_null(numbers.seconds)},
            {"median_rate", finite_or_null(numbers.rate)}};
  json["verdicts"] = Json::object();
  for (const auto& [verdict, count] : numbers.verdicts) json["verdicts"][verdict] = count;
  json["runs"] = Json::array();
  for (const ComparedRun& run : contender.runs) json["runs"].push_back(run_to_json(run));
  return json;
}

}  // namespace

Json to_json(std::span<const Comparison> comparisons) {
  Json json{{"format", "latent-comparison"}, {"version", 1}, {"comparisons", Json::array()}};
  for (const Comparison& comparison : comparisons) {
    Json one{{"data", comparison.data},
             {"observations", comparison.observations},
             {"options", options_to_json(comparison.options)},
             {"models", Json::array()},
             {"contenders", Json::array()}};
    for (std::size_t m = 0; m < comparison.models.size(); ++m) one["models"].push_back(model_to_json(comparison, m));
    for (const Contender& contender : comparison.contenders) {
      one["contenders"].push_back(contender_to_json(comparison, contender));
    }
    json["comparisons"].push_back(std::move(one));
  }
  return json;
}

}  // namespace latent
