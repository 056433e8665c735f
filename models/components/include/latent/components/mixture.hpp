#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include <Eigen/Core>
#include <latent/column_block.hpp>
#include <latent/components/cells.hpp>
#include <latent/components/component_bank.hpp>
#include <latent/components/gaussian_marginal.hpp>
#include <latent/components/mixture_start.hpp>
#include <latent/components/split_merge.hpp>
#include <latent/draw_index.hpp>
#include <latent/error.hpp>
#include <latent/latent_model.hpp>
#include <latent/log_sum_exp.hpp>
#include <latent/text.hpp>

namespace latent {

// A finite mixture of the K densities of a bank:  p(x) = sum_k w_k f_k(x)   (McLachlan & Peel 2000, section 2.8)
//
//   E-step  r_nk = w_k f_k(x_n) / sum_j w_j f_j(x_n)       M-step  w_k = sum_n r_nk / n, and the bank's own with
//   weights r
//
// Responsibilities exist for one cache-sized block of rows at a time.
template <ComponentBank Bank>
struct Mixture {
  struct Parameters {
    Eigen::VectorXd weights;  // K, a simplex
    typename Bank::Parameters components;
    static constexpr auto fields() {
      return latent::fields(field("weights", &Parameters::weights, simplex), embedded(&Parameters::components));
    }
  };
  struct Statistics {
    Eigen::VectorXd counts;  // K: sums of responsibilities
    typename Bank::Statistics components;
    static constexpr auto fields() {
      return latent::fields(field("counts", &Statistics::counts), field("components", &Statistics::components));
    }
  };
  using Prepared = typename Bank::Prepared;
  using Data = Observations;

  std::size_t components = 1;  // K
  Bank bank{};
  MixtureStart start = MixtureStart::kmeans_plus_plus;
  double power = 1;  // of the posterior; below 1 the log-likelihood is that of the annealed free energy

  // Deterministic annealing (Ueda & Nakano 1998): r_nk proportional to (w_k f_k(x_n))^power.
  Mixture tempered(double to_the_power) const {
    Mixture result = *this;
    result.power = to_the_power;
    return result;
  }

  Prepared prepare(const Parameters& parameters) const {
    Prepared prepared = bank.prepare(parameters.components);
    prepared.log_constants.array() += parameters.weights.array().log();  // -inf for a component without weight
    return prepared;
  }

  Statistics statistics(const Prepared& prepared) const {
    return {Eigen::VectorXd::Zero(prepared.log_constants.size()), bank.statistics(prepared)};
  }

  double expectation(const Prepared& prepared, const Observations& rows, Statistics& sums, Weights weights = {}) const {
    double log_likelihood = 0;
    for_each_block(prepared, rows, [&](std::size_t first, const ColumnBlock& block, Columns joint) {
      bank.log_densities(prepared, block, joint);
      if (power != 1) joint *= power;
      log_likelihood += log_sum_exp(joint, block.rows(), part(weights, first, block.rows())) / power;
      add_block(prepared, block, joint, sums);
    });
    return log_likelihood;
  }

  Parameters maximization(const Statistics& sums, const Parameters& current, Notes notes = {}) const {
    return {sums.counts / sums.counts.sum(), bank.maximization(sums.components, current.components, notes)};
  }

  double log_prior(const Parameters& parameters) const requires BankHasLogPrior<Bank> {
    return bank.log_prior(parameters.components);
  }

  std::size_t enough() const { return 200 * components; }

  // Throws DataError for the first cell that the bank cannot have.
  void check(const Observations& rows) const { check_cells(bank, rows, false); }

