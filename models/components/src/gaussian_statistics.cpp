#include <latent/components/gaussian_diagonal.hpp>
#include <latent/components/gaussian_full.hpp>
#include <latent/components/gaussian_spherical.hpp>
#include <latent/components/gaussian_tied.hpp>

// How sums about means add up. Those of one E-step have the same origins and are added number by number. Others (of an
// earlier E-step, in incremental and online EM) are moved first: with d = other origin - this origin,
//   sum r (x - o) = s' + N' d,    sum r (x - o)(x - o)^T = S' + d s'^T + s' d^T + N' d d^T.

namespace latent {
namespace {

// What the moments of `other` have in addition when they are taken about the origins of `into`.
struct Move {
  bool needed;
  Eigen::MatrixXd shift;  // K x D: d
  Eigen::MatrixXd sums;   // K x D: s' + N' d / 2, so that the squares gain 2 d (s' + N' d / 2)
};

template <class Statistics>
Move move_between(const Statistics& into, const Statistics& other) {
  if (into.origins == other.origins) return {false, {}, {}};
  const Eigen::MatrixXd shift = other.origins - into.origins;
  return {true, shift, other.sums + 0.5 * other.counts.asDiagonal() * shift};
}

template <class Statistics>
void add_first(Statistics& into, const Statistics& other, const Move& move, double factor) {
  into.counts += factor * other.counts;
  into.sums += factor * other.sums;
  if (move.needed) into.sums += factor * other.counts.asDiagonal() * move.shift;
}

// triangle += factor * (d s^T + s d^T) for one component, packed as in scatter.hpp.
void add_cross(Eigen::Ref<Eigen::VectorXd> triangle, const Eigen::VectorXd& shift, const Eigen::VectorXd& sums,
               double factor) {
  for (Eigen::Index i = 0, at = 0; i < shift.size(); ++i) {
    for (Eigen::Index j = 0; j <= i; ++j, ++at) triangle[at] += factor * (shift[i] * sums[j] + sums[i] * shift[j]);
  }
}

}  // namespace

void FullGaussians::Statistics::add(const Statistics& other, double factor) {
  const Move move = move_between(*this, other);
  add_first(*this, other, move, factor);
  scatters += factor * other.scatters;
  for (Eigen::Index k = 0; move.needed && k < counts.size(); ++k) {
    add_cross(scatters.col(k), move.shift.row(k), move.sums.row(k), factor);
  }
}

void TiedGaussians::Statistics::add(const Statistics& other, double factor) {
  const Move move = move_between(*this, other);
  add_first(*this, other, move, factor);
  scatter += factor * other.scatter;
  for (Eigen::Index k = 0; move.needed && k < counts.size(); ++k) {
    add_cross(scatter, move.shift.row(k), move.sums.row(k), factor);
  }
}

void DiagonalGaussians::Statistics::add(const Statistics& other, double factor) {
  const Move move = move_between(*this, other);
  add_first(*this, other, move, factor);
  squares += factor * other.squares;
  if (move.needed) squares += 2 * factor * move.shift.cwiseProduct(move.sums);
}

void SphericalGaussians::Statistics::add(const Statistics& other, double factor) {
  const Move move = move_between(*this, other);
  add_first(*this, other, move, factor);
  squares += factor * other.squares;
  if (move.needed) squares += 2 * factor * move.shift.cwiseProduct(move.sums).rowwise().sum();
}

void FullGaussians::Statistics::scale(double factor) {
  counts *= factor;
  sums *= factor;
  scatters *= factor;
}

void TiedGaussians::Statistics::scale(double factor) {
  counts *= factor;
  sums *= factor;
  scatter *= factor;
}

void DiagonalGaussians::Statistics::scale(double factor) {
  counts *= factor;
  sums *= factor;
  squares *= factor;
}

void SphericalGaussians::Statistics::scale(double factor) {
  counts *= factor;
  sums *= factor;
  squares *= factor;
}

}  // namespace latent
