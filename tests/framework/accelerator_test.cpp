#include <algorithm>
#include <cmath>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <Eigen/Core>
#include <Eigen/QR>
#include <boost/random/normal_distribution.hpp>
#include <doctest/doctest.h>
#include <latent/accelerator.hpp>
#include <latent/error.hpp>
#include <latent/random.hpp>

#include "support/tolerances.hpp"

using latent::Acceleration;
using latent::Accelerator;

namespace {

constexpr Acceleration all[] = {Acceleration::none, Acceleration::squarem, Acceleration::anderson, Acceleration::acx,
                                Acceleration::automatic};
constexpr Acceleration accelerators[] = {Acceleration::squarem, Acceleration::anderson, Acceleration::acx,
                                         Acceleration::automatic};

Eigen::VectorXd numbers(const std::vector<double>& all) {
  return Eigen::Map<const Eigen::VectorXd>(all.data(), static_cast<Eigen::Index>(all.size()));
}

// What EM is near a point where it stands still: the complete-data log-likelihood has curvature -I and the map the
// derivative A there, so that the objective is -e^T (I - A) e / 2, e the distance from the point. All that in other
// units: coordinate i is units[i] times what it would be.
struct LinearEm {
  Eigen::MatrixXd a;
  Eigen::VectorXd fixed_point, units;

  Eigen::VectorXd distance(const Eigen::VectorXd& x) const { return x.cwiseQuotient(units) - fixed_point; }
  Eigen::VectorXd point(const Eigen::VectorXd& distance) const { return (fixed_point + distance).cwiseProduct(units); }
  Eigen::VectorXd image(const Eigen::VectorXd& x) const { return point(a * distance(x)); }
  double objective(const Eigen::VectorXd& x) const {
    const Eigen::VectorXd e = distance(x);
    return -e.dot(e - a * e) / 2;
  }
};

Eigen::MatrixXd rotation(Eigen::Index size, std::uint64_t seed) {
  latent::Random random = latent::random_stream(seed);
  boost::random::normal_distribution<double> normal;
  const Eigen::MatrixXd any = Eigen::MatrixXd::NullaryExpr(size, size, [&] { return normal(random); });
  return Eigen::HouseholderQR<Eigen::MatrixXd>(any).householderQ();
}

// With those eigenvalues, in directions of no importance.
LinearEm linear_em(const Eigen::VectorXd& eigenvalues, std::uint64_t seed = 1) {
  const Eigen::Index size = eigenvalues.size();
  const Eigen::MatrixXd q = rotation(size, seed);
  return {q * eigenvalues.asDiagonal() * q.transpose(), Eigen::VectorXd::LinSpaced(size, 0.5, 2),
          Eigen::VectorXd::Ones(size)};
}

struct Run {
  std::size_t passes = 0, kept = 0, refused = 0;
  Eigen::VectorXd end;
};

// The loop of a fit: goes to a proposal unless the objective falls. `done(distance)` ends it.
template <class Done>
Run run(Accelerator* accelerator, const LinearEm& em, const Eigen::VectorXd& start, const Done& done) {
  constexpr std::size_t most = 20000;
  Run run;
  run.end = start;
  while (run.passes < most && !done(em.distance(run.end))) {
    const Eigen::VectorXd image = em.image(run.end);
    const double objective = em.objective(run.end);
    if (accelerator && accelerator->awake(objective)) {
      accelerator->learn({run.end, image, objective});
      if (const std::optional<Eigen::VectorXd> proposal = accelerator->propose()) {
        ++run.passes;
        if (em.objective(*proposal) >= objective) {
          ++run.kept;
          run.end = *proposal;
          continue;
        }
        ++run.refused;
        accelerator->refused();
      }
    }
    ++run.passes;
    run.end = image;
  }
  return run;
}

// To a millionth of the distance from the start.
Run run_to_the_end(Accelerator* accelerator, const LinearEm& em, const Eigen::VectorXd& start) {
  const double enough = 1e-6 * em.distance(start).norm();
  return run(accelerator, em, start, [&](const Eigen::VectorXd& distance) { return distance.norm() < enough; });
}

// How much longer than EM's step the first proposal from here on is, on the path of EM from `at`, which is moved.
double next_stretch(Accelerator& accelerator, const LinearEm& em, Eigen::VectorXd& at) {
  for (int i = 0; i < 100; ++i) {
    const Eigen::VectorXd image = em.image(at);
    if (accelerator.awake(em.objective(at))) {
      accelerator.learn({at, image, em.objective(at)});
      if (const std::optional<Eigen::VectorXd> proposal = accelerator.propose()) {
        return (*proposal - at).norm() / (image - at).norm();
      }
    }
    at = image;
  }
  FAIL("there is no proposal");
  return 0;
}

}  // namespace