  Parameters initialize(const Observations& rows, Random& random, Weights weights = {}) const {
    if (components == 0) throw OptionError("components is 0, it must be at least 1");
    if (rows.size() < components) {
      throw DataError(count_of(rows.size(), "row") + (rows.size() == 1 ? " is" : " are") + " too few for " +
                      std::to_string(components) + " components");
    }
    check(rows);
    if (BankIsNominal<Bank> || start == MixtureStart::random) {
      return from_responsibilities(
          rows,
          [&](std::size_t first, const ColumnBlock& block, Columns out) {
            fill_at_random(block.rows(), part(weights, first, block.rows()), random, out);
          },
          alike(rows, weights));
    }
    constexpr double softness = 0.05;
    const StartSample sample = start_sample(rows, weights, components, random);
    return from_labels(sample.rows, start_labels(start, sample.rows, sample.weights, components, random),
                       sample.weights, softness);
  }

  // Another start near a solution: two components are merged, one is cut in two by a random plane through its mean
  // (Ueda et al. 2000). The index goes through the pairs, those that overlap most first, and what is to be cut.
  Parameters vary(const Parameters& at, const Observations& rows, std::size_t index, Random& random,
                  Weights weights = {}) const {
    if (components < 2) return at;
    const Prepared prepared = prepare(at);
    const auto posterior_of = [&](std::size_t first, const ColumnBlock& block, Columns out) {
      bank.log_densities(prepared, block, out);
      log_sum_exp(out, block.rows(), part(weights, first, block.rows()));
    };
    SplitMergeSurvey survey(components, rows.columns());
    for_each_block(prepared, rows, [&](std::size_t first, const ColumnBlock& block, Columns out) {
      posterior_of(first, block, out);
      survey.add(block, out);
    });
    const SplitMerge change = survey.change(index, random);
    try {
      return from_responsibilities(
          rows,
          [&](std::size_t first, const ColumnBlock& block, Columns out) {
            posterior_of(first, block, out);
            change.apply(block, out);
          },
          at);
    } catch (const ModelError&) {
      return at;  // what was cut off makes no component: this variation is none
    }
  }

  // The M-step for a known division of the rows: labels[n] < components. See fill_by_labels for `softness`.
  Parameters from_labels(const Observations& rows, std::span<const std::size_t> labels, Weights weights = {},
                         double softness = 0) const {
    if (labels.size() != rows.size()) {
      throw DataError("there are " + count_of(labels.size(), "label") + " for " + count_of(rows.size(), "row"));
    }
    for (std::size_t i = 0; i < labels.size(); ++i) {
      if (labels[i] < components) continue;
      throw DataError("label " + std::to_string(i + 1) + " is " + std::to_string(labels[i]) + ", it must be below " +
                      std::to_string(components) + ", the number of components");
    }
    check(rows);
    return from_responsibilities(
        rows,
        [&](std::size_t first, const ColumnBlock& block, Columns out) {
          fill_by_labels(labels.subspan(first, block.rows()), part(weights, first, block.rows()), softness, out);
        },
        alike(rows, weights));
  }

  // The posterior probabilities of the components, rows x K, and the log-likelihood of each row. An impossible row
  // (density zero) has the log-likelihood -infinity and no responsibilities.
  struct Posterior {
    RowMajorMatrix responsibilities;
    Eigen::VectorXd log_likelihoods;
  };
  Posterior posterior(const Prepared& prepared, const Observations& rows) const {
    Posterior result;
    result.responsibilities.resize(static_cast<Eigen::Index>(rows.size()), prepared.log_constants.size());
    result.log_likelihoods.resize(static_cast<Eigen::Index>(rows.size()));
    for_each_block(prepared, rows, [&](std::size_t first, const ColumnBlock& block, Columns joint) {
      const auto at = static_cast<Eigen::Index>(first), count = static_cast<Eigen::Index>(block.rows());
      bank.log_densities(prepared, block, joint);
      log_sum_exp(joint, block.rows(), {}, {result.log_likelihoods.data() + at, block.rows()});
      result.responsibilities.middleRows(at, count) = joint.topRows(count).matrix();
    });
    return result;
  }

