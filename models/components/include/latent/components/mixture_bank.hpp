#pragma once

#include <cmath>
#include <cstddef>
#include <limits>
#include <optional>
#include <span>
#include <vector>

#include <Eigen/Core>
#include <latent/algebra.hpp>
#include <latent/column_block.hpp>
#include <latent/components/component_bank.hpp>
#include <latent/components/mixture_start.hpp>
#include <latent/draw_index.hpp>
#include <latent/fields.hpp>
#include <latent/log_sum_exp.hpp>
#include <latent/notes.hpp>
#include <latent/observations.hpp>
#include <latent/random.hpp>

namespace latent {

// A bank of S states, each of which is a mixture of M densities of another bank:
//   f_s(x) = sum_m c_sm g_sm(x)      (Rabiner 1989, (49): the hidden Markov model with mixtures of Gaussians)
// The inner bank has S M components, of which number s M + m is component m of state s; its notes count them so.
//
// Starts. Components that are alike stay alike for ever: EM gives them the same posterior. `pooled` makes them so, and
// an M-step from parameters that are (in every state equal weights and equal means) finds what each state looks like as
// a whole. It therefore sets the M components of each state apart, at the state's own scale, whatever the family: rows
// drawn from the state's density are cut into M clusters (k-means, of a fixed seed), and component m becomes the inner
// M-step of cluster m and, as a quarter of the weight, the state's own sums. This step alone is no EM, and may lower
// the objective. The inner bank must be able to draw, and have means.
//
// As the parameters have a field "weights", those of Mixture<MixtureBank<...>> have two of that name and cannot be
// stored; those of a hidden Markov model can.
template <ComponentBank Bank>
requires BankDraws<Bank> && BankHasMeans<Bank>
struct MixtureBank {
  struct Parameters {
    Eigen::MatrixXd weights;  // S x M: c, every row a simplex
    typename Bank::Parameters components;
    static constexpr auto fields() {
      return latent::fields(field("weights", &Parameters::weights, simplex_rows), embedded(&Parameters::components));
    }
  };

  struct Statistics {
    Eigen::MatrixXd counts;  // S x M: sum_n w_ns p(m | x_n, s)
    typename Bank::Statistics components;
    static constexpr auto fields() {
      return latent::fields(field("counts", &Statistics::counts), field("components", &Statistics::components));
    }
  };

  struct Prepared {
    Eigen::VectorXd log_constants;       // S: zeros, to which a mixture of the states adds its log-weights
    Eigen::VectorXd block_origin;        // the inner bank's, or empty
    Eigen::MatrixXd log_weights;         // S x M, which
    typename Bank::Prepared components;  // has in its log_constants too
  };

  static constexpr bool nominal = BankIsNominal<Bank>;

  Bank bank{};
  std::size_t components = 1;  // M

  Prepared prepare(const Parameters& parameters) const {
    Prepared prepared{Eigen::VectorXd::Zero(parameters.weights.rows()),
                      {},
                      parameters.weights.array().log().matrix(),
                      bank.prepare(parameters.components)};
    for (Eigen::Index s = 0; s < prepared.log_weights.rows(); ++s) {
      prepared.components.log_constants.segment(first(s), size()) += prepared.log_weights.row(s).transpose();
    }
    if constexpr (requires { prepared.components.block_origin; }) {
      prepared.block_origin = prepared.components.block_origin;
    }
    return prepared;
  }

  Statistics statistics(const Prepared& prepared) const {
    return {Eigen::MatrixXd::Zero(prepared.log_weights.rows(), size()), bank.statistics(prepared.components)};
  }

  void log_densities(const Prepared& prepared, const ColumnBlock& block, Columns out) const {
    const Columns joint = joint_log_densities(prepared, block);
    for (Eigen::Index s = 0; s < out.cols(); ++s) {
      log_sum_exp(state(joint, s), block.rows(), {}, {out.col(s).data(), block.rows()});
      out.col(s).head(static_cast<Eigen::Index>(block.rows())) += prepared.log_constants[s];
    }
  }

