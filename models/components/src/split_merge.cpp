#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

#include <boost/random/normal_distribution.hpp>
#include <latent/components/split_merge.hpp>

namespace latent {

void SplitMerge::apply(const ColumnBlock& block, Columns responsibilities) const {
  responsibilities.col(kept) += responsibilities.col(freed);
  const Eigen::ArrayXd side = (block.array().matrix() * normal).array() - offset;
  responsibilities.col(freed) = (side > 0).select(responsibilities.col(cut), 0.0);
  responsibilities.col(cut) -= responsibilities.col(freed);
}

SplitMergeSurvey::SplitMergeSurvey(std::size_t components, std::size_t columns) {
  const auto k = static_cast<Eigen::Index>(components), d = static_cast<Eigen::Index>(columns);
  overlap_.setZero(k, k);
  counts_.setZero(k);
  sums_.setZero(k, d);
  squares_.setZero(k, d);
}

void SplitMergeSurvey::add(const ColumnBlock& block, Columns responsibilities) {
  const auto r = responsibilities.matrix();
  overlap_.noalias() += r.transpose() * r;
  counts_ += r.colwise().sum().transpose();
  sums_.noalias() += r.transpose() * block.array().matrix();
  squares_.noalias() += r.transpose() * block.array().square().matrix();
}

SplitMerge SplitMergeSurvey::change(std::size_t index, Random& random) const {
  const Eigen::Index components = counts_.size();
  std::vector<std::pair<Eigen::Index, Eigen::Index>> pairs;
  for (Eigen::Index a = 0; a < components; ++a) {
    for (Eigen::Index b = a + 1; b < components; ++b) pairs.emplace_back(a, b);
  }
  const auto cosine = [&](const std::pair<Eigen::Index, Eigen::Index>& pair) {
    const double sizes = overlap_(pair.first, pair.first) * overlap_(pair.second, pair.second);
    return sizes > 0 ? overlap_(pair.first, pair.second) / std::sqrt(sizes)
                     : 1;  // an empty component merges at no cost
  };
  std::ranges::stable_sort(pairs, [&](const auto& left, const auto& right) { return cosine(left) > cosine(right); });

  const std::size_t pair = index % pairs.size();
  SplitMerge move;
  move.kept = pairs[pair].first;
  move.freed = pairs[pair].second;
  std::vector<Eigen::Index> rest;
  for (Eigen::Index k = 0; k < components; ++k) {
    if (k != move.freed) rest.push_back(k);
  }
  move.cut = rest[(index / pairs.size() + pair) % rest.size()];

  const double count = counts_[move.cut] + (move.cut == move.kept ? counts_[move.freed] : 0);
  Eigen::VectorXd sum = sums_.row(move.cut), squares = squares_.row(move.cut);
  if (move.cut == move.kept) {
    sum += sums_.row(move.freed).transpose();
    squares += squares_.row(move.freed).transpose();
  }
  const Eigen::VectorXd mean = sum / std::max(count, std::numeric_limits<double>::min());
  const Eigen::ArrayXd variances =
      (squares / std::max(count, std::numeric_limits<double>::min()) - mean.cwiseAbs2()).array();
  boost::random::normal_distribution<double> normal;
  move.normal = Eigen::VectorXd::NullaryExpr(mean.size(), [&](Eigen::Index j) {
    return variances[j] > 0 ? normal(random) / std::sqrt(variances[j]) : normal(random);
  });
  move.offset = move.normal.dot(mean);
  return move;
}

}  // namespace latent
