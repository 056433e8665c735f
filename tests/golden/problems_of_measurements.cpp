#include <algorithm>
#include <cmath>
#include <filesystem>
#include <numbers>

#include <Eigen/Eigenvalues>
#include <Eigen/LU>
#include <boost/random/uniform_int_distribution.hpp>
#include <boost/random/uniform_real_distribution.hpp>
#include <latent/table.hpp>

#include "golden/dyestuff.hpp"
#include "golden/heavy_tails.hpp"
#include "golden/incomplete_pairs.hpp"
#include "golden/motorettes.hpp"
#include "golden/nine_tests.hpp"
#include "golden/old_faithful.hpp"
#include "golden/problem.hpp"

namespace golden {
namespace {

constexpr double tau = 2 * std::numbers::pi;

// at: variance, covariance, variance.
double incomplete_pairs_formula(const Vector& at) {
  const double determinant = at[0] * at[2] - at[1] * at[1];
  // Of the four whole pairs the sums of x^2, xy, y^2 are 4, 0, 4; of the four single values of each kind 16.
  return -4 * std::log(tau) - 2 * std::log(determinant) - 0.5 * (4 * at[2] + 4 * at[0]) / determinant -
         2 * std::log(tau * at[0]) - 8 / at[0] - 2 * std::log(tau * at[2]) - 8 / at[2];
}

// at: location.
double heavy_tails_formula(const Vector& at) {
  constexpr double degrees = 0.05;
  double product = 1;
  for (const double x : {-20., 1., 2., 3.}) {
    product *= std::tgamma((degrees + 1) / 2) / (std::sqrt(degrees * std::numbers::pi) * std::tgamma(degrees / 2)) *
               std::pow(1 + (x - at[0]) * (x - at[0]) / degrees, -(degrees + 1) / 2);
  }
  return std::log(product);
}

// at: intercept, slope, sigma.
double motorettes_formula(const Vector& at) {
  double sum = 0;
  for (std::size_t i = 0; i < motorettes.size(); ++i) {
    const auto& [celsius, hours, failed] = motorettes[i];
    const double z = (std::log10(hours) - at[0] - at[1] * 1000 / (celsius + 273.2)) / at[2];
    sum += motorettes_alike[i] * (failed ? -z * z / 2 - std::log(tau) / 2 - std::log(at[2])
                                         : std::log(std::erfc(z / std::numbers::sqrt2) / 2));
  }
  return sum;
}

// at: mean, variance between batches, variance within. Of all 30 at once.
double dyestuff_formula(const Vector& at) {
  if (!(at[1] >= 0 && at[2] > 0)) return std::nan("");
  Eigen::MatrixXd covariance = at[2] * Eigen::MatrixXd::Identity(30, 30);
  Vector away(30);
  for (Eigen::Index i = 0; i < 30; ++i) {
    away[i] = dyestuff[static_cast<std::size_t>(i / 5)][static_cast<std::size_t>(i % 5)] - at[0];
    for (Eigen::Index j = 0; j < 30; ++j) covariance(i, j) += i / 5 == j / 5 ? at[1] : 0;
  }
  const Eigen::LLT<Eigen::MatrixXd> factor(covariance);
  return -15 * std::log(tau) - factor.matrixLLT().diagonal().array().log().sum() - away.dot(factor.solve(away)) / 2;
}

// at: nine unique variances, then the loadings, test by test.
double nine_tests_formula(const Vector& at) {
  if (!(at.head(9).minCoeff() > 0)) return std::nan("");
  const Eigen::Map<const Eigen::Matrix<double, 9, 3, Eigen::RowMajor>> loadings(at.data() + 9);
  const Eigen::MatrixXd model = loadings * loadings.transpose() + Eigen::MatrixXd(at.head(9).asDiagonal());
  return -211. / 2 * (9 * std::log(tau) + std::log(model.determinant()) + (model.inverse() * nine_tests()).trace());
}

// At Lawley & Maxwell's maximum; they give the discrepancy ln|model| - ln|seen| + tr(seen model^-1) - 9.
double nine_tests_height(double discrepancy) {
  return -211. / 2 * (9 * std::log(tau) + std::log(nine_tests().determinant()) + 9 + discrepancy);
}

const std::vector<Eigen::Vector2d>& eruptions() {
  static const std::vector<Eigen::Vector2d> rows = [] {
    const latent::Table table = latent::read_table(LATENT_SOURCE_DIR "/examples/data/old_faithful.csv");
    const auto& numbers = std::get<latent::RowMajorMatrix>(table.values);
    std::vector<Eigen::Vector2d> all;
    for (Eigen::Index i = 0; i < numbers.rows(); ++i) all.emplace_back(numbers.row(i).transpose());
    return all;
  }();
  return rows;
}

// at: weights (the last implied), means, and of each covariance the lower triangle.
double old_faithful_formula(const Vector& at) {
  const Eigen::Index components = at.size() / 6;
  double sum = 0;
  for (const Eigen::Vector2d& row : eruptions()) {
    double density = 0;
    for (Eigen::Index k = 0; k < components; ++k) {
      const double weight = k + 1 < components ? at[k] : 1 - at.head(components - 1).sum();
      const double x = row[0] - at[components + 2 * k], y = row[1] - at[components + 2 * k + 1];
      const double xx = at[3 * (components + k)], xy = at[3 * (components + k) + 1], yy = at[3 * (components + k) + 2];
      const double determinant = xx * yy - xy * xy;
      density += weight / (tau * std::sqrt(determinant)) *
                 std::exp(-(yy * x * x - 2 * xy * x * y + xx * y * y) / (2 * determinant));
    }
    sum += std::log(density);
  }
  return sum;
}

// Means at some of the rows, covariances that of them all.
PlaneMixture::Parameters eruptions_start(const std::vector<std::size_t>& rows) {
  Eigen::Vector2d mean = Eigen::Vector2d::Zero();
  Eigen::Matrix2d covariance = Eigen::Matrix2d::Zero();
  const double count = static_cast<double>(eruptions().size());
  for (const Eigen::Vector2d& row : eruptions()) mean += row / count;
  for (const Eigen::Vector2d& row : eruptions()) covariance += (row - mean) * (row - mean).transpose() / count;
  PlaneMixture::Parameters start{
      std::vector(rows.size(), 1 / static_cast<double>(rows.size())), {}, std::vector(rows.size(), covariance)};
  for (const std::size_t row : rows) start.means.push_back(eruptions()[row]);
  return start;
}

PlaneMixture::Parameters drawn_start(std::size_t components, latent::Random& random) {
  boost::random::uniform_int_distribution<std::size_t> any(0, eruptions().size() - 1);
  std::vector<std::size_t> rows;
  while (rows.size() < components) {
    const std::size_t row = any(random);  // from two equal rows EM would go to a saddle
    if (std::ranges::none_of(rows, [=](std::size_t old) { return eruptions()[old] == eruptions()[row]; })) {
      rows.push_back(row);
    }
  }
  return eruptions_start(rows);
}

Problem old_faithful(Problem problem, std::size_t components, std::uint64_t seed_to_maximum) {
  problem.formula = old_faithful_formula;
  latent::Random random = latent::random_stream(seed_to_maximum);
  return with_fits(problem, PlaneMixture{}, eruptions(), drawn_start(components, random),
                   [=](latent::Random& any) { return drawn_start(components, any); });
}

}  // namespace

std::vector<Problem> problems_of_measurements() {
  static const std::vector<NineTests::Square> correlations{nine_tests()};
  return {
      with_fits({.name = "incomplete pairs",
                 .log_likelihood = incomplete_pairs_formula(vector({8. / 3, 4. / 3, 8. / 3})),
                 .tolerance = 1e-10,
                 .parameters = vector({8. / 3, 4. / 3, 8. / 3}),
                 .parameter_tolerance = 1e-6,
                 .formula = incomplete_pairs_formula},
                IncompletePairs{}, incomplete_pairs, {Eigen::Matrix2d{{1, 0.1}, {0.1, 1}}}),
      with_fits({.name = "heavy tails",
                 .log_likelihood = heavy_tails_formula(vector({1.9975126})),
                 .tolerance = 1e-10,
                 .parameters = vector({1.997}),
                 .parameter_tolerance = 6e-4,
                 .formula = heavy_tails_formula},
                HeavyTails{}, heavy_tailed, {2.3},
                [](latent::Random& random) {
                  return HeavyTails::Parameters{boost::random::uniform_real_distribution<double>(-25, 8)(random)};
                }),
      with_fits({.name = "motorettes",
                 .log_likelihood = -12.965455147942,
                 .tolerance = 1e-10,
                 .parameters = vector({-6.019, 4.311, 0.2592}),
                 .parameter_tolerance = 6e-4,
                 .formula = motorettes_formula},
                Motorettes{}, {motorettes, motorettes_alike}, {}, 0.3),
      // Bates et al. (2015), J. Statist. Software 67(1), lme4: deviance 327.3271; the maximum has a closed form.
      with_fits({.name = "dyestuff",
                 .log_likelihood = -327.3270598811 / 2,
                 .tolerance = 1e-9,
                 .parameters = vector({1527.5, 1388 + 1. / 3, 2451.25}),
                 .parameter_tolerance = 1e-4,
                 .formula = dyestuff_formula},
                Dyestuff{}, dyestuff, {}),
      with_fits({.name = "nine tests",
                 .log_likelihood = nine_tests_height(0.0350172871),
                 .tolerance = 1e-7,
                 .parameters = vector({0.450, 0.427, 0.617, 0.212, 0.381, 0.177, 0.400, 0.462, 0.231}),
                 .parameter_tolerance = 6e-4,
                 .isolated = false,
                 .formula = nine_tests_formula},
                NineTests{}, {correlations, children_tested}, {}),
      // Benaglia et al. (2009), J. Statist. Software 32(6), mixtools, for the parameters.
      old_faithful({.name = "Old Faithful, 2",
                    .log_likelihood = -1130.263960,
                    .tolerance = 5e-7,
                    .parameters = vector({0.3558729, 0.6441271, 2.036389, 54.478517, 4.289662, 79.968115, 0.06916767,
                                          0.4351676, 33.6972821, 0.1699684, 0.9406093, 36.0462113}),
                    .parameter_tolerance = 1e-4},
                   2, 0),
      // Other maxima: -1119.213971, -1119.644655, -1127.071667.
      old_faithful({.name = "Old Faithful, 3", .log_likelihood = -1114.439873, .tolerance = 5e-7, .isolated = false}, 3,
                   11)};
}

}  // namespace golden