  // The weight of a state is divided by the posterior of its components.
  void accumulate(const Prepared& prepared, const ColumnBlock& block, ConstColumns weights, Statistics& sums) const {
    const Columns joint = joint_log_densities(prepared, block);
    for (Eigen::Index s = 0; s < weights.cols(); ++s) {
      log_sum_exp(state(joint, s), block.rows(), {weights.col(s).data(), block.rows()});
      sums.counts.row(s) += state(joint, s).colwise().sum().matrix();
    }
    bank.accumulate(prepared.components, block, {joint.data(), joint.rows(), joint.cols()}, sums.components);
  }

  // A state without observations keeps its weights.
  Parameters maximization(const Statistics& sums, const Parameters& current, Notes notes = {}) const {
    Parameters next{current.weights, bank.maximization(sums.components, current.components, notes)};
    for (Eigen::Index s = 0; s < sums.counts.rows(); ++s) {
      const double count = sums.counts.row(s).sum();
      if (count > 0) next.weights.row(s) = sums.counts.row(s) / count;
    }
    return alike(current) ? set_apart({current.weights, next.components}, sums) : next;
  }

  Parameters pooled(const Observations& rows, Weights weights, std::size_t states) const {
    return {Eigen::MatrixXd::Constant(static_cast<Eigen::Index>(states), size(), 1 / static_cast<double>(components)),
            bank.pooled(rows, weights, states * components)};
  }

  double log_prior(const Parameters& parameters) const requires BankHasLogPrior<Bank> {
    return bank.log_prior(parameters.components);
  }

  void draw(const Parameters& parameters, std::size_t s, Random& random, std::span<double> row) const {
    const Eigen::VectorXd weights = parameters.weights.row(static_cast<Eigen::Index>(s)).transpose();
    bank.draw(parameters.components, s * components + draw_index(weights, random), random, row);
  }

  // S x D: sum_m c_sm E[x | s, m].
  Eigen::MatrixXd means(const Parameters& parameters) const {
    const Eigen::MatrixXd inner = bank.means(parameters.components);
    Eigen::MatrixXd result(parameters.weights.rows(), inner.cols());
    for (Eigen::Index s = 0; s < result.rows(); ++s) {
      result.row(s) = parameters.weights.row(s) * inner.middleRows(first(s), size());
    }
    return result;
  }

  std::optional<std::string> refusal(double cell) const requires BankRefuses<Bank> { return bank.refusal(cell); }

  void log_densities_of_row(const Prepared& prepared, std::span<const double> row,
                            std::span<double> out) const requires BankTakesMissing<Bank> {
    Eigen::MatrixXd joint = joint_of_row(prepared, row);
    for (std::size_t s = 0; s < out.size(); ++s) out[s] = normalize(joint.col(static_cast<Eigen::Index>(s)));
  }

  void accumulate_row(const Prepared& prepared, std::span<const double> row, std::span<const double> weights,
                      Statistics& sums) const requires BankTakesMissing<Bank> {
    Eigen::MatrixXd joint = joint_of_row(prepared, row);
    for (std::size_t s = 0; s < weights.size(); ++s) {
      const auto at = static_cast<Eigen::Index>(s);
      normalize(joint.col(at));
      joint.col(at) *= weights[s];
    }
    sums.counts += joint.transpose();
    bank.accumulate_row(prepared.components, row, {joint.data(), static_cast<std::size_t>(joint.size())},
                        sums.components);
  }

 private:
  Eigen::Index size() const { return static_cast<Eigen::Index>(components); }
  Eigen::Index first(Eigen::Index s) const { return s * size(); }

  // The M columns of a state.
  Columns state(Columns all, Eigen::Index s) const { return {all.col(first(s)).data(), all.rows(), size()}; }

