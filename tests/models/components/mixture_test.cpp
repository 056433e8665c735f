#include <latent/components/column_moments.hpp>
#include <latent/components/mixture.hpp>
#include <latent/expectation.hpp>

#include "support/gaussian_data.hpp"
#include "support/gaussian_families.hpp"
#include "support/tolerances.hpp"

// What a mixture offers beside its fit: posteriors, simulation, statistics that add up, divisions of the rows,
// pictures.

namespace {

using families::Index;
using families::Parameters;
using gaussian_data::Rows;

constexpr double standard_errors = 5;  // of a Monte Carlo mean: missed by chance once in two million

// Two mixtures that describe the same data about as well, with components near each other.
template <class Family>
std::vector<Parameters<Family>> two_places(const Rows& rows) {
  const oracle::Mixture start = gaussian_data::start(rows, 3, Family::shape);
  std::mt19937_64 engine(1);
  return {families::from_oracle<Family>(start), families::from_oracle<Family>(oracle::disturbed(start, 0.2L, engine))};
}

// The parameters that an M-step makes of statistics.
template <class Family, class Statistics>
oracle::Mixture maximized(const Statistics& sums, const Parameters<Family>& current) {
  return families::to_oracle<Family>(families::model<Family>(3).maximization(sums, current));
}

void check_near(const oracle::Mixture& a, const oracle::Mixture& b, double relative) {
  for (std::size_t k = 0; k < a.components(); ++k) {
    CHECK(static_cast<double>(a.weights[k]) == near(static_cast<double>(b.weights[k]), relative));
    for (std::size_t i = 0; i < a.dimensions(); ++i) {
      CHECK(static_cast<double>(a.means[k][i]) == near(static_cast<double>(b.means[k][i]), relative));
      for (std::size_t j = 0; j < a.dimensions(); ++j) {
        CHECK(static_cast<double>(a.covariances[k][i][j]) ==
              near(static_cast<double>(b.covariances[k][i][j]), relative));
      }
    }
  }
}

// The share of a sample inside a closed polygon.
double share_inside(const std::vector<std::array<double, 2>>& polygon, const latent::RowMajorMatrix& points) {
  Index inside = 0;
  for (Index n = 0; n < points.rows(); ++n) {
    bool odd = false;
    for (std::size_t i = 0, j = polygon.size() - 1; i < polygon.size(); j = i++) {
      const bool crosses = (polygon[i][1] > points(n, 1)) != (polygon[j][1] > points(n, 1));
      if (crosses && points(n, 0) < (polygon[j][0] - polygon[i][0]) * (points(n, 1) - polygon[i][1]) /
                                            (polygon[j][1] - polygon[i][1]) +
                                        polygon[i][0]) {
        odd = !odd;
      }
    }
    inside += odd ? 1 : 0;
  }
  return static_cast<double>(inside) / static_cast<double>(points.rows());
}

}  // namespace

