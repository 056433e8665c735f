#pragma once

#include <cstddef>
#include <limits>

#include <latent/accelerator.hpp>

#include "secants.hpp"

namespace latent {

// EM until its path is a quiet one, then saddle-free multisecant steps.
//
// The secants of the last points show the derivative J of EM's map on the span B of the last moves. Newton's step there
// is (I - J)^-1 f, f the residual M(x) - x. In an eigendirection with eigenvalue r it is f / (1 - r): Anderson
// acceleration, with a Galerkin condition. Where EM runs along a ridge or away from a saddle, r > 1, that step would go
// back to the saddle; divided by |1 - r| it goes on, and far (Dauphin et al. 2014, NeurIPS 27, do this with the
// Hessian). No direction is stretched by more than a limit, which grows when it held and the step was kept, and shrinks
// when it was refused. Outside the span the step is EM's.
//
// Before its path is quiet EM chooses among optima, and a step far ahead could choose another.
class SaddleFree : public Accelerator {
 public:
  bool awake(double objective) override;
  void learn(const MapStep& step) override;
  std::optional<Eigen::VectorXd> propose() override;
  void refused() override;
  double rate() const override;
  void visit_state(SavedState& state) override;

 private:
  bool quiet() const;
  Eigen::VectorXd step_of(const Eigen::VectorXd& residual);

  Secants secants_{8};
  Eigen::VectorXd first_, widest_;  // point, and how far each coordinate has been from it
  MapStep last_;
  std::size_t quiet_steps_ = 0;
  double objective_ = std::numeric_limits<double>::quiet_NaN(), change_ = objective_;
  bool weighted_ = false;
  bool proposed_ = false, limited_ = false;
  double limit_ = 2, stretch_ = 1;       // the most any direction may be, and was in the last proposal
  std::size_t refusals_ = 0, wait_ = 0;  // in a row; steps to let EM make
  Eigen::MatrixXd seen_;                 // I - J on the span, when it was last asked for
};

}  // namespace latent
