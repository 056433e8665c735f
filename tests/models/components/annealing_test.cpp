#include <array>
#include <cmath>
#include <cstddef>
#include <string>

#include <Eigen/Core>
#include <doctest/doctest.h>
#include <latent/coordinates.hpp>
#include <latent/expectation.hpp>
#include <latent/fit.hpp>
#include <latent/table.hpp>

#include "support/gaussian_data.hpp"
#include "support/gaussian_families.hpp"
#include "support/tolerances.hpp"

// Mixtures with posteriors to a power, and fits that begin with them.

namespace {

using families::Index;
using families::Parameters;
using latent::StepKind;
using latent::Variant;
using latent::Verdict;

latent::Observations old_faithful() {
  static const latent::Table table = latent::read_table(LATENT_SOURCE_DIR "/examples/data/old_faithful.csv");
  return table.view();
}

gaussian_data::Rows rows() { return gaussian_data::clusters(301, 2, 3); }

template <class Family>
Parameters<Family> start(const gaussian_data::Rows& data, std::size_t components) {
  return families::from_oracle<Family>(gaussian_data::start(data, components, Family::shape));
}

// Of a normal distribution in two dimensions, by the formula.
double log_density(const Eigen::Vector2d& x, const Eigen::Vector2d& mean, const Eigen::Matrix2d& covariance) {
  const double determinant = covariance(0, 0) * covariance(1, 1) - covariance(0, 1) * covariance(1, 0);
  const Eigen::Matrix2d inverse =
      Eigen::Matrix2d{{covariance(1, 1), -covariance(0, 1)}, {-covariance(1, 0), covariance(0, 0)}} / determinant;
  constexpr double log_two_pi = 1.8378770664093454836;
  return -log_two_pi - std::log(determinant) / 2 - (x - mean).dot(inverse * (x - mean)) / 2;
}

template <class Family>
void check_tempered(double power) {
  const gaussian_data::Rows data = rows();
  const Parameters<Family> at = start<Family>(data, 3);
  const auto found = latent::expect(families::model<Family>(3).tempered(power), at, data.sample());
  Eigen::Vector3d counts = Eigen::Vector3d::Zero();
  double free_energy = 0;
  for (Index n = 0; n < data.values.rows(); ++n) {
    Eigen::Vector3d joint;
    for (Index k = 0; k < 3; ++k) {
      joint[k] = std::exp(power * (std::log(at.weights[k]) + log_density(data.values.row(n), at.components.means.row(k),
                                                                         Family::covariance(at.components, k))));
    }
    counts += joint / joint.sum();
    free_energy += std::log(joint.sum()) / power;
  }
  CAPTURE(power);
  for (Index k = 0; k < 3; ++k) CHECK(found.statistics.counts[k] == near(counts[k], tolerance::conditioned));
  CHECK(found.log_likelihood == near(free_energy, tolerance::conditioned));
}

template <class Family>
void check_ends_at_a_fixed_point(std::size_t components, std::uint64_t seed) {
  const auto model = families::model<Family>(components);
  const auto fitted = latent::fit(model, old_faithful(),
                                  {.variant = Variant::annealing, .starts = 1, .variation_rounds = 0, .seed = seed});
  CAPTURE(components);
  CAPTURE(seed);
  CAPTURE(fitted.summary.full_report());
  CHECK(fitted.summary.verdict == Verdict::converged);
  CHECK(fitted.trace.front().kind == StepKind::annealing);
  const auto more = latent::fit(model, old_faithful(), fitted.parameters, {.tolerance = 0, .max_iterations = 200});
  CHECK(more.summary.objective - fitted.summary.objective < 1e-6);
  CHECK(latent::relative_change(fitted.parameters, more.parameters) < 1e-3);
}

}  // namespace

TEST_SUITE("models/components/annealing") {
  TEST_CASE("annealing: posteriors are those to the power and the objective is the free energy") {
    for (const double power : {0.125, 0.5, 0.9, 1.}) {
      check_tempered<families::Full>(power);
      check_tempered<families::Tied>(power);
      check_tempered<families::Diagonal>(power);
      check_tempered<families::Spherical>(power);
    }
  }

  TEST_CASE("annealing: to the power of one is the model itself to the bit") {
    const gaussian_data::Rows data = rows();
    const Parameters<families::Full> at = start<families::Full>(data, 3);
    const auto model = families::model<families::Full>(3);
    const auto plain = latent::expect(model, at, data.sample()),
               one = latent::expect(model.tempered(1), at, data.sample());
    CHECK(plain.log_likelihood == one.log_likelihood);
    CHECK(latent::to_vector(plain.statistics, latent::Coordinates::natural) ==
          latent::to_vector(one.statistics, latent::Coordinates::natural));
  }

  TEST_CASE("annealing: to a small power all components have the same share of every row") {
    const gaussian_data::Rows data = rows();
    const auto found = latent::expect(families::model<families::Full>(3).tempered(1e-9), start<families::Full>(data, 3),
                                      data.sample());
    for (Index k = 0; k < 3; ++k) CHECK(found.statistics.counts[k] == near(301 / 3., tolerance::numeric));
  }

  TEST_CASE("annealing: a fit that begins with it ends where EM stands still") {
    for (std::uint64_t seed = 1; seed <= 5; ++seed) {
      for (const std::size_t components : {1, 2, 3}) {
        check_ends_at_a_fixed_point<families::Full>(components, seed);
        check_ends_at_a_fixed_point<families::Diagonal>(components, seed);
      }
    }
  }

  TEST_CASE("annealing: from several starts it finds the best two Gaussians of Old Faithful") {
    const auto fitted =
        latent::fit(families::model<families::Full>(2), old_faithful(), {.variant = Variant::annealing});
    CHECK(fitted.summary.verdict == Verdict::converged);
    CHECK(fitted.summary.log_likelihood == near(-1130.263960, 5e-10));
  }

  TEST_CASE("annealing: the trace has as many passes as asked for and then a start and then EM") {
    for (const std::size_t passes : {1, 2, 7}) {
      const auto fitted =
          latent::fit(families::model<families::Full>(2), old_faithful(),
                      {.variant = Variant::annealing, .variant_passes = passes, .starts = 1, .variation_rounds = 0});
      CAPTURE(passes);
      REQUIRE(fitted.trace.size() > passes + 1);
      for (std::size_t i = 0; i < passes; ++i) CHECK(fitted.trace[i].kind == StepKind::annealing);
      CHECK(fitted.trace[passes].kind == StepKind::start);
      CHECK(fitted.trace[passes + 1].kind == StepKind::em);
    }
  }

}  // TEST_SUITE
