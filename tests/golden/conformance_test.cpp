#include <doctest/doctest.h>
#include <latent/conformance.hpp>

#include "golden/blood_groups.hpp"
#include "golden/dyestuff.hpp"
#include "golden/heavy_tails.hpp"
#include "golden/incomplete_pairs.hpp"
#include "golden/linkage.hpp"
#include "golden/motorettes.hpp"
#include "golden/poisson_mixture.hpp"
#include "golden/widows.hpp"

// The models of the literature pass the conformance kit, with the data that were published: few observations, many
// alike, weights, one start.

TEST_SUITE("golden/conformance") {
  template <class Model>
  void check(const Model& model, const latent::Sample<latent::DataOf<Model>>& sample) {
    for (const std::uint64_t seed : {1, 2, 3}) {
      const latent::Conformance found = latent::check_conformance(model, sample, {.seed = seed});
      INFO(found.report());
      CHECK(found.passed());
      for (const latent::ConformanceCheck& each : found.checks) {
        if (each.name == "fixed point") CHECK(each.finding == latent::Finding::passed);
      }
    }
  }

  TEST_CASE("conformance: counts") {
    using namespace golden;
    check(Linkage{}, linkage_families);
    check(PoissonMixture{}, {deaths_a_day, days});
    check(BloodGroups{}, {blood_groups, people});
    check(Widows{}, {children, widows});
  }

  TEST_CASE("conformance: measurements") {
    using namespace golden;
    check(HeavyTails{}, heavy_tailed);
    check(Motorettes{}, {motorettes, motorettes_alike});
    check(Dyestuff{}, dyestuff);
  }

  // Parameters{} is a saddle between two maxima.
  TEST_CASE("conformance: incomplete pairs") {
    using namespace golden;
    check(IncompletePairs{}, incomplete_pairs);
  }
}
