#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include <latent/acceleration.hpp>
#include <latent/execution.hpp>
#include <latent/iteration.hpp>
#include <latent/variant.hpp>

namespace latent {

// When a fit has converged. L is the objective, n the sum of the weights (the number of observations), t an iteration.
enum class StopRule {
  aitken,    // the gain still to come, estimated as d_t r / (1 - r) with d_t = L_t - L_{t-1} and r = d_t / d_{t-1}, is
             // below tolerance * n three times in a row (Boehning et al. 1994, Ann. Inst. Statist. Math. 46, 373;
             // McLachlan & Peel 2000, section 2.11), or L changes no more than by rounding
  absolute,  // |L_t - L_{t-1}| < tolerance * n       (scikit-learn, with 1e-3)
  relative,  // |L_t - L_{t-1}| < tolerance * |L_t|   (mclust with 1e-5, flexmix with 1e-6)
  parameters,  // the largest relative change of a parameter is below tolerance (SQUAREM, turboEM in spirit)
};
const char* name_of(StopRule rule);
StopRule stop_rule(const std::string& name);  // throws OptionError

class Checkpoint;

struct FitOptions {
  // What the stop rule compares with. 0: the rule never stops the fit.
  double tolerance = 1e-11;
  StopRule stop = StopRule::aitken;
  // automatic is none for a model without fields(), which has no coordinates, and with a tolerance of 0, which asks for
  // steps of EM and not for an optimum.
  Acceleration acceleration = Acceleration::automatic;
  // Whether plain EM is run too, from where the accelerated run that won started, to see whether it ends in the same
  // optimum: Summary::plain_em. It costs what acceleration saves.
  bool check_basin = false;
  // How a run begins: with EM, or with at most variant_passes passes over the data of another kind. incremental and online
  // take variant_parts parts of the data one after the other, in the order of the observations, which should be a random
  // one, and end when a pass gains less than 1e-6 per observation.
  Variant variant = Variant::batch;
  std::size_t variant_parts = 20;
  std::size_t variant_passes = 10;
  // The most steps from a start, each an E-step, besides the start's own; 0 returns the start.
  std::size_t max_iterations = 10000;
  // The longest the fit may take, looked at after every iteration; unset: no limit.
  std::optional<double> time_limit_seconds = std::nullopt;

  // Starts, when the model can initialize itself (<latent/restarts.hpp>). Each is run for short_iterations and the best
  // are continued to the end; one that is on the same path as a better one is not. Then come at most variation_rounds
  // rounds of as many variations of the best, until two rounds in a row have found nothing better.
  std::size_t starts = 10;
  std::size_t short_iterations = 50;
  std::size_t continued = 3;
  std::size_t variation_rounds = 5;
  // Of more observations than these a random sample of this many is searched, and the best found continued on all.
  std::size_t search_observations = 10000;
  std::uint64_t seed = 1;

  // Threads to use; unset: all there are. The result does not depend on it.
  std::optional<std::size_t> threads = std::nullopt;

  // Of several ranks the answers of the first count, from the next E-step on.
  Observer observer = nullptr;

  // Asked before every iteration, by any thread: whether the fit is to stop for now, with Verdict::interrupted
  // (<latent/interruption.hpp>: by signals).
  std::function<bool()> interrupted = nullptr;
  // Where the fit keeps what it needs to go on after it was killed (<latent/checkpoint.hpp>); for models whose Parameters
  // have fields().
  std::shared_ptr<Checkpoint> checkpoint = nullptr;

  // The processes that make the fit together (<latent/execution.hpp>), each of which calls it with the same arguments.
  // Null: this process alone. The result does not depend on it.
  std::shared_ptr<Execution> execution = nullptr;

  // Throws OptionError naming the option, its value and the rule it breaks.
  void validate() const;
};

}  // namespace latent
