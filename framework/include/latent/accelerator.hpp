#pragma once

#include <memory>
#include <optional>

#include <Eigen/Core>
#include <latent/acceleration.hpp>
#include <latent/saved_state.hpp>

namespace latent {

// A step of EM as a map of vectors: the E-step at `at` shows the objective there, the M-step leads to `image`.
struct MapStep {
  Eigen::VectorXd at, image;
  double objective = 0;

  void visit_state(SavedState& state) {
    state.visit("at", at);
    state.visit("image", image);
    state.visit("objective", objective);
  }
};

// Learns from the steps of a run and proposes where to go instead of to their images. The run makes the E-step there,
// and goes there if the objective does not fall. All coordinates are finite.
class Accelerator {
 public:
  virtual ~Accelerator() = default;

  // Told the objective of every step first; whether it wants to learn from it. Vectors cost time too.
  virtual bool awake(double /*objective*/) { return true; }
  virtual void learn(const MapStep& step) = 0;
  // The point to try after the last step; nothing: go to its image.
  virtual std::optional<Eigen::VectorXd> propose() = 0;
  // The last proposal lowered the objective: the run goes to the image.
  virtual void refused() = 0;
  // The rate at which EM converges in the slowest direction seen lately, an eigenvalue of the derivative of its map:
  // NaN if not known, one or more where EM runs away from a saddle.
  virtual double rate() const = 0;
  // All that it knows: one that was restored goes on as the one that was stored would have.
  virtual void visit_state(SavedState& state) = 0;
};

std::unique_ptr<Accelerator> make_accelerator(Acceleration acceleration);  // null for none

}  // namespace latent
