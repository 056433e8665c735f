#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <span>

#include <Eigen/Core>
#include <latent/latent_model.hpp>

namespace golden {

// Latent classes behind yes-or-no answers, which are independent within a class: Lazarsfeld & Henry (1968), Latent
// Structure Analysis; EM by Goodman (1974), Biometrika 61, 215.
struct LatentClasses {
  struct Parameters {
    Eigen::VectorXd weights;
    Eigen::MatrixXd yes;  // class x item
    static constexpr auto fields() {
      return latent::fields(latent::field("weights", &Parameters::weights, latent::simplex),
                            latent::field("yes", &Parameters::yes, latent::unit_interval));
    }
  };
  struct Statistics {
    Eigen::VectorXd people;
    Eigen::MatrixXd yes;
    static constexpr auto fields() {
      return latent::fields(latent::field("people", &Statistics::people), latent::field("yes", &Statistics::yes));
    }
  };
  using Observation = std::size_t;  // bit j: the answer to item j

  Statistics statistics(const Parameters& at) const {
    return {Eigen::VectorXd::Zero(at.weights.size()), Eigen::MatrixXd::Zero(at.yes.rows(), at.yes.cols())};
  }
  double expectation(const Parameters& at, std::span<const Observation> people, Statistics& sums) const {
    double log_likelihood = 0;
    for (const Observation answers : people) {
      Eigen::VectorXd joint = at.weights;
      for (Eigen::Index item = 0; item < at.yes.cols(); ++item) {
        for (Eigen::Index k = 0; k < joint.size(); ++k) {
          joint[k] *= said_yes(answers, item) ? at.yes(k, item) : 1 - at.yes(k, item);
        }
      }
      const double marginal = joint.sum();
      joint /= marginal;
      sums.people += joint;
      for (Eigen::Index item = 0; item < at.yes.cols(); ++item) {
        if (said_yes(answers, item)) sums.yes.col(item) += joint;
      }
      log_likelihood += std::log(marginal);
    }
    return log_likelihood;
  }
  Parameters maximization(const Statistics& sums, const Parameters&) const {
    // A share of one may come out a rounding above it.
    return {sums.people / sums.people.sum(), (sums.people.cwiseInverse().asDiagonal() * sums.yes).cwiseMin(1)};
  }

  static bool said_yes(Observation answers, Eigen::Index item) { return (answers >> item & 1) != 0; }
};
static_assert(latent::LatentModel<LatentClasses>);

// 319 students on cheating (lied to avoid an exam; lied about a paper; bought or stole one; copied answers). Dayton
// (1998), Latent Class Scaling Analysis; fit of Linzer & Lewis (2011), J. Statist. Software 42(10), section 4.
inline constexpr std::array<std::size_t, 16> answers{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
inline constexpr std::array<double, 16> students{207, 10, 13, 11, 7, 1, 1, 1, 46, 3, 4, 4, 5, 2, 2, 2};

// 118 slides judged by seven pathologists, carcinoma or not: Agresti (2002), Categorical Data Analysis, table 13.1.
// Log-likelihoods of Linzer & Lewis (2022), the documentation of poLCA: -317.2568 with two classes, -293.705 with
// three, -289.2858 with four. Most pathologists are sure of some class: the maxima lie on the boundary.
inline constexpr std::array<std::size_t, 20> diagnoses{
    0b0000000, 0b0010000, 0b0000010, 0b1000010, 0b0010010, 0b1010010, 0b0000001, 0b1010101, 0b0000011, 0b1000011,
    0b0010011, 0b1010011, 0b1110011, 0b1001011, 0b1011011, 0b1111011, 0b1010111, 0b1110111, 0b1011111, 0b1111111};
inline constexpr std::array<double, 20> slides{34, 2, 6, 1, 4, 5, 2, 1, 2, 1, 2, 7, 1, 1, 2, 3, 13, 5, 10, 16};

}  // namespace golden
