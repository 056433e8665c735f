#include <cmath>
#include <limits>

#include <latent/hmm/log_recursions.hpp>

namespace latent {
namespace {

constexpr double nothing = -std::numeric_limits<double>::infinity();

// ln sum exp of terms; -infinity if all are.
template <class Terms>
double log_sum(const Eigen::ArrayBase<Terms>& terms) {
  const double top = terms.maxCoeff();
  if (top == nothing || std::isnan(top)) return top;
  return top + std::log((terms - top).exp().sum());
}

// ln of the forward variables, T x S, not normalised.
RowMajorMatrix log_forward(const Chain& chain, const RowMajorMatrix& log_densities) {
  const Eigen::ArrayXXd moves = chain.log_transitions().array();
  RowMajorMatrix alpha(log_densities.rows(), log_densities.cols());
  alpha.row(0) = chain.log_initial().transpose() + log_densities.row(0);
  for (Eigen::Index t = 1; t < alpha.rows(); ++t) {
    const Eigen::ArrayXd before = alpha.row(t - 1).transpose().array();
    for (Eigen::Index j = 0; j < alpha.cols(); ++j) {
      alpha(t, j) = log_sum(before + moves.col(j)) + log_densities(t, j);
    }
  }
  return alpha;
}

}  // namespace

LogForwardBackward forward_backward_in_logs(const Chain& chain, const RowMajorMatrix& log_densities) {
  const Eigen::Index length = log_densities.rows(), states = log_densities.cols();
  const Eigen::ArrayXXd moves = chain.log_transitions().array();
  const RowMajorMatrix alpha = log_forward(chain, log_densities);
  LogForwardBackward result;
  result.log_likelihood = log_sum(alpha.row(length - 1).array());
  if (result.log_likelihood == nothing) {
    while (alpha.row(static_cast<Eigen::Index>(result.impossible_step)).maxCoeff() != nothing) ++result.impossible_step;
    return result;
  }
  result.posterior.resize(length, states);
  result.transitions = Eigen::MatrixXd::Zero(states, states);
  Eigen::ArrayXd beta = Eigen::ArrayXd::Zero(states);
  for (Eigen::Index t = length; t-- > 0;) {
    if (t + 1 < length) {
      const Eigen::ArrayXd after = log_densities.row(t + 1).transpose().array() + beta;
      for (Eigen::Index i = 0; i < states; ++i) {
        const Eigen::ArrayXd onward = moves.row(i).transpose() + after;
        if (alpha(t, i) != nothing) {
          result.transitions.row(i).array() += (onward + (alpha(t, i) - result.log_likelihood)).exp().transpose();
        }
        beta[i] = log_sum(onward);
      }
    }
    for (Eigen::Index i = 0; i < states; ++i) {
      result.posterior(t, i) =
          alpha(t, i) == nothing || beta[i] == nothing ? 0 : std::exp(alpha(t, i) + beta[i] - result.log_likelihood);
    }
  }
  return result;
}

RowMajorMatrix log_filtered(const Chain& chain, const RowMajorMatrix& log_densities) {
  RowMajorMatrix alpha = log_forward(chain, log_densities);
  for (Eigen::Index t = 0; t < alpha.rows(); ++t) alpha.row(t).array() -= log_sum(alpha.row(t).array());
  return alpha;
}

ViterbiPath viterbi(const Chain& chain, const RowMajorMatrix& log_densities) {
  const Eigen::Index length = log_densities.rows(), states = log_densities.cols();
  const Eigen::MatrixXd& moves = chain.log_transitions();
  Eigen::Matrix<std::int32_t, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor> from(length, states);
  Eigen::VectorXd best = chain.log_initial() + log_densities.row(0).transpose();
  for (Eigen::Index t = 1; t < length; ++t) {
    Eigen::VectorXd next(states);
    for (Eigen::Index j = 0; j < states; ++j) {
      Eigen::Index at = 0;
      next[j] = (best + moves.col(j)).maxCoeff(&at) + log_densities(t, j);
      from(t, j) = static_cast<std::int32_t>(at);
    }
    best = next;
  }
  Eigen::Index at = 0;
  ViterbiPath path{std::vector<std::size_t>(static_cast<std::size_t>(length)), best.maxCoeff(&at)};
  for (Eigen::Index t = length; t-- > 0;) {
    path.states[static_cast<std::size_t>(t)] = static_cast<std::size_t>(at);
    if (t > 0) at = from(t, at);
  }
  return path;
}

}  // namespace latent
