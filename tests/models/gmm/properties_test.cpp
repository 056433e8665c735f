#include <latent/components/column_moments.hpp>
#include <latent/stopping.hpp>
#include <oneapi/tbb/global_control.h>

#include "support/gaussian_data.hpp"
#include "support/gaussian_families.hpp"
#include "support/tolerances.hpp"

// What is true of every EM fit of a mixture of Gaussians, whatever the data.

namespace {

using families::Index;
using families::Model;
using families::Parameters;
using gaussian_data::Rows;

constexpr double same_fit = 1e-10;  // two ways to the same sums, some iterations later
constexpr double fall = 1e-12;      // relative to |objective| + n
// With covariances at a floor of 1e-10, of which a double holds six digits.
constexpr double fall_at_the_edge = 5e-6;

// The largest fall of the objective in a trace, relative to |objective| + n.
double largest_fall(const latent::Trace& trace, double total_weight) {
  double largest = 0;
  for (const latent::Iteration& at : trace) {
    if (at.iteration == 0) continue;
    largest = std::max(largest, -at.change / (std::abs(at.objective) + total_weight));
  }
  return largest;
}

template <class Family>
latent::GaussianPrior default_prior(const Rows& rows, std::size_t components) {
  const auto [mean, covariance] = latent::mean_and_covariance(rows.observations(), rows.weights);
  return latent::GaussianPrior::for_data(mean, covariance, components);
}

// Runs from several starts of both kinds, with and without a prior; none may fall, or end without a number.
template <class Family>
void check_never_falls(const std::string& name, const Rows& rows, std::size_t components) {
  CAPTURE(name);
  Model<Family> model = families::model<Family>(components);
  for (const bool prior : {false, true}) {
    if (prior) model.bank.prior = default_prior<Family>(rows, components);
    for (const latent::MixtureStart start :
         {latent::MixtureStart::kmeans_plus_plus, latent::MixtureStart::random, latent::MixtureStart::random_points}) {
      model.start = start;
      for (std::uint64_t seed = 1; seed <= 4; ++seed) {
        CAPTURE(prior);
        CAPTURE(std::string(latent::name_of(start)));
        CAPTURE(seed);
        const auto fitted =
            latent::fit(model, rows.sample(), {.tolerance = 0, .max_iterations = 60, .starts = 1, .seed = seed});
        CHECK(fitted.summary.verdict == latent::Verdict::iteration_limit);
        const bool edge = !fitted.summary.warnings.empty();
        CHECK(largest_fall(fitted.trace, fitted.summary.total_weight) < (edge ? fall_at_the_edge : fall));
        CHECK(std::isfinite(fitted.summary.objective));
      }
    }
  }
}

// Every row `times` times, one after the other.
Rows repeated(const Rows& rows, Index times) {
  Rows result{latent::RowMajorMatrix(times * rows.values.rows(), rows.values.cols()), {}, {}, {}};
  for (Index i = 0; i < result.values.rows(); ++i) result.values.row(i) = rows.values.row(i / times);
  return result;
}

template <class Family>
void check_same_bits(const latent::Fitted<Model<Family>>& a, const latent::Fitted<Model<Family>>& b) {
  CHECK(a.summary.objective == b.summary.objective);
  CHECK(a.summary.iterations == b.summary.iterations);
  CHECK(a.parameters.weights == b.parameters.weights);
  CHECK(a.parameters.components.means == b.parameters.components.means);
  for (Index k = 0; k < a.parameters.weights.size(); ++k) {
    CHECK(Family::covariance(a.parameters.components, k) == Family::covariance(b.parameters.components, k));
  }
}

template <class Family>
void check_near(const Parameters<Family>& a, const Parameters<Family>& b) {
  CHECK(a.weights.isApprox(b.weights, same_fit));
  CHECK(a.components.means.isApprox(b.components.means, same_fit));
  for (Index k = 0; k < a.weights.size(); ++k) {
    CHECK(Family::covariance(a.components, k).isApprox(Family::covariance(b.components, k), same_fit));
  }
}

// How much less than the M-step's own parameters others near them expect of the complete data, at least.
template <class Family>
double least_loss(const Rows& rows, const oracle::Mixture& from, const oracle::Mixture& to,
                  const oracle::Prior* prior) {
  const oracle::Sample sample = rows.exact();
  const oracle::Matrix responsibilities = oracle::expect(from, sample).responsibilities;
  const auto expected = [&](const oracle::Mixture& at) {
    return oracle::expected_complete(at, sample, responsibilities) + (prior ? oracle::log_prior(at, *prior) : 0);
  };
  const oracle::Long best = expected(to);
  std::mt19937_64 engine(3);
  oracle::Long least = std::numeric_limits<oracle::Long>::infinity();
  for (const oracle::Long size : {1e-4L, 1e-2L}) {
    for (int turn = 0; turn < 20; ++turn) least = std::min(least, best - expected(oracle::disturbed(to, size, engine)));
  }
  return static_cast<double>(least);
}

}  // namespace

