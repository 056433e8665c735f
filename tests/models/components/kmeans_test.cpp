#include <set>

#include <latent/components/column_moments.hpp>
#include <latent/components/kmeans.hpp>
#include <latent/components/mixture_start.hpp>
#include <latent/fit.hpp>
#include <oneapi/tbb/global_control.h>

#include "support/gaussian_data.hpp"
#include "support/tolerances.hpp"

// k-means by the same driver as any model, k-means++, and the starts of mixtures that are made of them.

namespace {

using gaussian_data::Rows;
using oracle::Long;

constexpr double standard_errors = 5;

struct Clustering {
  oracle::Matrix centres;
  Long objective = 0;  // -1/2 the sum of weighted squared distances, before the last step
};

// Lloyd's algorithm by the textbook, in long double; ties go to the first.
Clustering lloyd(const oracle::Sample& sample, const oracle::Vector& variances, oracle::Matrix centres,
                 int iterations) {
  Clustering result{centres, 0};
  for (int step = 0; step <= iterations; ++step) {
    oracle::Matrix sums = oracle::zeros(centres.size(), variances.size());
    oracle::Vector counts(centres.size(), 0);
    result.objective = 0;
    for (std::size_t i = 0; i < sample.rows.size(); ++i) {
      std::size_t nearest = 0;
      Long least = std::numeric_limits<Long>::infinity();
      for (std::size_t k = 0; k < centres.size(); ++k) {
        Long distance = 0;
        for (std::size_t j = 0; j < variances.size(); ++j) {
          const Long away = sample.rows[i][j] - result.centres[k][j];
          distance += away * away / variances[j];
        }
        if (distance < least) least = distance, nearest = k;
      }
      result.objective -= sample.weights[i] * least / 2;
      counts[nearest] += sample.weights[i];
      for (std::size_t j = 0; j < variances.size(); ++j) sums[nearest][j] += sample.weights[i] * sample.rows[i][j];
    }
    if (step == iterations) break;
    for (std::size_t k = 0; k < centres.size(); ++k) {
      for (std::size_t j = 0; j < variances.size() && counts[k] > 0; ++j) result.centres[k][j] = sums[k][j] / counts[k];
    }
  }
  return result;
}

Eigen::VectorXd variances_of(const Rows& rows) {
  return latent::column_moments(rows.observations(), rows.weights).variances;
}

Eigen::MatrixXd first_rows(const Rows& rows, Eigen::Index count) { return rows.values.topRows(count); }

// Which row a centre is; they must be rows, bit for bit.
std::size_t row_of(const Rows& rows, const Eigen::RowVectorXd& centre) {
  for (Eigen::Index i = 0; i < rows.values.rows(); ++i) {
    if (rows.values.row(i) == centre) return static_cast<std::size_t>(i);
  }
  FAIL("a centre is no row");
  return 0;
}

}  // namespace

