#include <algorithm>
#include <cmath>
#include <limits>

#include <Eigen/LU>
#include <latent/error.hpp>
#include <latent/hmm/chain_maximization.hpp>

namespace latent {
namespace {

// counts + prior, in proportion; of a distribution that nothing is known about, what it was.
Eigen::VectorXd proportions(Eigen::VectorXd counts, const Eigen::VectorXd& current, double concentration) {
  counts = (current.array() > 0).select((counts.array() + (concentration - 1)).matrix(), 0);
  const double total = counts.sum();
  return total > 0 ? Eigen::VectorXd(counts / total) : current;
}

// sum of counts * ln p, in which 0 ln 0 = 0.
double weighted_logs(const Eigen::ArrayXXd& counts, const Eigen::ArrayXXd& p) {
  return (counts > 0).select(counts * p.log(), 0).sum();
}

// (I - A + 1 pi')^-1, the fundamental matrix (Kemeny & Snell 1960): d pi = pi dA Z.
Eigen::MatrixXd fundamental(const Eigen::MatrixXd& transitions, const Eigen::VectorXd& stationary) {
  const Eigen::Index n = transitions.rows();
  return (Eigen::MatrixXd::Identity(n, n) - transitions + Eigen::VectorXd::Ones(n) * stationary.transpose()).inverse();
}

// p with sum_j p_j = 1 and counts_j / p_j + slope_j = lambda: where sum_j counts_j ln p_j + slope_j p_j is largest.
Eigen::VectorXd tilted(const Eigen::VectorXd& counts, const Eigen::VectorXd& slopes, const Eigen::VectorXd& current) {
  if (!(counts.sum() > 0)) return current;
  double least = -std::numeric_limits<double>::infinity();
  for (Eigen::Index j = 0; j < counts.size(); ++j) {
    if (counts[j] > 0) least = std::max(least, slopes[j]);
  }
  if (!slopes.allFinite()) return current;
  // lambda is sought as what it is above the largest slope, which may be so large that the sum would lose it.
  const auto at = [&](double above) -> Eigen::VectorXd {
    return (counts.array() > 0).select((counts.array() / (above + (least - slopes.array()))).matrix(), 0);
  };
  double low = 0, high = 2 * counts.sum();  // the sum falls from infinity to below 1
  for (int step = 0; step < 200 && low < high; ++step) {
    const double middle = low + (high - low) / 2;
    if (middle == low || middle == high) break;
    (at(middle).sum() > 1 ? low : high) = middle;
  }
  const Eigen::VectorXd p = at(high);
  return p / p.sum();
}

// Transitions whose stationary distribution is the distribution of the first state. The condition for a maximum,
//   moves_ij / A_ij + pi_i u_j = lambda_i,   u = Z (starts / pi),
// is solved for A with pi and u as they were, again and again; a step is halved as long as that raises the objective.
Eigen::MatrixXd stationary_transitions(const Eigen::VectorXd& starts, const Eigen::MatrixXd& moves,
                                       Eigen::MatrixXd transitions) {
  const auto objective = [&](const Eigen::MatrixXd& at) {
    return weighted_logs(moves.array(), at.array()) +
           weighted_logs(starts.array(), stationary_distribution(at).array());
  };
  double value = objective(transitions);
  for (int round = 0; round < 100; ++round) {
    const Eigen::VectorXd pi = stationary_distribution(transitions);
    const Eigen::VectorXd ratios = (starts.array() > 0).select(starts.array() / pi.array(), 0);
    const Eigen::VectorXd u = fundamental(transitions, pi) * ratios;
    Eigen::MatrixXd target = transitions;
    for (Eigen::Index i = 0; i < moves.rows(); ++i) {
      target.row(i) = tilted(moves.row(i).transpose(), pi[i] * u, transitions.row(i).transpose()).transpose();
    }
    const Eigen::MatrixXd direction = target - transitions, before = transitions;
    bool raised = false;
    double step = 1;
    for (int halving = 0; halving < 30; ++halving, step /= 2) {  // as long as half of it is better
      const Eigen::MatrixXd trial = before + step * direction;
      const double there = objective(trial);
      if (there > value) {
        transitions = trial;
        value = there;
        raised = true;
      } else if (raised) {
        break;
      }
    }
    if (!raised || direction.cwiseAbs().maxCoeff() < 1e-14) break;
  }
  return transitions;
}

}  // namespace

Eigen::VectorXd stationary_distribution(const Eigen::MatrixXd& transitions) {
  const Eigen::Index n = transitions.rows();
  Eigen::MatrixXd equations = (Eigen::MatrixXd::Identity(n, n) - transitions).transpose();
  equations.row(n - 1).setOnes();
  const Eigen::FullPivLU<Eigen::MatrixXd> solver(equations);
  if (!solver.isInvertible()) {
    throw ModelError("the transitions have more than one stationary distribution, so that no start is stationary");
  }
  const Eigen::VectorXd pi = solver.solve(Eigen::VectorXd::Unit(n, n - 1)).cwiseMax(0);
  return pi / pi.sum();
}

ChainParameters maximize_chain(const Eigen::VectorXd& starts, const Eigen::MatrixXd& moves,
                               const ChainParameters& current, const ChainOptions& options) {
  ChainParameters next = current;
  const bool stationary = options.initial == InitialState::stationary;
  if (!options.fix_transitions && stationary) {
    const Eigen::MatrixXd counts =
        (current.transitions.array() > 0).select((moves.array() + (options.transition_prior - 1)).matrix(), 0);
    next.transitions = stationary_transitions(starts, counts, current.transitions);
  } else if (!options.fix_transitions) {
    for (Eigen::Index i = 0; i < moves.rows(); ++i) {
      next.transitions.row(i) =
          proportions(moves.row(i).transpose(), current.transitions.row(i).transpose(), options.transition_prior)
              .transpose();
    }
  }
  if (stationary) {
    if (!options.fix_transitions) next.initial = stationary_distribution(next.transitions);
  } else if (!options.fix_initial) {
    next.initial = proportions(starts, current.initial, options.initial_prior);
  }
  return next;
}

double chain_log_prior(const ChainParameters& parameters, const ChainOptions& options) {
  const auto logs = [](const Eigen::ArrayXXd& p) { return (p > 0).select(p.log(), 0).sum(); };
  double sum = 0;
  if (options.transition_prior != 1) sum += (options.transition_prior - 1) * logs(parameters.transitions.array());
  if (options.initial_prior != 1 && options.initial == InitialState::free) {
    sum += (options.initial_prior - 1) * logs(parameters.initial.array());
  }
  return sum;
}

std::size_t free_chain_parameters(const ChainParameters& parameters, const ChainOptions& options) {
  const auto free = [](const Eigen::ArrayXd& p) { return static_cast<std::size_t>((p > 0).count() - 1); };
  std::size_t sum = 0;
  if (!options.fix_initial && options.initial == InitialState::free) sum += free(parameters.initial.array());
  if (options.fix_transitions) return sum;
  for (const auto& row : parameters.transitions.rowwise()) sum += free(row.transpose().array());
  return sum;
}

}  // namespace latent
