#pragma once

#include <cmath>
#include <cstddef>

#include <Eigen/Core>
#include <latent/fields.hpp>
#include <latent/latent_model.hpp>
#include <latent/observations.hpp>

// The smallest model over rows of numbers: a mixture of the uniform distributions on [-1, 1], with probability `share`,
// and on [0, 1]. Only the sign of a row counts. The maximum is at twice the share of negative rows.
struct BareHalves {
  struct Parameters {
    double share = 0.5;
    static constexpr auto fields() {
      return latent::fields(latent::field("share", &Parameters::share, latent::unit_interval));
    }
  };
  struct Statistics {
    double rows = 0, wide = 0;
    static constexpr auto fields() {
      return latent::fields(latent::field("rows", &Statistics::rows), latent::field("wide", &Statistics::wide));
    }
  };
  using Data = latent::Observations;

  static double density(const Parameters& at, double x) { return at.share / 2 + (x < 0 ? 0 : 1 - at.share); }
  static double wide(const Parameters& at, double x) { return at.share / 2 / density(at, x); }

  double expectation(const Parameters& at, const latent::Observations& rows, Statistics& sums) const {
    double log_likelihood = 0;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      sums.rows += 1;
      sums.wide += wide(at, rows(i, 0));
      log_likelihood += std::log(density(at, rows(i, 0)));
    }
    return log_likelihood;
  }
  Parameters maximization(const Statistics& sums, const Parameters&) const { return {sums.wide / sums.rows}; }
};
static_assert(latent::LatentModel<BareHalves>);

// The same with a posterior.
struct TwoHalves : BareHalves {
  struct Posterior {
    latent::RowMajorMatrix responsibilities;
    Eigen::VectorXd log_likelihoods;
  };
  Posterior posterior(const Parameters& at, const latent::Observations& rows) const {
    const auto count = static_cast<Eigen::Index>(rows.size());
    Posterior result{latent::RowMajorMatrix(count, 2), Eigen::VectorXd(count)};
    for (Eigen::Index i = 0; i < count; ++i) {
      const double x = rows(static_cast<std::size_t>(i), 0);
      result.responsibilities.row(i) << wide(at, x), 1 - wide(at, x);
      result.log_likelihoods[i] = std::log(density(at, x));
    }
    return result;
  }
};
