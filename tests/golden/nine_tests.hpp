#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <span>

#include <Eigen/Cholesky>
#include <Eigen/Core>
#include <latent/latent_model.hpp>

namespace golden {

// Three factors behind nine ability tests: covariance L L^T + diag(u), L 9 x 3. Lawley & Maxwell (1971), Factor
// Analysis as a Statistical Method: correlations of 211 children. EM by Rubin & Thayer (1982), Psychometrika 47, 69. L
// is known up to a rotation only: the maximum is a surface.
struct NineTests {
  static constexpr int tests = 9, factors = 3;
  using Square = Eigen::Matrix<double, tests, tests>;
  using Loadings = Eigen::Matrix<double, tests, factors>;
  using Vector = Eigen::Matrix<double, tests, 1>;

  struct Parameters {
    Vector unique = Vector::Constant(0.5);
    Loadings loadings = Loadings::NullaryExpr([](Eigen::Index i, Eigen::Index j) {
      return std::cos(static_cast<double>(i * (j + 1))) / 2;  // no two rows alike
    });
    static constexpr auto fields() {
      return latent::fields(latent::field("unique", &Parameters::unique, latent::positive),
                            latent::field("loadings", &Parameters::loadings));
    }
  };
  struct Statistics {
    double children = 0;
    Vector squares = Vector::Zero();
    Loadings tests_with_factors = Loadings::Zero();
    Eigen::Matrix<double, factors, factors> factors_with_factors = Eigen::Matrix<double, factors, factors>::Zero();
    static constexpr auto fields() {
      return latent::fields(latent::field("children", &Statistics::children),
                            latent::field("squares", &Statistics::squares),
                            latent::field("tests_with_factors", &Statistics::tests_with_factors),
                            latent::field("factors_with_factors", &Statistics::factors_with_factors));
    }
  };
  using Observation = Square;  // the covariance of some children; their number is its weight

  double expectation(const Parameters& at, std::span<const Square> covariances, Statistics& sums) const {
    Square model = at.loadings * at.loadings.transpose();
    model.diagonal() += at.unique;
    const Eigen::LLT<Square> factor(model);
    const Loadings slopes = factor.solve(at.loadings);  // of the factors on the tests
    double log_likelihood = 0;
    for (const Square& seen : covariances) {
      sums.children += 1;
      sums.squares += seen.diagonal();
      sums.tests_with_factors += seen * slopes;
      sums.factors_with_factors += Eigen::Matrix<double, factors, factors>::Identity() -
                                   slopes.transpose() * at.loadings + slopes.transpose() * seen * slopes;
      log_likelihood -= (tests * std::log(2 * std::numbers::pi) + factor.solve(seen).trace()) / 2 +
                        factor.matrixLLT().diagonal().array().log().sum();
    }
    return log_likelihood;
  }
  Parameters maximization(const Statistics& sums, const Parameters&) const {
    const Loadings loadings = sums.factors_with_factors.llt().solve(sums.tests_with_factors.transpose()).transpose();
    return {
        (sums.squares - (loadings.array() * sums.tests_with_factors.array()).rowwise().sum().matrix()) / sums.children,
        loadings};
  }
};
static_assert(latent::LatentModel<NineTests>);

inline NineTests::Square nine_tests() {
  NineTests::Square correlations;
  correlations << 1, .523, .395, .471, .346, .426, .576, .434, .639,  //
      0, 1, .479, .506, .418, .462, .547, .283, .645,                 //
      0, 0, 1, .355, .270, .254, .452, .219, .504,                    //
      0, 0, 0, 1, .691, .791, .443, .285, .505,                       //
      0, 0, 0, 0, 1, .679, .383, .149, .409,                          //
      0, 0, 0, 0, 0, 1, .372, .314, .472,                             //
      0, 0, 0, 0, 0, 0, 1, .385, .680,                                //
      0, 0, 0, 0, 0, 0, 0, 1, .470,                                   //
      0, 0, 0, 0, 0, 0, 0, 0, 1;
  return correlations.selfadjointView<Eigen::Upper>();
}
inline constexpr std::array<double, 1> children_tested{211};

}  // namespace golden
