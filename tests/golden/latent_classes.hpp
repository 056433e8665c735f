#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <span>

#include <Eigen/Core>
#include <latent/latent_model.hpp>

namespace golden {

// Two latent classes behind four yes-or-no answers, independent within a class. Dayton (1998), Latent Class Scaling
// Analysis: 319 students on cheating (lied to avoid an exam; lied about a paper; bought or stole one; copied answers).
// Fit of Linzer & Lewis (2011), J. Statist. Software 42(10), section 4.
struct LatentClasses {
  struct Parameters {
    Eigen::Vector2d weights{0.3, 0.7};
    Eigen::Matrix<double, 2, 4> yes = (Eigen::Matrix<double, 2, 4>() << 0.5, 0.5, 0.3, 0.4,  // class x item
                                       0.1, 0.1, 0.1, 0.2)
                                          .finished();
    static constexpr auto fields() {
      return latent::fields(latent::field("weights", &Parameters::weights, latent::simplex),
                            latent::field("yes", &Parameters::yes, latent::unit_interval));
    }
  };
  struct Statistics {
    Eigen::Vector2d students = Eigen::Vector2d::Zero();
    Eigen::Matrix<double, 2, 4> yes = Eigen::Matrix<double, 2, 4>::Zero();
    static constexpr auto fields() {
      return latent::fields(latent::field("students", &Statistics::students), latent::field("yes", &Statistics::yes));
    }
  };
  using Observation = std::size_t;  // bit j: the answer to item j

  double expectation(const Parameters& at, std::span<const Observation> students, Statistics& sums) const {
    double log_likelihood = 0;
    for (const Observation answers : students) {
      Eigen::Vector2d joint = at.weights;
      for (Eigen::Index item = 0; item < 4; ++item) {
        for (Eigen::Index k = 0; k < 2; ++k)
          joint[k] *= said_yes(answers, item) ? at.yes(k, item) : 1 - at.yes(k, item);
      }
      const double marginal = joint.sum();
      joint /= marginal;
      sums.students += joint;
      for (Eigen::Index item = 0; item < 4; ++item) {
        if (said_yes(answers, item)) sums.yes.col(item) += joint;
      }
      log_likelihood += std::log(marginal);
    }
    return log_likelihood;
  }
  Parameters maximization(const Statistics& sums, const Parameters&) const {
    return {sums.students / sums.students.sum(), sums.students.cwiseInverse().asDiagonal() * sums.yes};
  }

 private:
  static bool said_yes(Observation answers, Eigen::Index item) { return (answers >> item & 1) != 0; }
};
static_assert(latent::LatentModel<LatentClasses>);

inline constexpr std::array<std::size_t, 16> answers{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
inline constexpr std::array<double, 16> students{207, 10, 13, 11, 7, 1, 1, 1, 46, 3, 4, 4, 5, 2, 2, 2};

}  // namespace golden