TEST_SUITE("framework/accelerator") {
  TEST_CASE("accelerator: names are read back and another is refused with all there are") {
    for (const Acceleration each : all) CHECK(latent::acceleration(latent::name_of(each)) == each);
    CHECK(std::string(latent::name_of(Acceleration::automatic)) == "auto");
    CHECK_THROWS_WITH_AS(latent::acceleration("SQUAREM"),
                         "acceleration is 'SQUAREM', it must be auto, none, squarem, anderson or acx",
                         latent::OptionError);
  }

  TEST_CASE("accelerator: there is one for every acceleration but none") {
    for (const Acceleration each : all) {
      CHECK((latent::make_accelerator(each) == nullptr) == (each == Acceleration::none));
    }
  }

  TEST_CASE("accelerator: each reaches the fixed point of a linear map in a fifth of the passes of the map") {
    for (const Eigen::VectorXd& eigenvalues :
         {numbers({0.3, 0.9, 0.99}), numbers({0.1, 0.995}), numbers({0.05, 0.5, 0.9, 0.998})}) {
      for (std::uint64_t seed = 1; seed <= 5; ++seed) {
        const LinearEm em = linear_em(eigenvalues, seed);
        const Eigen::VectorXd start = em.point(Eigen::VectorXd::Ones(eigenvalues.size()));
        const Run plain = run_to_the_end(nullptr, em, start);
        for (const Acceleration each : accelerators) {
          CAPTURE(std::string(latent::name_of(each)));
          CAPTURE(eigenvalues.transpose());
          CAPTURE(seed);
          const std::unique_ptr<Accelerator> accelerator = latent::make_accelerator(each);
          const Run fast = run_to_the_end(accelerator.get(), em, start);
          CHECK(fast.kept > 0);
          CHECK(5 * fast.passes < plain.passes);
          CHECK(em.distance(fast.end).norm() < 1e-6 * em.distance(start).norm());
        }
      }
    }
  }

  TEST_CASE("accelerator: the rate seen is the largest eigenvalue") {
    for (std::uint64_t seed = 1; seed <= 5; ++seed) {
      const LinearEm em = linear_em(numbers({0.3, 0.9, 0.99}), seed);
      const Eigen::VectorXd start = em.point(Eigen::VectorXd::Ones(3));
      const std::unique_ptr<Accelerator> accelerator = latent::make_accelerator(Acceleration::automatic);
      CHECK(std::isnan(accelerator->rate()));
      run_to_the_end(accelerator.get(), em, start);
      CHECK(std::abs(accelerator->rate() - 0.99) < 1e-3);
    }
  }

  TEST_CASE("accelerator: the rate of a map in one dimension is seen by each") {
    for (const Acceleration each : accelerators) {
      CAPTURE(std::string(latent::name_of(each)));
      const LinearEm em = linear_em(Eigen::VectorXd::Constant(1, 0.97));
      const std::unique_ptr<Accelerator> accelerator = latent::make_accelerator(each);
      run_to_the_end(accelerator.get(), em, em.point(Eigen::VectorXd::Ones(1)));
      CHECK(accelerator->rate() == near(0.97, tolerance::numeric));
    }
  }

  // Along the last direction EM leaves the point; the first one dies away.
  TEST_CASE("accelerator: near a saddle automatic goes where EM goes, and sooner") {
    for (const double side : {-1., 1.}) {
      for (const double leaving : {1.01, 1.05}) {
        LinearEm em = linear_em(numbers({0.5, leaving}));
        em.a = numbers({0.5, leaving}).asDiagonal();
        const Eigen::VectorXd start = em.point(numbers({1, side * 1e-6}));
        const auto far = [](const Eigen::VectorXd& distance) { return std::abs(distance[1]) > 1; };
        const Run plain = run(nullptr, em, start, far);
        const std::unique_ptr<Accelerator> accelerator = latent::make_accelerator(Acceleration::automatic);
        double before = 0;
        bool away = true;
        const Run fast = run(accelerator.get(), em, start, [&](const Eigen::VectorXd& distance) {
          away = away && distance[1] * side > before;
          before = distance[1] * side;
          return far(distance);
        });
        CAPTURE(side);
        CAPTURE(leaving);
        CHECK(away);
        CHECK(accelerator->rate() > 1);
        CHECK(em.distance(fast.end)[1] * side > 1);
        CHECK(2 * fast.passes < plain.passes);
      }
    }
  }

  TEST_CASE("accelerator: what was refused is tried shorter") {
    const LinearEm em = linear_em(Eigen::VectorXd::Constant(1, 0.9999));
    for (const Acceleration each : {Acceleration::squarem, Acceleration::anderson, Acceleration::automatic}) {
      CAPTURE(std::string(latent::name_of(each)));
      const std::unique_ptr<Accelerator> accelerator = latent::make_accelerator(each);
      Eigen::VectorXd at = em.point(Eigen::VectorXd::Ones(1));
      for (int kept = 0; kept < 4; ++kept) {
        next_stretch(*accelerator, em, at);
        at = em.image(at);
      }
      const double stretch = next_stretch(*accelerator, em, at);
      accelerator->refused();
      at = em.image(at);
      CHECK(next_stretch(*accelerator, em, at) < stretch);
    }
  }

  TEST_CASE("accelerator: how soon automatic is there does not depend on the units of the parameters") {
    // A coordinate that moves less than a millionth of what another does is taken to move that.
    for (const double unit : {1e-6, 1e-4, 1e-2, 1e2, 1e4, 1e6}) {
      for (std::uint64_t seed = 1; seed <= 5; ++seed) {
        LinearEm em = linear_em(numbers({0.3, 0.9, 0.99}), seed);
        const auto passes = [&] {
          const std::unique_ptr<Accelerator> accelerator = latent::make_accelerator(Acceleration::automatic);
          return run_to_the_end(accelerator.get(), em, em.point(Eigen::VectorXd::Ones(3))).passes;
        };
        const std::size_t expected = passes();
        em.units[1] = unit;
        const std::size_t scaled = passes();
        CAPTURE(unit);
        CAPTURE(seed);
        CHECK(std::max(scaled, expected) - std::min(scaled, expected) <= (unit < 1e-5 ? 5 : 2));
      }
    }
  }

  TEST_CASE("accelerator: at the fixed point itself nothing is proposed that is not finite") {
    const LinearEm em = linear_em(numbers({0.3, 0.9, 0.99}));
    for (const Acceleration each : accelerators) {
      CAPTURE(std::string(latent::name_of(each)));
      const std::unique_ptr<Accelerator> accelerator = latent::make_accelerator(each);
      const Eigen::VectorXd here = em.point(Eigen::VectorXd::Zero(3));
      for (int i = 0; i < 30; ++i) {
        if (!accelerator->awake(0)) continue;
        accelerator->learn({here, here, 0});
        if (const std::optional<Eigen::VectorXd> proposal = accelerator->propose()) CHECK(proposal->allFinite());
      }
    }
  }

}  // TEST_SUITE
