#pragma once

#include <array>
#include <cmath>
#include <numbers>
#include <span>

#include <latent/latent_model.hpp>

namespace golden {

// A line through lifetimes of which many are only known to be longer than the test: log10 of the hours is normal about
// a line in x = 1000 / (temperature + 273.2). Schmee & Hahn (1979), Technometrics 21, 417, table 1: 40 motorettes at
// four temperatures, 17 failed; EM by Tanner (1996), Tools for Statistical Inference.
struct Motorettes {
  struct Parameters {
    double intercept = -4, slope = 3.5, sigma = 0.5;
    static constexpr auto fields() {
      return latent::fields(latent::field("intercept", &Parameters::intercept),
                            latent::field("slope", &Parameters::slope),
                            latent::field("sigma", &Parameters::sigma, latent::positive));
    }
  };
  // Of deviations from the current line, and of x from the middle of the temperatures: no digits are lost.
  struct Statistics {
    double motorettes = 0, x = 0, xx = 0, residual = 0, x_residual = 0, squares = 0;
    static constexpr auto fields() {
      return latent::fields(latent::field("motorettes", &Statistics::motorettes), latent::field("x", &Statistics::x),
                            latent::field("xx", &Statistics::xx), latent::field("residual", &Statistics::residual),
                            latent::field("x_residual", &Statistics::x_residual),
                            latent::field("squares", &Statistics::squares));
    }
  };
  struct Observation {
    double celsius = 0, hours = 0;
    bool failed = true;  // else it ran for longer
    double x() const { return 1000 / (celsius + 273.2); }
    double y() const { return std::log10(hours); }
  };

  double expectation(const Parameters& at, std::span<const Observation> motorettes, Statistics& sums) const {
    double log_likelihood = 0;
    for (const Observation& each : motorettes) {
      const double x = each.x() - middle, z = (each.y() - at.intercept - at.slope * each.x()) / at.sigma;
      const double density = std::exp(-z * z / 2) / std::sqrt(2 * std::numbers::pi);
      const double survival = std::erfc(z / std::numbers::sqrt2) / 2;
      const double hazard = density / survival;
      const double residual = each.failed ? z : hazard, square = each.failed ? z * z : 1 + z * hazard;
      sums.motorettes += 1;
      sums.x += x;
      sums.xx += x * x;
      sums.residual += at.sigma * residual;
      sums.x_residual += at.sigma * residual * x;
      sums.squares += at.sigma * at.sigma * square;
      log_likelihood += each.failed ? std::log(density / at.sigma) : std::log(survival);
    }
    return log_likelihood;
  }
  Parameters maximization(const Statistics& sums, const Parameters& current) const {
    const double n = sums.motorettes, determinant = n * sums.xx - sums.x * sums.x;
    const double slope = (n * sums.x_residual - sums.x * sums.residual) / determinant;
    const double height = (sums.residual - slope * sums.x) / n;
    const double squares = sums.squares - slope * sums.x_residual - height * sums.residual;
    return {current.intercept + height - slope * middle, current.slope + slope, std::sqrt(squares / n)};
  }

 private:
  static constexpr double middle = 2.2;
};
static_assert(latent::LatentModel<Motorettes>);

// Ten at each temperature; the weights say how many alike.
inline constexpr std::array<Motorettes::Observation, 16> motorettes{{{150, 8064, false},
                                                                     {170, 1764},
                                                                     {170, 2772},
                                                                     {170, 3444},
                                                                     {170, 3542},
                                                                     {170, 3780},
                                                                     {170, 4860},
                                                                     {170, 5196},
                                                                     {170, 5448, false},
                                                                     {190, 408},
                                                                     {190, 1344},
                                                                     {190, 1440},
                                                                     {190, 1680, false},
                                                                     {220, 408},
                                                                     {220, 504},
                                                                     {220, 528, false}}};
inline constexpr std::array<double, 16> motorettes_alike{10, 1, 1, 1, 1, 1, 1, 1, 3, 2, 2, 1, 5, 2, 3, 5};

}  // namespace golden
