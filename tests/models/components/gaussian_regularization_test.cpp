#include <latent/components/gaussian_regularization.hpp>
#include <latent/error.hpp>

#include "support/gaussian_data.hpp"
#include "support/gaussian_families.hpp"
#include "support/tolerances.hpp"

// The floor under the variances: what it does, what it leaves alone, and what it says.

namespace {

using families::Index;
using families::Model;
using gaussian_data::Rows;

// Two clusters of 100 rows and one point `copies` times, far from both.
Rows with_copies(Index copies) {
  Rows rows = gaussian_data::clusters(200, 2, 2, {.separation = 4});
  rows.values.conservativeResize(200 + copies, 2);
  for (Index i = 200; i < 200 + copies; ++i) rows.values.row(i) << 30, -40;
  return rows;
}

// A start with the third of three components on those copies.
template <class Family>
families::Parameters<Family> start_on_copies(const Rows& rows) {
  oracle::Mixture start = gaussian_data::start(rows, 3, Family::shape);
  start.means = {rows.exact().rows[0], rows.exact().rows[1], rows.exact().rows.back()};
  return families::from_oracle<Family>(start);
}

template <class Call>
std::string message_of(const Call& call) {
  try {
    call();
  } catch (const latent::Error& error) {
    return error.what();
  }
  return "no error";
}

}  // namespace