  // padded_rows x S M, valid until the next call in this thread.
  static Columns room(const ColumnBlock& block, Eigen::Index columns) {
    static thread_local AlignedBuffer buffer;
    return {buffer.reserve(block.padded_rows() * static_cast<std::size_t>(columns)),
            static_cast<Eigen::Index>(block.padded_rows()), columns};
  }

  Columns joint_log_densities(const Prepared& prepared, const ColumnBlock& block) const {
    const Columns joint = room(block, prepared.log_weights.size());
    bank.log_densities(prepared.components, block, joint);
    return joint;
  }

  // M x S, one state a column, so that the numbers stand in the inner bank's order.
  Eigen::MatrixXd joint_of_row(const Prepared& prepared, std::span<const double> row) const {
    Eigen::MatrixXd joint(size(), prepared.log_weights.rows());
    bank.log_densities_of_row(prepared.components, row, {joint.data(), static_cast<std::size_t>(joint.size())});
    joint += prepared.log_weights.transpose();
    return joint;
  }

  // log_sum_exp for one row: returns it, and leaves the posterior.
  static double normalize(Eigen::Ref<Eigen::VectorXd> joint) {
    const double shift = joint.maxCoeff();
    if (shift == -std::numeric_limits<double>::infinity()) {
      joint.setZero();
      return shift;
    }
    joint = (joint.array() - shift).exp();
    const double total = joint.sum();
    joint /= total;
    return shift + std::log(total);
  }

  // Whether nothing tells the components of a state apart.
  bool alike(const Parameters& at) const {
    if (components == 1) return false;
    const Eigen::MatrixXd means = bank.means(at.components);
    for (Eigen::Index s = 0; s < at.weights.rows(); ++s) {
      for (Eigen::Index m = 1; m < size(); ++m) {
        if (at.weights(s, m) != at.weights(s, 0) || means.row(first(s) + m) != means.row(first(s))) return false;
      }
    }
    return true;
  }

  // `sums` are those that led to the parameters `at`, in which the components of a state are alike.
  Parameters set_apart(const Parameters& at, const Statistics& sums) const {
    constexpr double softness = 0.25;
    const typename Bank::Prepared prepared = bank.prepare(at.components);
    typename Bank::Statistics apart = bank.statistics(prepared);
    Random random = random_stream(0);
    for (Eigen::Index s = 0; s < at.weights.rows(); ++s) {
      add_clusters(prepared, at, s, (1 - softness) * sums.counts.row(s).sum(), random, apart);
    }
    latent::add(apart, sums.components, softness);
    return {at.weights, bank.maximization(apart, at.components, Notes())};
  }

  // Adds rows drawn from a state, of that total weight: each of M clusters to a component.
  void add_clusters(const typename Bank::Prepared& prepared, const Parameters& at, Eigen::Index s, double weight,
                    Random& random, typename Bank::Statistics& sums) const {
    const std::size_t count = 64 * components;
    RowMajorMatrix rows(static_cast<Eigen::Index>(count), bank.means(at.components).cols());
    const auto columns = static_cast<std::size_t>(rows.cols());
    for (Eigen::Index n = 0; n < rows.rows(); ++n) {
      bank.draw(at.components, static_cast<std::size_t>(first(s)), random, {rows.row(n).data(), columns});
    }
    const auto clusters = start_labels(MixtureStart::kmeans_plus_plus, rows, {}, components, random);
    const std::vector<double> weights(count, weight / static_cast<double>(count));

    ColumnBlock block;
    block.gather(rows, origin_of(prepared));
    Columns divided = room(block, at.weights.size());
    divided.setZero();
    fill_by_labels(clusters, weights, 0, state(divided, s));
    bank.accumulate(prepared, block, {divided.data(), divided.rows(), divided.cols()}, sums);
  }

  static std::span<const double> origin_of(const typename Bank::Prepared& prepared) {
    if constexpr (requires { prepared.block_origin; }) {
      return {prepared.block_origin.data(), static_cast<std::size_t>(prepared.block_origin.size())};
    }
    return {};
  }
};

}  // namespace latent
