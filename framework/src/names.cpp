#include <string>

#include <latent/error.hpp>
#include <latent/fit_options.hpp>
#include <latent/iteration.hpp>
#include <latent/summary.hpp>
#include <latent/variant.hpp>

namespace latent {

const char* name_of(StepKind kind) {
  switch (kind) {
    case StepKind::incremental: return "incremental";
    case StepKind::online: return "online";
    case StepKind::annealing: return "annealing";
    case StepKind::start: return "start";
    case StepKind::em: return "em";
    case StepKind::accelerated: return "accelerated";
    case StepKind::rejected: return "rejected";
  }
  return "";
}

const char* name_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::not_run: return "not_run";
    case Verdict::converged: return "converged";
    case Verdict::iteration_limit: return "iteration_limit";
    case Verdict::time_limit: return "time_limit";
    case Verdict::observer_request: return "observer_request";
    case Verdict::interrupted: return "interrupted";
    case Verdict::objective_decreased: return "objective_decreased";
    case Verdict::not_finite: return "not_finite";
    case Verdict::degenerate: return "degenerate";
  }
  return "";
}

const char* name_of(Variant variant) {
  switch (variant) {
    case Variant::batch: return "batch";
    case Variant::incremental: return "incremental";
    case Variant::online: return "online";
    case Variant::annealing: return "annealing";
  }
  return "";
}

Variant variant(const std::string& name) {
  for (Variant variant : {Variant::batch, Variant::incremental, Variant::online, Variant::annealing}) {
    if (name == name_of(variant)) return variant;
  }
  throw OptionError("variant is '" + name + "', it must be batch, incremental, online or annealing");
}

const char* name_of(StopRule rule) {
  switch (rule) {
    case StopRule::aitken: return "aitken";
    case StopRule::absolute: return "absolute";
    case StopRule::relative: return "relative";
    case StopRule::parameters: return "parameters";
  }
  return "";
}

StopRule stop_rule(const std::string& name) {
  for (StopRule rule : {StopRule::aitken, StopRule::absolute, StopRule::relative, StopRule::parameters}) {
    if (name == name_of(rule)) return rule;
  }
  throw OptionError("stop is '" + name + "', it must be aitken, absolute, relative or parameters");
}

}  // namespace latent