  // `count` rows drawn from the mixture, each from the component in labels.
  struct Simulated {
    RowMajorMatrix rows;
    std::vector<std::size_t> labels;
  };
  Simulated sample(const Parameters& parameters, std::size_t columns, std::size_t count,
                   Random& random) const requires BankDraws<Bank> {
    Simulated simulated{RowMajorMatrix(static_cast<Eigen::Index>(count), static_cast<Eigen::Index>(columns)), {}};
    for (std::size_t i = 0; i < count; ++i) {
      simulated.labels.push_back(draw_index(parameters.weights, random));
      bank.draw(parameters.components, simulated.labels.back(), random,
                {simulated.rows.row(static_cast<Eigen::Index>(i)).data(), columns});
    }
    return simulated;
  }

  // Pictures, for components with Gaussian marginals: ellipses in the plane of two columns, densities of one.
  std::vector<Outline> outlines(const Parameters& parameters, std::size_t x_column,
                                std::size_t y_column) const requires HasGaussianMarginals<Bank> {
    return ellipses(marginals(parameters, x_column, y_column));
  }
  std::vector<Curve> densities(const Parameters& parameters, std::size_t column,
                               std::span<const double> grid) const requires HasGaussianMarginals<Bank> {
    return density_curves(marginals(parameters, column, column), parameters.weights, grid);
  }

 private:
  static Weights part(Weights weights, std::size_t first, std::size_t count) {
    return weights.empty() ? weights : weights.subspan(first, count);
  }

  std::vector<GaussianMarginal> marginals(const Parameters& parameters, std::size_t x_column,
                                          std::size_t y_column) const requires HasGaussianMarginals<Bank> {
    std::vector<GaussianMarginal> all;
    for (std::size_t k = 0; k < components; ++k)
      all.push_back(bank.marginal(parameters.components, k, x_column, y_column));
    return all;
  }

  Parameters alike(const Observations& rows, Weights weights) const {
    return {Eigen::VectorXd::Constant(static_cast<Eigen::Index>(components), 1.0 / static_cast<double>(components)),
            bank.pooled(rows, weights, components)};
  }

  void add_block(const Prepared& prepared, const ColumnBlock& block, Columns responsibilities, Statistics& sums) const {
    sums.counts += responsibilities.colwise().sum().matrix().transpose();
    bank.accumulate(prepared, block, {responsibilities.data(), responsibilities.rows(), responsibilities.cols()},
                    sums.components);
  }

  // The M-step for responsibilities that somebody else states: fill(first, block, out), weights included.
  // Sums are taken about the means of `near`.
  template <class Fill>
  Parameters from_responsibilities(const Observations& rows, const Fill& fill, const Parameters& near) const {
    const Prepared prepared = prepare(near);
    Statistics sums = statistics(prepared);
    for_each_block(prepared, rows, [&](std::size_t first, const ColumnBlock& block, Columns out) {
      out.setZero();
      fill(first, block, out);
      add_block(prepared, block, out, sums);
    });
    return maximization(sums, near);
  }

  // visit(first, block, columns) for cache-sized blocks of rows, with room for a number per row and component.
  template <class Visit>
  void for_each_block(const Prepared& prepared, const Observations& rows, const Visit& visit) const {
    static thread_local ColumnBlock block;
    static thread_local AlignedBuffer buffer;
    const Eigen::Index count = prepared.log_constants.size();
    std::span<const double> origin;
    if constexpr (requires { prepared.block_origin; }) {
      origin = {prepared.block_origin.data(), static_cast<std::size_t>(prepared.block_origin.size())};
    }
    const std::size_t step = block_rows(rows.columns(), static_cast<std::size_t>(count));
    for (std::size_t first = 0; first < rows.size(); first += step) {
      block.gather(rows.subspan(first, std::min(step, rows.size() - first)), origin);
      double* const numbers = buffer.reserve(block.padded_rows() * static_cast<std::size_t>(count));
      visit(first, block, Columns(numbers, static_cast<Eigen::Index>(block.padded_rows()), count));
    }
  }
};

}  // namespace latent
