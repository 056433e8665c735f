#pragma once

#include <array>
#include <cmath>
#include <span>

#include <latent/latent_model.hpp>

namespace golden {

// The frequencies of the genes A, B, O behind blood groups: seen is the group, hidden the pair of genes (group A is AA
// or AO). Ceppellini, Siniscalco & Smith (1955), Ann. Hum. Genet. 20, 97, the first EM for it; data of Rao (1973),
// section 5g.
struct BloodGroups {
  enum class Observation { a, b, ab, o };
  struct Parameters {
    std::array<double, 3> genes{1. / 3, 1. / 3, 1. / 3};  // A, B, O
    static constexpr auto fields() {
      return latent::fields(latent::field("genes", &Parameters::genes, latent::simplex));
    }
  };
  struct Statistics {
    std::array<double, 3> genes{};
    static constexpr auto fields() { return latent::fields(latent::field("genes", &Statistics::genes)); }
  };

  double expectation(const Parameters& at, std::span<const Observation> people, Statistics& sums) const {
    const auto [a, b, o] = at.genes;
    double log_likelihood = 0;
    for (const Observation person : people) {
      switch (person) {
        case Observation::a: log_likelihood += add_group(a, o, sums.genes[0], sums.genes[2]); break;
        case Observation::b: log_likelihood += add_group(b, o, sums.genes[1], sums.genes[2]); break;
        case Observation::ab:
          sums.genes[0] += 1;
          sums.genes[1] += 1;
          log_likelihood += std::log(2 * a * b);
          break;
        case Observation::o:
          sums.genes[2] += 2;
          log_likelihood += std::log(o * o);
          break;
      }
    }
    return log_likelihood;
  }
  Parameters maximization(const Statistics& sums, const Parameters&) const {
    const double total = sums.genes[0] + sums.genes[1] + sums.genes[2];
    return {{sums.genes[0] / total, sums.genes[1] / total, sums.genes[2] / total}};
  }

 private:
  // A group whose pair is twice the dominant gene, or the dominant gene with O.
  static double add_group(double dominant, double o, double& dominant_sum, double& o_sum) {
    const double twice = dominant / (dominant + 2 * o);
    dominant_sum += 1 + twice;
    o_sum += 1 - twice;
    return std::log(dominant * dominant + 2 * dominant * o);
  }
};
static_assert(latent::LatentModel<BloodGroups>);

inline constexpr std::array blood_groups{BloodGroups::Observation::a, BloodGroups::Observation::b,
                                         BloodGroups::Observation::ab, BloodGroups::Observation::o};
inline constexpr std::array<double, 4> people{182, 60, 17, 176};

}  // namespace golden