TEST_SUITE("models/components/gaussian_regularization") {
  TEST_CASE("GaussianRegularization: refuses a floor below 0 or from 1 on") {
    CHECK_NOTHROW(latent::GaussianRegularization{.floor = 0}.validate());
    for (const double floor : {-1e-9, 1.0, static_cast<double>(INFINITY), static_cast<double>(NAN)}) {
      CHECK_THROWS_AS(latent::GaussianRegularization{.floor = floor}.validate(), latent::OptionError);
    }
  }

  TEST_CASE("lift_eigenvalues: lifts what is below the floor and leaves the rest") {
    const Eigen::Vector2d variances(1e4, 1e-4);
    Eigen::Matrix2d covariance;
    covariance << 1e4, 1, 1, 1e-4;  // correlation 1: relative eigenvalues 2 and 0
    const latent::Floored floored = latent::lift_eigenvalues(covariance, variances, 0.5);
    CHECK(floored.acted);
    Eigen::Matrix2d expected;  // relative to the variances: (2 + 0.5) / 2 and (2 - 0.5) / 2
    expected << 1.25e4, 0.75, 0.75, 1.25e-4;
    CHECK(floored.covariance(0, 0) == near(expected(0, 0), tolerance::rounding));
    CHECK(floored.covariance(0, 1) == near(expected(0, 1), tolerance::rounding));
    CHECK(floored.covariance(1, 1) == near(expected(1, 1), tolerance::rounding));
    CHECK(floored.covariance(0, 1) == floored.covariance(1, 0));
    CHECK(!latent::lift_eigenvalues(expected, variances, 0.25).acted);
    CHECK(latent::lift_eigenvalues(expected, variances, 0.25).covariance == expected);
  }

  TEST_CASE_TEMPLATE("GaussianMixture: a floor that does not act changes no bit", Family, LATENT_GAUSSIANS) {
    const Rows rows = gaussian_data::clusters(300, 3, 3);
    Model<Family> model = families::model<Family>(3);
    const latent::FitOptions options{.max_iterations = 30, .starts = 3};
    const auto held = latent::fit(model, rows.sample(), options);
    model.bank.regularization.floor = 0;
    const auto free = latent::fit(model, rows.sample(), options);
    CHECK(held.summary.warnings.empty());
    CHECK(held.summary.objective == free.summary.objective);
    CHECK(held.parameters.components.means == free.parameters.components.means);
    CHECK(Family::covariance(held.parameters.components, 2) == Family::covariance(free.parameters.components, 2));
  }

  TEST_CASE_TEMPLATE("GaussianMixture: the floor is relative to the data whatever their unit", Family,
                     LATENT_GAUSSIANS) {
    const Rows rows = with_copies(20);
    Model<Family> model = families::model<Family>(3);
    model.bank.regularization.floor = 1e-4;
    const latent::FitOptions options{.tolerance = 0, .max_iterations = 20};
    const auto plain = latent::fit(model, rows.sample(), start_on_copies<Family>(rows), options);
    for (const double scale : {1e-4, 1e4}) {
      Rows scaled = rows;
      scaled.values *= scale;
      const auto other = latent::fit(model, scaled.sample(), start_on_copies<Family>(scaled), options);
      CHECK(other.parameters.weights.isApprox(plain.parameters.weights, tolerance::conditioned));
      CHECK(other.parameters.components.means.isApprox(scale * plain.parameters.components.means,
                                                       tolerance::conditioned));
      for (Index k = 0; k < 3; ++k) {
        CHECK(
            Family::covariance(other.parameters.components, k)
                .isApprox(scale * scale * Family::covariance(plain.parameters.components, k), tolerance::conditioned));
      }
      CHECK(other.summary.warnings.size() == plain.summary.warnings.size());
    }
  }

  TEST_CASE_TEMPLATE("GaussianMixture: a component on copies of one row is named with when and on how many", Family,
                     families::Full, families::Diagonal, families::Spherical) {
    const Rows rows = with_copies(20);
    const auto fitted =
        latent::fit(families::model<Family>(3), rows.sample(), start_on_copies<Family>(rows), {.max_iterations = 40});
    REQUIRE(fitted.summary.warnings.size() == 1);
    const latent::Warning& warning = fitted.summary.warnings[0];
    CHECK(warning.note.kind == "regularized");
    CHECK(warning.note.component == 2);
    CHECK(warning.note.degenerate);
    CHECK(warning.first_iteration > 0);
    CHECK(warning.last_iteration == fitted.summary.iterations);
    CHECK(warning.note.message ==
          "has no spread in some direction, on 20 observations; its variance was held at 1e-10 times that of the data");
    CHECK(latent::text_of(warning).substr(0, 12) == "component 3:");
    CHECK(fitted.summary.degenerate());
    CHECK(fitted.parameters.components.means.row(2).isApprox(Eigen::RowVector2d(30, -40), tolerance::rounding));
    const double floor = 1e-10 * static_cast<double>(rows.variances()[0]);
    if (Family::shape != oracle::Shape::spherical) {
      CHECK(Family::covariance(fitted.parameters.components, 2)(0, 0) == near(floor, tolerance::numeric));
    }
  }

  TEST_CASE("GaussianMixture: a component on one row has collapsed") {
    const Rows rows = with_copies(1);
    const auto fitted = latent::fit(families::model<families::Full>(3), rows.sample(),
                                    start_on_copies<families::Full>(rows), {.max_iterations = 40});
    REQUIRE(!fitted.summary.warnings.empty());
    const latent::Note& note = fitted.summary.warnings.back().note;
    CHECK(note.kind == "collapsed");
    CHECK(note.component == 2);
    CHECK(note.message == "collapsed onto 1 observation; its variance was held at 1e-10 times that of the data");
  }

  TEST_CASE_TEMPLATE("GaussianMixture: without regularisation a collapse ends the fit and is named", Family,
                     families::Full, families::Diagonal, families::Spherical) {
    const Rows rows = with_copies(20);
    Model<Family> model = families::model<Family>(3);
    model.bank.regularization.floor = 0;
    const auto fitted = latent::fit(model, rows.sample(), start_on_copies<Family>(rows), {});
    CHECK(fitted.summary.verdict == latent::Verdict::degenerate);
    CAPTURE(fitted.summary.message);
    CHECK(fitted.summary.message.find(": component 3 has collapsed onto 20 observations: its covariance is singular") !=
          std::string::npos);
    CHECK(std::isfinite(fitted.summary.objective));
    CHECK(fitted.summary.objective == fitted.trace.back().objective);
  }

  TEST_CASE("TiedGaussians: without regularisation a singular common covariance ends the fit and is named") {
    Rows rows = gaussian_data::clusters(50, 2, 2);
    rows.values.col(1) = 3 * rows.values.col(0);
    Model<families::Tied> model = families::model<families::Tied>(2);
    model.bank.regularization.floor = 0;
    const auto fitted =
        latent::fit(model, rows.sample(),
                    families::from_oracle<families::Tied>(gaussian_data::start(rows, 2, oracle::Shape::tied)));
    CHECK(fitted.summary.verdict == latent::Verdict::degenerate);
    CAPTURE(fitted.summary.message);
    CHECK(fitted.summary.message.find(": the common covariance has collapsed onto 50 observations") !=
          std::string::npos);
  }

  TEST_CASE_TEMPLATE("GaussianMixture: a constant column is named", Family, families::Full, families::Tied,
                     families::Diagonal) {
    Rows rows = gaussian_data::clusters(100, 3, 2);
    rows.values.col(1).setConstant(0.1);
    const std::string expected = "column 2 is constant, it tells components apart in nothing: leave it out";
    const auto model = families::model<Family>(2);
    CHECK(message_of([&] { latent::fit(model, rows.sample(), {.starts = 3}); }) == expected);
    // From a start that is far from it too, where the sums about the start's means have nothing but rounding to say.
    oracle::Mixture start = gaussian_data::start(rows, 2, Family::shape);
    for (std::size_t k = 0; k < 2; ++k) {
      start.means[k][1] = 7.3;
      start.covariances[k][1][1] = 100;
    }
    const auto fitted = latent::fit(model, rows.sample(), families::from_oracle<Family>(start));
    CHECK(fitted.summary.verdict == latent::Verdict::degenerate);
    CHECK(fitted.summary.message.find("column 2 is constant") != std::string::npos);
  }

  TEST_CASE("SphericalGaussians: rows that are all the same are named") {
    Rows rows = gaussian_data::clusters(100, 3, 2);
    rows.values.rowwise() = Eigen::RowVector3d(1, 2, 3);
    CHECK(message_of([&] { latent::fit(families::model<families::Spherical>(2), rows.sample(), {.starts = 3}); }) ==
          "all rows are the same: there is nothing to tell components apart");
  }

  TEST_CASE_TEMPLATE("GaussianMixture: a component that has lost its observations is named", Family, LATENT_GAUSSIANS) {
    const Rows rows = gaussian_data::clusters(200, 2, 2);
    oracle::Mixture start = gaussian_data::start(rows, 3, Family::shape);
    start.means[1] = {1e6, 1e6};
    const auto fitted = latent::fit(families::model<Family>(3), rows.sample(), families::from_oracle<Family>(start),
                                    {.max_iterations = 20});
    REQUIRE(!fitted.summary.warnings.empty());
    const latent::Note& note = fitted.summary.warnings[0].note;
    CHECK(note.kind == "empty");
    CHECK(note.component == 1);
    CHECK(note.message == "has lost all its observations; its weight is 0");
    CHECK(fitted.summary.degenerate());
    CHECK(fitted.parameters.weights[1] == 0);
    CHECK(std::isfinite(fitted.summary.objective));
  }

  TEST_CASE("GaussianMixture: among starts a proper optimum is preferred to a collapsed one of higher likelihood") {
    Rows rows = with_copies(10);
    for (Index i = 200; i < 210; ++i) rows.values.row(i) << 1, -1;
    const auto model = families::model<families::Full>(3);
    const auto fitted = latent::fit(model, rows.sample(), {.starts = 20, .continued = 20, .variation_rounds = 0});
    bool collapsed_above = false;
    for (const latent::StartReport& start : fitted.summary.starts) {
      collapsed_above |= start.degenerate && start.objective > fitted.summary.objective;
    }
    CHECK(collapsed_above);
    CHECK(!fitted.summary.degenerate());
  }
}