TEST_SUITE("models/components/kmeans") {
  TEST_CASE("KMeans: agrees with Lloyd's algorithm in long double") {
    for (const gaussian_data::Setting& setting : {gaussian_data::Setting{.name = "plain"},
                                                  {.name = "weighted", .weighted = true},
                                                  {.name = "units", .unit = 1e8},
                                                  {.name = "shifted", .shift = 1e6},
                                                  {.name = "tiny", .scale = 1e-100},
                                                  {.name = "float32", .float32 = true}}) {
      CAPTURE(setting.name);
      const Rows rows = gaussian_data::clusters(700, 3, 5, setting);
      const latent::KMeans model{variances_of(rows)};
      for (const int iterations : {0, 1, 7}) {
        const auto fitted = latent::fit(model, rows.sample(), latent::KMeans::Parameters{first_rows(rows, 5)},
                                        {.tolerance = 0, .max_iterations = static_cast<std::size_t>(iterations)});
        const oracle::Sample sample = rows.exact();
        const Clustering expected =
            lloyd(sample, rows.variances(), {sample.rows.begin(), sample.rows.begin() + 5}, iterations);
        CHECK(fitted.summary.objective == near(static_cast<double>(expected.objective), tolerance::conditioned));
        for (Eigen::Index k = 0; k < 5; ++k) {
          for (Eigen::Index j = 0; j < 3; ++j) {
            const double away =
                fitted.parameters.centres(k, j) -
                static_cast<double>(expected.centres[static_cast<std::size_t>(k)][static_cast<std::size_t>(j)]);
            CHECK(std::abs(away) < tolerance::conditioned * std::sqrt(model.variances[j]));
          }
        }
      }
    }
  }

  TEST_CASE("KMeans: converges without a fall and gives the same bits for any number of threads") {
    const tbb::global_control allowed(tbb::global_control::max_allowed_parallelism, 8);
    const Rows rows = gaussian_data::clusters(3000, 2, 6, {.separation = 2, .weighted = true});
    const latent::KMeans model{variances_of(rows)};
    const latent::KMeans::Parameters start{first_rows(rows, 6)};
    const auto one = latent::fit(model, rows.sample(), start, {.threads = 1});
    CHECK(one.summary.verdict == latent::Verdict::converged);
    for (const std::size_t threads : {2, 3, 8}) {
      const auto many = latent::fit(model, rows.sample(), start, {.threads = threads});
      CHECK(many.parameters.centres == one.parameters.centres);
      CHECK(many.summary.objective == one.summary.objective);
    }
  }

  TEST_CASE("KMeans: a centre that no row is near stays where it is") {
    const Rows rows = gaussian_data::clusters(60, 2, 2);
    Eigen::MatrixXd centres = first_rows(rows, 3);
    centres.row(1) << 1e6, 1e6;
    const auto fitted =
        latent::fit(latent::KMeans{variances_of(rows)}, rows.sample(), latent::KMeans::Parameters{centres});
    CHECK(fitted.parameters.centres.row(1) == centres.row(1));
    CHECK(fitted.summary.verdict == latent::Verdict::converged);
  }

  TEST_CASE("kmeans_plus_plus: the second centre is drawn in proportion to weight times squared distance") {
    // Rows on a line; of two draws the better is taken, so what is drawn is known from p_i = w_i d_i^2 / sum and what
    // each candidate would leave. With the first centre at row 0 for certain (all other weights are negligible).
    Rows rows{latent::RowMajorMatrix(4, 1), {}, {1e12, 1, 2, 4}, {}};
    rows.values << 0, 1, -2, 3;
    const Eigen::VectorXd unit = Eigen::VectorXd::Ones(1);
    const double mass[] = {1, 2 * 4, 4 * 9};  // of rows 1, 2, 3, given row 0
    // What is left of the masses when rows 0 and 1, 2 or 3 are centres.
    const double left[] = {2 * 4 + 4 * 4, 1 + 4 * 9, 1 + 2 * 4};
    double expected[3] = {};
    for (int a = 0; a < 3; ++a) {
      for (int b = 0; b < 3; ++b) {
        expected[left[b] < left[a] ? b : a] += mass[a] * mass[b] / (45 * 45);
      }
    }
    constexpr int draws = 4000;
    double found[4] = {};
    latent::Random random(5);
    for (int i = 0; i < draws; ++i) {
      const Eigen::MatrixXd centres = latent::kmeans_plus_plus(rows.observations(), rows.weights, unit, 2, random);
      CHECK(centres(0, 0) == 0);
      ++found[row_of(rows, centres.row(1))];
    }
    CHECK(found[0] == 0);
    for (int i = 0; i < 3; ++i) {
      const double p = expected[i];
      CHECK(std::abs(found[i + 1] / draws - p) < standard_errors * std::sqrt(p * (1 - p) / draws) + 1e-12);
    }
  }

  TEST_CASE("kmeans_plus_plus: the first centre is drawn in proportion to weight") {
    Rows rows{latent::RowMajorMatrix(3, 1), {}, {1, 0, 3}, {}};
    rows.values << 0, 1, 2;
    latent::Random random(9);
    constexpr int draws = 4000;
    double first = 0;
    for (int i = 0; i < draws; ++i) {
      first +=
          latent::kmeans_plus_plus(rows.observations(), rows.weights, Eigen::VectorXd::Ones(1), 1, random)(0, 0) == 0;
    }
    CHECK(std::abs(first / draws - 0.25) < standard_errors * std::sqrt(0.25 * 0.75 / draws));
  }

  TEST_CASE("kmeans_plus_plus: rows of weight 0 are never chosen however far away") {
    Rows rows = gaussian_data::clusters(40, 2, 3);
    rows.weights.assign(40, 1);
    for (const std::size_t i : {0, 7, 39}) {
      rows.weights[i] = 0;
      rows.values.row(static_cast<Eigen::Index>(i)) << 1e200, -1e200;
    }
    latent::Random random(2);
    for (int turn = 0; turn < 50; ++turn) {
      const Eigen::MatrixXd centres =
          latent::kmeans_plus_plus(rows.observations(), rows.weights, variances_of(rows), 4, random);
      for (Eigen::Index k = 0; k < 4; ++k) CHECK(rows.weights[row_of(rows, centres.row(k))] > 0);
    }
  }

  TEST_CASE("kmeans_plus_plus: copes with more centres than distinct rows and with the largest and smallest weights") {
    Rows rows{latent::RowMajorMatrix(6, 2), {}, {}, {}};
    rows.values << 1, 2, 1, 2, 1, 2, 3, 4, 3, 4, 3, 4;
    latent::Random random(4);
    for (const double weight : {1.0, 1e-300, 1e300}) {
      rows.weights.assign(6, weight);
      const Eigen::MatrixXd centres =
          latent::kmeans_plus_plus(rows.observations(), rows.weights, Eigen::Vector2d::Ones(), 5, random);
      CHECK(centres.rows() == 5);
      CHECK((centres.col(0).array() == 3).any());
      CHECK((centres.col(0).array() == 1).any());
    }
  }

  TEST_CASE("start_labels: starts by distances ignore rows of weight 0 and units of weight") {
    Rows rows = gaussian_data::clusters(200, 2, 3, {.separation = 20});
    rows.weights.assign(200, 1);
    for (std::size_t i = 0; i < 200; i += 5) {
      rows.weights[i] = 0;
      rows.values.row(static_cast<Eigen::Index>(i)).setConstant(1e9 * static_cast<double>(i + 1));
    }
    for (const latent::MixtureStart start :
         {latent::MixtureStart::kmeans_plus_plus, latent::MixtureStart::random_points}) {
      std::vector<std::size_t> expected;
      for (const double unit : {1.0, 0x1p-990, 0x1p990}) {
        std::vector<double> weights = rows.weights;
        for (double& weight : weights) weight *= unit;
        latent::Random random(3);
        const latent::StartSample sample = latent::start_sample(rows.observations(), weights, 3, random);
        const auto labels = latent::start_labels(start, sample.rows, sample.weights, 3, random);
        if (expected.empty()) expected = labels;
        CHECK(labels == expected);
        std::array<double, 3> sizes{};
        for (std::size_t i = 0; i < 200; ++i) sizes[labels[i]] += rows.weights[i];
        for (const double size : sizes) CHECK(size > 0);  // no component starts on rows that do not count
      }
    }
  }

  TEST_CASE("start_labels: random points are different rows as long as there are any") {
    Rows rows{latent::RowMajorMatrix(5, 1), {}, {1, 1, 0, 1, 1}, {}};
    rows.values << 0, 10, 20, 30, 40;
    latent::Random random(6);
    for (int turn = 0; turn < 20; ++turn) {
      const auto labels =
          latent::start_labels(latent::MixtureStart::random_points, rows.observations(), rows.weights, 4, random);
      CHECK(std::set<std::size_t>{labels[0], labels[1], labels[3], labels[4]}.size() == 4);
    }
  }
}
