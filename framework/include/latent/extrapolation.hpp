#pragma once

#include <limits>
#include <memory>
#include <optional>
#include <utility>

#include <Eigen/Core>
#include <latent/accelerator.hpp>
#include <latent/coordinates.hpp>
#include <latent/error.hpp>
#include <latent/latent_model.hpp>

namespace latent {

// The accelerator of a run, between parameters and vectors.
template <LatentModel Model>
class Extrapolation {
 public:
  using Parameters = typename Model::Parameters;

  explicit Extrapolation(Acceleration acceleration)
      : accelerator_(HasFields<Parameters> ? make_accelerator(acceleration) : nullptr) {}

  explicit operator bool() const { return accelerator_ != nullptr; }

  // After an EM step from `at` to `image`: where to try to go instead, if anywhere. When settling, nowhere.
  std::optional<Parameters> propose(const Model& model, const Parameters& at, const Parameters& image, double objective,
                                    bool settling) {
    if constexpr (HasFields<Parameters>) {
      if (!accelerator_) return std::nullopt;
      if (!accelerator_->awake(objective) || settling) {
        here_ = {};
        return std::nullopt;
      }
      MapStep step;
      step.at = std::exchange(here_, {});  // after a step of EM, the image before
      if (step.at.size() == 0) step.at = to_vector(at, Coordinates::stabilized);
      step.image = to_vector(image, Coordinates::stabilized);
      step.objective = objective;
      here_ = step.image;
      if (!step.at.allFinite() || !step.image.allFinite()) return std::nullopt;
      accelerator_->learn(step);
      const std::optional<Eigen::VectorXd> proposal = accelerator_->propose();
      if (!proposal) return std::nullopt;
      Parameters parameters = from_vector(*proposal, Coordinates::stabilized, image);
      if (admit(model, parameters)) {
        before_ = std::exchange(here_, {});
        return parameters;
      }
      accelerator_->refused();
    }
    return std::nullopt;
  }

  void refused() {
    accelerator_->refused();
    here_ = std::exchange(before_, {});
  }

  void visit_state(SavedState& state) {
    if (!accelerator_) return;
    state.visit("accelerator", *accelerator_);
    state.visit("here", here_);
    state.visit("before", before_);
  }

  // Of EM in its slowest direction; NaN if not known.
  double rate() const { return accelerator_ ? accelerator_->rate() : std::numeric_limits<double>::quiet_NaN(); }

 private:
  static bool admit(const Model& model, Parameters& parameters) {
    try {
      if constexpr (Admits<Model>) parameters = model.admissible(parameters);
      if constexpr (HasFields<Parameters>) return !violation(parameters);
    } catch (const ModelError&) {  // there is nothing admissible near
      return false;
    }
    return true;
  }

  std::unique_ptr<Accelerator> accelerator_;
  Eigen::VectorXd here_, before_;  // where the run goes if it goes to the image, while that is known; in between, kept
};

}  // namespace latent