TEST_SUITE("models/gmm/properties") {
  TEST_CASE_TEMPLATE("GaussianMixture: the objective never falls on ordinary data", Family, LATENT_GAUSSIANS) {
    check_never_falls<Family>("overlapping", gaussian_data::clusters(300, 3, 4, {.separation = 1.5}), 4);
    check_never_falls<Family>("weighted", gaussian_data::clusters(300, 2, 3, {.weighted = true}), 3);
    check_never_falls<Family>("shifted", gaussian_data::clusters(300, 2, 3, {.shift = 1e6}), 3);
  }

  TEST_CASE_TEMPLATE("GaussianMixture: the objective never falls on nearly degenerate data", Family, LATENT_GAUSSIANS) {
    check_never_falls<Family>("duplicated rows", repeated(gaussian_data::clusters(12, 2, 3), 10), 5);
    check_never_falls<Family>("more columns than rows", gaussian_data::clusters(6, 8, 2), 2);
    check_never_falls<Family>("as many components as rows", gaussian_data::clusters(5, 2, 2), 5);
    for (const double closeness : {0.0, 1e-9, 1e-6}) {
      Rows line = gaussian_data::clusters(200, 3, 2);
      line.values.col(2) = 2 * line.values.col(0) + closeness * line.values.col(2);
      check_never_falls<Family>("column 3 is " + std::to_string(closeness) + " from twice column 1", line, 3);
    }
  }

  TEST_CASE_TEMPLATE("GaussianMixture: the objective never falls with narrow clusters far apart", Family,
                     LATENT_GAUSSIANS) {
    for (const double separation : {1e3, 1e5}) {
      check_never_falls<Family>("separation " + std::to_string(separation),
                                gaussian_data::clusters(240, 2, 4, {.separation = separation}), 4);
    }
  }

  TEST_CASE_TEMPLATE("GaussianMixture: a relabelled start gives the relabelled fit", Family, LATENT_GAUSSIANS) {
    const Rows rows = gaussian_data::clusters(400, 3, 3);
    const oracle::Mixture start = gaussian_data::start(rows, 3, Family::shape);
    oracle::Mixture relabelled = start;
    const std::vector<std::size_t> label{2, 0, 1};
    for (std::size_t k = 0; k < 3; ++k) {
      relabelled.weights[label[k]] = start.weights[k];
      relabelled.means[label[k]] = start.means[k];
      relabelled.covariances[label[k]] = start.covariances[k];
    }
    const latent::FitOptions options{.tolerance = 0, .max_iterations = 25};
    const auto model = families::model<Family>(3);
    const auto fitted = latent::fit(model, rows.sample(), families::from_oracle<Family>(start), options);
    const auto other = latent::fit(model, rows.sample(), families::from_oracle<Family>(relabelled), options);
    CHECK(other.summary.log_likelihood == near(fitted.summary.log_likelihood, same_fit));
    Parameters<Family> back = other.parameters;
    oracle::Mixture turned = families::to_oracle<Family>(other.parameters);
    for (std::size_t k = 0; k < 3; ++k) {
      back.weights[static_cast<Index>(k)] = other.parameters.weights[static_cast<Index>(label[k])];
      turned.means[k] = families::to_oracle<Family>(other.parameters).means[label[k]];
      turned.covariances[k] = families::to_oracle<Family>(other.parameters).covariances[label[k]];
    }
    back.components = families::from_oracle<Family>(turned).components;
    check_near<Family>(back, fitted.parameters);
  }

  TEST_CASE_TEMPLATE("GaussianMixture: a row of weight 2 is two rows and one of weight 0 is none", Family,
                     LATENT_GAUSSIANS) {
    Rows rows = gaussian_data::clusters(300, 2, 3);
    Rows plain{rows.values, {}, {}, {}};
    Index count = 0;
    plain.values.resize(600, 2);
    for (Index i = 0; i < 300; ++i) {
      rows.weights.push_back(static_cast<double>(i % 3));
      for (Index copy = 0; copy < i % 3; ++copy) plain.values.row(count++) = rows.values.row(i);
    }
    plain.values.conservativeResize(count, 2);
    const auto start = families::from_oracle<Family>(gaussian_data::start(plain, 3, Family::shape));
    const latent::FitOptions options{.tolerance = 0, .max_iterations = 25};
    const auto weighted = latent::fit(families::model<Family>(3), rows.sample(), start, options);
    const auto repeated = latent::fit(families::model<Family>(3), plain.sample(), start, options);
    CHECK(weighted.summary.log_likelihood == near(repeated.summary.log_likelihood, same_fit));
    CHECK(weighted.summary.total_weight == static_cast<double>(count));
    check_near<Family>(weighted.parameters, repeated.parameters);
  }

  TEST_CASE_TEMPLATE("GaussianMixture: as many threads as one give the same bits wherever the data lie", Family,
                     LATENT_GAUSSIANS) {
    const tbb::global_control allowed(tbb::global_control::max_allowed_parallelism, 8);
    const Rows rows = gaussian_data::clusters(2600, 3, 4, {.separation = 2, .weighted = true});
    latent::FitOptions options{.max_iterations = 40, .starts = 4, .short_iterations = 5, .continued = 2, .threads = 1};
    const auto model = families::model<Family>(4);
    const auto expected = latent::fit(model, rows.sample(), options);
    for (const std::size_t threads : {2, 3, 8}) {
      CAPTURE(threads);
      options.threads = threads;
      std::vector<double> moved(threads % 4);  // and with another alignment
      moved.insert(moved.end(), rows.values.data(), rows.values.data() + rows.values.size());
      const latent::Observations there(moved.data() + threads % 4, 2600, 3);
      const auto fitted = latent::fit(model, {there, latent::Weights(rows.weights)}, options);
      CHECK(fitted.summary.threads == threads);
      check_same_bits<Family>(fitted, expected);
      REQUIRE(fitted.summary.starts.size() == expected.summary.starts.size());
      for (std::size_t i = 0; i < fitted.summary.starts.size(); ++i) {
        CHECK(fitted.summary.starts[i].objective == expected.summary.starts[i].objective);
      }
    }
  }

  TEST_CASE_TEMPLATE("GaussianMixture: a search on a sample gives the same bits for 1 and 3 threads", Family,
                     families::Full) {
    const tbb::global_control allowed(tbb::global_control::max_allowed_parallelism, 8);
    const Rows rows = gaussian_data::clusters(5000, 2, 3, {.separation = 2});
    latent::FitOptions options{.max_iterations = 60, .starts = 3, .search_observations = 1000, .threads = 1};
    const auto expected = latent::fit(families::model<Family>(3), rows.sample(), options);
    CHECK(expected.summary.searched == 1000);
    options.threads = 3;
    check_same_bits<Family>(latent::fit(families::model<Family>(3), rows.sample(), options), expected);
  }

  TEST_CASE_TEMPLATE("GaussianMixture: float32 data and the same numbers in float64 give the same bits", Family,
                     LATENT_GAUSSIANS) {
    const Rows narrow = gaussian_data::clusters(700, 5, 3, {.float32 = true});
    const Rows wide{narrow.values, {}, {}, {}};
    const latent::FitOptions options{.max_iterations = 20, .starts = 2};
    REQUIRE(narrow.observations().is_float32());
    check_same_bits<Family>(latent::fit(families::model<Family>(3), narrow.sample(), options),
                            latent::fit(families::model<Family>(3), wide.sample(), options));
  }

  TEST_CASE_TEMPLATE("GaussianMixture: the fitted parameters are a fixed point", Family, LATENT_GAUSSIANS) {
    const Rows rows = gaussian_data::clusters(600, 2, 3, {.separation = 5});
    const auto model = families::model<Family>(3);
    const auto fitted = latent::fit(model, rows.sample(), {.tolerance = 1e-14});
    REQUIRE(fitted.summary.verdict == latent::Verdict::converged);
    const auto again = latent::fit(model, rows.sample(), fitted.parameters, {.tolerance = 0, .max_iterations = 1});
    CHECK(again.summary.log_likelihood == near(fitted.summary.log_likelihood, tolerance::round_trip));
    CHECK(again.trace.back().parameter_change < tolerance::numeric);
  }

  TEST_CASE_TEMPLATE("GaussianMixture: an M-step maximises what is expected of the complete data", Family,
                     LATENT_GAUSSIANS) {
    for (const bool weighted : {false, true}) {
      for (const std::size_t dimensions : {1, 3}) {
        const Rows rows = gaussian_data::clusters(200, dimensions, 3, {.unit = 1e3, .weighted = weighted});
        const auto start = families::from_oracle<Family>(gaussian_data::start(rows, 3, Family::shape));
        const auto step = latent::fit(families::model<Family>(3), rows.sample(), start, {.max_iterations = 1});
        CHECK(least_loss<Family>(rows, families::to_oracle<Family>(start), families::to_oracle<Family>(step.parameters),
                                 nullptr) > 0);
      }
    }
  }

  TEST_CASE_TEMPLATE("GaussianMixture: an M-step with a prior maximises the sum of both", Family, LATENT_GAUSSIANS) {
    for (const std::size_t dimensions : {1, 3}) {
      for (const double shrinkage : {0.01, 20.0}) {
        const Rows rows = gaussian_data::clusters(60, dimensions, 3, {.unit = 10, .weighted = true});
        const auto start = families::from_oracle<Family>(gaussian_data::start(rows, 3, Family::shape));
        Model<Family> model = families::model<Family>(3);
        model.bank.prior = default_prior<Family>(rows, 3);
        model.bank.prior->shrinkage = shrinkage;
        model.bank.prior->mean.array() += 0.3;
        const auto step = latent::fit(model, rows.sample(), start, {.max_iterations = 1});
        const oracle::Prior prior{families::to_long(model.bank.prior->mean.transpose())[0], shrinkage,
                                  model.bank.prior->degrees, families::to_long(model.bank.prior->scale)};
        const oracle::Mixture from = families::to_oracle<Family>(start),
                              to = families::to_oracle<Family>(step.parameters);
        CHECK(least_loss<Family>(rows, from, to, &prior) > 0);
        // log_prior is that density up to a constant, and the objective is its sum with the log-likelihood.
        const double difference = model.log_prior(step.parameters) - model.log_prior(start);
        CHECK(difference == near(static_cast<double>(oracle::log_prior(to, prior) - oracle::log_prior(from, prior)),
                                 tolerance::round_trip));
        CHECK(step.summary.objective ==
              near(step.summary.log_likelihood + model.log_prior(step.parameters), tolerance::rounding));
      }
    }
  }

  TEST_CASE_TEMPLATE("GaussianMixture: an M-step under a floor maximises among the covariances above it", Family,
                     LATENT_GAUSSIANS) {
    const Rows rows = gaussian_data::clusters(200, 3, 3, {.unit = 1e3, .separation = 4});
    const oracle::Vector variances = rows.variances();
    oracle::Long mean_variance = 0;
    for (const oracle::Long variance : variances) mean_variance += variance / 3;
    const auto start = families::from_oracle<Family>(gaussian_data::start(rows, 3, Family::shape));
    Model<Family> model = families::model<Family>(3);
    constexpr double floor = 0.3;
    model.bank.regularization.floor = floor;
    const auto step = latent::fit(model, rows.sample(), start, {.max_iterations = 1});
    REQUIRE(!step.summary.warnings.empty());
    CHECK(step.summary.warnings[0].note.kind == "regularized");

    const oracle::Sample sample = rows.exact();
    const oracle::Matrix responsibilities = oracle::expect(families::to_oracle<Family>(start), sample).responsibilities;
    const oracle::Mixture best = families::to_oracle<Family>(step.parameters);
    std::mt19937_64 engine(11);
    std::normal_distribution<double> normal;
    for (int turn = 0; turn < 40; ++turn) {
      // The covariances above the floor are convex: between the M-step's and any other lie only such.
      oracle::Mixture other = best;
      const auto any_above = [&] {
        oracle::Matrix matrix = oracle::zeros(3, 3), factor = matrix;
        for (oracle::Vector& row : factor) {
          for (oracle::Long& value : row) value = 0.5 * normal(engine);
        }
        for (std::size_t i = 0; i < 3; ++i) {
          for (std::size_t j = 0; j < 3; ++j) {
            matrix[i][j] = i == j ? floor : 0;
            for (std::size_t l = 0; l < 3; ++l) matrix[i][j] += factor[i][l] * factor[j][l];
            const oracle::Vector& units =
                Family::shape == oracle::Shape::spherical ? oracle::Vector(3, mean_variance) : variances;
            matrix[i][j] *= std::sqrt(units[i]) * std::sqrt(units[j]);
          }
        }
        return matrix;
      };
      for (std::size_t k = 0; k < 3; ++k) other.covariances[k] = any_above();
      oracle::impose(other, other.weights);
      const double share = turn % 2 == 0 ? 1e-3 : 0.1;
      for (std::size_t k = 0; k < 3; ++k) {
        for (std::size_t i = 0; i < 3; ++i) {
          for (std::size_t j = 0; j < 3; ++j) {
            other.covariances[k][i][j] = (1 - share) * best.covariances[k][i][j] + share * other.covariances[k][i][j];
          }
        }
      }
      CHECK(oracle::expected_complete(other, sample, responsibilities) <
            oracle::expected_complete(best, sample, responsibilities));
    }
  }
}
