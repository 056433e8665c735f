#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>

#include <Eigen/Core>
#include <latent/latent_model.hpp>

namespace golden {

// The distribution of a time known only to lie in an interval (last visit before, first visit after]: the months until
// the breasts of 46 women treated by radiotherapy changed their look. Finkelstein & Wolfe (1985), Biometrics 41, 933.
// The estimate puts mass only on the innermost intervals, and the EM for it is self-consistency: Turnbull (1976),
// J. R. Statist. Soc. B 38, 290. On six of the fourteen the mass is zero.
struct Cosmesis {
  struct Interval {
    double after = 0, until = std::numeric_limits<double>::infinity();
    constexpr bool contains(const Interval& other) const { return after <= other.after && other.until <= until; }
  };
  static constexpr std::array<Interval, 14> innermost{{{4, 5},
                                                       {6, 7},
                                                       {7, 8},
                                                       {11, 12},
                                                       {15, 16},
                                                       {17, 18},
                                                       {24, 25},
                                                       {25, 26},
                                                       {33, 34},
                                                       {34, 35},
                                                       {36, 37},
                                                       {38, 40},
                                                       {40, 44},
                                                       {46, 48}}};
  using Masses = Eigen::Matrix<double, 14, 1>;

  struct Parameters {
    Masses masses = Masses::Constant(1. / 14);
    static constexpr auto fields() {
      return latent::fields(latent::field("masses", &Parameters::masses, latent::simplex));
    }
  };
  struct Statistics {
    Masses women = Masses::Zero();
    static constexpr auto fields() { return latent::fields(latent::field("women", &Statistics::women)); }
  };
  using Observation = Interval;

  double expectation(const Parameters& at, std::span<const Interval> women, Statistics& sums) const {
    double log_likelihood = 0;
    for (const Interval& woman : women) {
      const Masses joint = at.masses.cwiseProduct(covered(woman));
      const double marginal = joint.sum();
      sums.women += joint / marginal;
      log_likelihood += std::log(marginal);
    }
    return log_likelihood;
  }
  Parameters maximization(const Statistics& sums, const Parameters&) const { return {sums.women / sums.women.sum()}; }

  // One for each of the innermost intervals that lies in this one, else zero.
  static Masses covered(const Interval& interval) {
    Masses inside = Masses::Zero();
    for (std::size_t j = 0; j < innermost.size(); ++j) {
      if (interval.contains(innermost[j])) inside[static_cast<Eigen::Index>(j)] = 1;
    }
    return inside;
  }
};
static_assert(latent::LatentModel<Cosmesis>);

inline constexpr std::array<Cosmesis::Interval, 46> radiotherapy{
    {{0, 5}, {0, 7},   {0, 8},   {4, 11},  {5, 11},  {5, 12},  {6, 10}, {7, 14},  {7, 16}, {11, 15}, {11, 18}, {15},
     {17},   {17, 25}, {17, 25}, {18},     {19, 26}, {19, 35}, {22},    {24},     {24},    {25, 37}, {26, 40}, {27, 34},
     {32},   {33},     {34},     {36, 44}, {36, 48}, {36},     {36},    {37, 44}, {37},    {37},     {37},     {38},
     {40},   {45},     {46},     {46},     {46},     {46},     {46},    {46},     {46},    {46}}};

}  // namespace golden