TEST_SUITE("models/components/mixture") {
  TEST_CASE_TEMPLATE("Mixture: posteriors sum to one and are those of the definition", Family, LATENT_GAUSSIANS) {
    const Rows rows = gaussian_data::clusters(1100, 3, 3, {.separation = 8});
    const auto at = two_places<Family>(rows)[0];
    const auto model = families::model<Family>(3);
    const auto posterior = model.posterior(model.prepare(at), rows.observations());
    const oracle::Expectation exact = oracle::expect(families::to_oracle<Family>(at), rows.exact());
    double error = 0, sum_error = 0;
    for (Index i = 0; i < 1100; ++i) {
      const auto n = static_cast<std::size_t>(i);
      sum_error = std::max(sum_error, std::abs(posterior.responsibilities.row(i).sum() - 1));
      error = std::max(error, static_cast<double>(std::abs(posterior.log_likelihoods[i] - exact.log_likelihoods[n])));
      for (std::size_t k = 0; k < 3; ++k) {
        error = std::max(error, static_cast<double>(std::abs(posterior.responsibilities(i, static_cast<Index>(k)) -
                                                             exact.responsibilities[n][k])));
      }
    }
    CHECK(sum_error < tolerance::rounding);
    CHECK(error < tolerance::round_trip);
    CHECK((posterior.responsibilities.array() >= 0).all());
  }

  TEST_CASE("Mixture: a row beyond the reach of doubles has no responsibilities and the log-likelihood -infinity") {
    const Rows rows = gaussian_data::clusters(50, 2, 3);
    const auto at = two_places<families::Full>(rows)[0];
    const auto model = families::model<families::Full>(3);
    latent::RowMajorMatrix far(2, 2);
    far << 0, 0, 1e200, 0;
    const auto posterior = model.posterior(model.prepare(at), far);
    CHECK(posterior.log_likelihoods[1] == -std::numeric_limits<double>::infinity());
    CHECK((posterior.responsibilities.row(1).array() == 0).all());
    CHECK(posterior.responsibilities.row(0).sum() == near(1, tolerance::rounding));
  }

  TEST_CASE_TEMPLATE("Mixture: statistics of two parts of the data add up to those of the whole", Family,
                     LATENT_GAUSSIANS) {
    const Rows rows = gaussian_data::clusters(400, 3, 3, {.weighted = true});
    const auto at = two_places<Family>(rows)[0];
    const auto model = families::model<Family>(3);
    const auto whole = latent::expect(model, at, rows.sample());
    auto sum = latent::expect(model, at, rows.sample().subspan(0, 123));
    const auto rest = latent::expect(model, at, rows.sample().subspan(123, 277));
    latent::add(sum.statistics, rest.statistics);
    CHECK(sum.log_likelihood + rest.log_likelihood == near(whole.log_likelihood, tolerance::round_trip));
    check_near(maximized<Family>(sum.statistics, at), maximized<Family>(whole.statistics, at), tolerance::round_trip);
    // Taken away again, they leave the other part.
    auto other = whole.statistics;
    latent::add(other, rest.statistics, -1);
    check_near(maximized<Family>(other, at),
               maximized<Family>(latent::expect(model, at, rows.sample().subspan(0, 123)).statistics, at), 1e-11);
  }

  TEST_CASE_TEMPLATE("Mixture: statistics about different origins add up to the same M-step", Family,
                     LATENT_GAUSSIANS) {
    // The same responsibilities, from labels, about two origins: statistics of known rows.
    const Rows rows = gaussian_data::clusters(400, 3, 3, {.shift = 100});
    const auto model = families::model<Family>(3);
    const auto places = two_places<Family>(rows);
    const auto moments = [&](const Parameters<Family>& near, std::size_t first, std::size_t count) {
      const auto prepared = model.bank.prepare(near.components);
      auto sums = model.bank.statistics(prepared);
      latent::ColumnBlock block;
      std::span<const double> origin(prepared.block_origin.data(),
                                     static_cast<std::size_t>(prepared.block_origin.size()));
      block.gather(rows.observations().subspan(first, count), origin);
      latent::AlignedBuffer buffer;
      latent::Columns out(buffer.reserve(block.padded_rows() * 3), static_cast<Index>(block.padded_rows()), 3);
      out.setZero();
      for (std::size_t i = 0; i < count; ++i)
        out(static_cast<Index>(i), static_cast<Index>(rows.labels[first + i])) = 1;
      model.bank.accumulate(prepared, block, {out.data(), out.rows(), out.cols()}, sums);
      return sums;
    };
    const auto parameters = [&](const auto& sums) {
      Parameters<Family> result{Eigen::Vector3d::Constant(1.0 / 3),
                                model.bank.maximization(sums, places[0].components)};
      return families::to_oracle<Family>(result);
    };
    auto sum = moments(places[0], 0, 150);
    auto scaled = moments(places[1], 150, 250);
    latent::scale(scaled, 0.5);
    latent::add(sum, scaled, 2);
    check_near(parameters(sum), parameters(moments(places[0], 0, 400)), 1e-11);
    check_near(parameters(sum), parameters(moments(places[1], 0, 400)), 1e-11);
  }

  TEST_CASE_TEMPLATE("Mixture: what is simulated has the moments of its components", Family, LATENT_GAUSSIANS) {
    const Rows rows = gaussian_data::clusters(300, 3, 3, {.unit = 1e4});
    const auto at = two_places<Family>(rows)[1];
    const auto model = families::model<Family>(3);
    latent::Random random(7);
    constexpr Index count = 6000;
    const auto simulated = model.sample(at, 3, count, random);
    REQUIRE(simulated.rows.rows() == count);
    for (Index k = 0; k < 3; ++k) {
      std::vector<double> member;
      for (const std::size_t label : simulated.labels) member.push_back(label == static_cast<std::size_t>(k) ? 1 : 0);
      const double own = std::accumulate(member.begin(), member.end(), 0.0), weight = at.weights[k];
      CHECK(std::abs(own - count * weight) < standard_errors * std::sqrt(count * weight * (1 - weight)));
      const auto [mean, covariance] = latent::mean_and_covariance(simulated.rows, member);
      const Eigen::MatrixXd expected = Family::covariance(at.components, k);
      for (Index i = 0; i < 3; ++i) {
        CHECK(std::abs(mean[i] - at.components.means(k, i)) < standard_errors * std::sqrt(expected(i, i) / own));
        for (Index j = 0; j <= i; ++j) {
          const double spread = std::sqrt((expected(i, i) * expected(j, j) + expected(i, j) * expected(i, j)) / own);
          CHECK(std::abs(covariance(i, j) - expected(i, j)) < standard_errors * spread);
        }
      }
    }
  }

  TEST_CASE_TEMPLATE("Mixture: ellipses hold their share and curves add up", Family, LATENT_GAUSSIANS) {
    const Rows rows = gaussian_data::clusters(300, 3, 3, {.unit = 1e4});
    const auto at = two_places<Family>(rows)[1];
    const auto model = families::model<Family>(3);
    const auto outlines = model.outlines(at, 0, 2);
    REQUIRE(outlines.size() == 6);
    latent::Random random(3);
    constexpr Index count = 4000;
    latent::RowMajorMatrix points(count, 2);
    Eigen::Vector3d row;
    for (const latent::Outline& outline : outlines) {
      for (Index n = 0; n < count; ++n) {
        model.bank.draw(at.components, outline.component, random, {row.data(), 3});
        points.row(n) << row[0], row[2];
      }
      const double error = standard_errors * std::sqrt(outline.level * (1 - outline.level) / count);
      CHECK(std::abs(share_inside(outline.points, points) - outline.level) <
            error + 0.001);  // a polygon lies inside its ellipse
    }
    // Curves are densities: their integrals over a wide grid are the weights, and the last is the sum.
    std::vector<double> grid;
    const double mean = at.components.means.col(0).mean();
    double deviation = 0;
    for (Index k = 0; k < 3; ++k) {
      deviation = std::max(deviation, std::sqrt(Family::covariance(at.components, k)(0, 0)));
    }
    const double width = 10 * deviation + 10;
    for (int i = 0; i <= 4000; ++i) grid.push_back(mean + width * (i / 2000.0 - 1));
    const auto curves = model.densities(at, 0, grid);
    REQUIRE(curves.size() == 4);
    for (std::size_t c = 0; c < 4; ++c) {
      double integral = 0;
      for (const auto& point : curves[c].points) integral += point[1] * width / 2000;
      CHECK(integral == near(c < 3 ? at.weights[static_cast<Index>(c)] : 1, 1e-6));
    }
  }

  TEST_CASE("Mixture: known labels give the weights and the moments of their rows") {
    const Rows rows = gaussian_data::clusters(90, 2, 3);
    const auto model = families::model<families::Full>(3);
    const auto at = model.from_labels(rows.observations(), rows.labels);
    std::vector<double> member(90);
    for (std::size_t i = 0; i < 90; ++i) member[i] = rows.labels[i] == 1 ? 1 : 0;
    const auto [mean, covariance] = latent::mean_and_covariance(rows.observations(), member);
    CHECK(at.weights[1] == near(1.0 / 3, tolerance::rounding));
    CHECK(at.components.means.row(1).transpose().isApprox(mean, tolerance::rounding));
    CHECK(at.components.covariances[1].isApprox(covariance, tolerance::round_trip));
  }

  TEST_CASE("Mixture: labels that do not fit are refused by number") {
    const Rows rows = gaussian_data::clusters(4, 2, 2);
    const auto model = families::model<families::Full>(2);
    const auto refused = [&](const std::vector<std::size_t>& labels) -> std::string {
      try {
        model.from_labels(rows.observations(), labels);
      } catch (const latent::DataError& error) {
        return error.what();
      }
      return "no error";
    };
    CHECK(refused({0, 1, 2, 0}) == "label 3 is 2, it must be below 2, the number of components");
    CHECK(refused({0, 1, 0}) == "there are 3 labels for 4 rows");
  }

  TEST_CASE("Mixture: too few rows or no components are refused") {
    const latent::RowMajorMatrix row = latent::RowMajorMatrix::Ones(1, 2);
    latent::Random random;
    CHECK_THROWS_WITH_AS(families::model<families::Full>(2).initialize(row, random),
                         "1 row is too few for 2 components", latent::DataError);
    CHECK_THROWS_WITH_AS(families::model<families::Full>(0).initialize(row, random),
                         "components is 0, it must be at least 1", latent::OptionError);
  }
}
