#include <cmath>

#include <doctest/doctest.h>
#include <latent/certify.hpp>
#include <latent/fit.hpp>

#include "golden/blood_groups.hpp"
#include "golden/incomplete_pairs.hpp"
#include "golden/linkage.hpp"
#include "golden/poisson_mixture.hpp"
#include "support/tolerances.hpp"

// What kind of point a fit ended at, where it is known.

namespace golden {
namespace {

using latent::Certificate;
using latent::PointKind;

template <class Model>
Certificate certificate_of(const Model& model, const latent::Sample<latent::DataOf<Model>>& sample,
                           const typename Model::Parameters& start = {}, const latent::FitOptions& options = {}) {
  const auto fitted = latent::fit(model, sample, start, options);
  return latent::certify(model, sample, fitted.parameters);
}

const latent::Sample<std::span<const int>>& deaths() {
  static const latent::Sample<std::span<const int>> sample{deaths_a_day, days};
  return sample;
}

// Two Poisson distributions, of which the M-step takes one mean from the other's sums now and then: fixed points of its
// map are no maxima.
struct ShrunkMeans : PoissonMixture {
  Parameters maximization(const Statistics& sums, const Parameters& at) const {
    Parameters next = PoissonMixture::maximization(sums, at);
    next.means[0] *= 0.99;
    return next;
  }
};

// Two parameters of which only the product matters.
struct Redundant {
  struct Parameters {
    double a = 0.5, b = 0.7;
    static constexpr auto fields() {
      return latent::fields(latent::field("a", &Parameters::a, latent::positive),
                            latent::field("b", &Parameters::b, latent::positive));
    }
  };
  struct Statistics {
    double count = 0, sum = 0;
    static constexpr auto fields() {
      return latent::fields(latent::field("count", &Statistics::count), latent::field("sum", &Statistics::sum));
    }
  };
  using Observation = int;
  double expectation(const Parameters& at, std::span<const int> counts, Statistics& sums) const {
    double log_likelihood = 0;
    for (const int x : counts) {
      sums.count += 1;
      sums.sum += x;
      log_likelihood += std::log(PoissonMixture::density(x, at.a * at.b));
    }
    return log_likelihood;
  }
  Parameters maximization(const Statistics& sums, const Parameters& at) const {
    return {sums.sum / sums.count / at.b, at.b};
  }
};

TEST_SUITE("golden") {
  TEST_CASE("certify: a maximum, with the published rate of EM") {
    const Certificate certificate = certificate_of(Linkage{}, linkage_families);
    CAPTURE(certificate.message);
    CHECK(certificate.kind == PointKind::interior_maximum);
    REQUIRE(certificate.rates.size() == 1);
    CHECK(std::abs(certificate.rates.front() - linkage_rate) < 1e-5);
    CHECK(certificate.largest_score < 1e-3);
  }

  TEST_CASE("certify: a maximum that EM reaches slowly has its missing information") {
    const Certificate certificate = certificate_of(PoissonMixture{}, deaths());
    CAPTURE(certificate.message);
    CHECK(certificate.kind == PointKind::interior_maximum);
    REQUIRE(certificate.rates.size() == 3);
    CHECK(certificate.rates.front() == near(0.9957, 1e-3));
    CHECK(certificate.curvature > 0);
  }

  TEST_CASE("certify: a saddle where EM stands still") {
    IncompletePairs::Parameters start;
    start.covariance << 2.5, 0, 0, 2.5;
    const Certificate certificate = certificate_of(IncompletePairs{}, incomplete_pairs, start);
    CAPTURE(certificate.message);
    CHECK(certificate.kind == PointKind::saddle);
    CHECK(certificate.rates.front() > 1);
    CHECK(certificate.curvature < 0);
  }

  TEST_CASE("certify: a ridge where the data do not determine the parameters") {
    const Certificate certificate = certificate_of(Redundant{}, deaths());
    CAPTURE(certificate.message);
    CHECK(certificate.kind == PointKind::flat_ridge);
  }

  TEST_CASE("certify: a maximum at the edge") {
    // Nobody has the gene B.
    const std::array<double, 4> without_b{182, 0, 0, 176};
    const Certificate certificate = certificate_of(BloodGroups{}, {blood_groups, without_b});
    CAPTURE(certificate.message);
    CHECK(certificate.at_boundary == std::vector<std::string>{"genes"});
    CHECK(certificate.kind == PointKind::boundary_maximum);
  }

  TEST_CASE("certify: a fit that was stopped early has stalled") {
    const Certificate certificate = certificate_of(PoissonMixture{}, deaths(), {},
                                                   {.acceleration = latent::Acceleration::none, .max_iterations = 5});
    CAPTURE(certificate.message);
    CHECK(certificate.kind == PointKind::stalled);
    CHECK(certificate.em_gain > 1e-3);
  }

  TEST_CASE("certify: an M-step that does not belong to the objective is seen where it stands still") {
    const ShrunkMeans wrong;
    ShrunkMeans::Parameters at;  // run the map itself: the driver would see the objective fall
    for (int i = 0; i < 20000; ++i) at = wrong.maximization(latent::expect(wrong, at, deaths()).statistics, at);
    const Certificate certificate = latent::certify(wrong, deaths(), at);
    CAPTURE(certificate.message);
    CHECK(certificate.kind == PointKind::disagreement);
    CHECK(certificate.largest_score > 0.1);
  }
}  // TEST_SUITE

}  // namespace
}  // namespace golden
