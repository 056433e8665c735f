#pragma once

#include <cstddef>
#include <vector>

#include <latent/comparison.hpp>

namespace latent::comparison {

// Parameters of the runs of one model, those of the best run alone at each of its optima: those of all would fill the
// memory.
class KeptParameters {
 public:
  void keep(const Summary& summary, const AnyModel& model);
  const Json& nearest(double objective, bool degenerate) const;

 private:
  struct Kept {
    double objective;
    bool degenerate;
    Json parameters;
  };
  std::vector<Kept> kept_;
};

// Finds the optima that the runs of that model ended in, and tells each run which is its own.
void find_optima(Comparison& comparison, std::size_t model, const KeptParameters& kept);

}  // namespace latent::comparison
