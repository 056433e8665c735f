// A model of one's own: blood groups A, B, AB and 0 of a population, whose genes are hidden (Ceppellini, Siniscalco &
// Smith 1955, Ann. Hum. Genet. 20, 97).
#include <array>
#include <cmath>
#include <cstdio>
#include <span>

#include <Eigen/Core>
#include <latent/fit.hpp>

struct BloodGroups {
  struct Parameters {
    Eigen::Vector3d genes{0.3, 0.2, 0.5};  // A, B, 0
    static constexpr auto fields() {
      return latent::fields(latent::field("genes", &Parameters::genes, latent::simplex));
    }
  };
  struct Statistics {
    Eigen::Vector3d genes{0, 0, 0};
    static constexpr auto fields() { return latent::fields(latent::field("genes", &Statistics::genes)); }
  };
  using Observation = std::array<double, 4>;  // people of the groups A, B, AB, 0

  double expectation(const Parameters& at, std::span<const Observation> populations, Statistics& sums) const {
    const double a = at.genes[0], b = at.genes[1], o = at.genes[2];
    const double group_a = a * a + 2 * a * o, group_b = b * b + 2 * b * o;
    double log_likelihood = 0;
    for (const auto& [in_a, in_b, in_ab, in_0] : populations) {
      const double pure_a = in_a * a * a / group_a, pure_b = in_b * b * b / group_b;
      sums.genes +=
          Eigen::Vector3d(in_a + pure_a + in_ab, in_b + pure_b + in_ab, (in_a - pure_a) + (in_b - pure_b) + 2 * in_0);
      log_likelihood +=
          in_a * std::log(group_a) + in_b * std::log(group_b) + in_ab * std::log(2 * a * b) + in_0 * std::log(o * o);
    }
    return log_likelihood;
  }

  Parameters maximization(const Statistics& sums, const Parameters&) const { return {sums.genes / sums.genes.sum()}; }
};
static_assert(latent::LatentModel<BloodGroups>);

int main() {
  const std::array<BloodGroups::Observation, 1> population{{{186, 38, 13, 284}}};
  const auto fitted = latent::fit(BloodGroups{}, population);
  const Eigen::Vector3d& genes = fitted.parameters.genes;
  std::printf("%s\ngenes: %.4f %.4f %.4f\n", fitted.summary.brief_report().c_str(), genes[0], genes[1], genes[2]);
  const Eigen::Vector3d known(0.2136, 0.0501, 0.7363);
  return fitted.summary.verdict == latent::Verdict::converged && (genes - known).norm() < 2e-4 ? 0 : 1;
}
