#pragma once

#include <cstddef>
#include <vector>

#include <Eigen/Core>
#include <latent/saved_state.hpp>

namespace latent {

// What the last steps show of the derivative of EM's map M: pairs of differences dx of points and dg of x - M(x), so
// that dg = (I - J) dx where M is linear. Lengths are measured with weights, one a coordinate. All inner products are
// kept, so that a new pair costs a few passes over the stored vectors and everything else is small.
class Secants {
 public:
  explicit Secants(std::size_t capacity) : capacity_(capacity) {}

  void set_weights(Eigen::VectorXd weights);
  // Forgets the oldest pair if there are too many. A pair of length zero is none.
  void add(const Eigen::VectorXd& dx, const Eigen::VectorXd& dg);
  bool empty() const { return pairs_.empty(); }

  // The span of the pairs that point in directions of their own, newest first: an orthonormal basis B, in which I - J is
  // the matrix B^T (I - J) B.
  struct Span {
    std::vector<std::size_t> pairs;  // which
    Eigen::MatrixXd to_basis;        // pairs x pairs, upper triangular: B = X to_basis
    Eigen::MatrixXd matrix;          // B^T G to_basis
  };
  Span span() const;
  // B^T f.
  Eigen::VectorXd project(const Span& span, const Eigen::VectorXd& f) const;
  // x's move: B c, and of f - G c what is orthogonal to B.
  Eigen::VectorXd move(const Span& span, const Eigen::VectorXd& c, const Eigen::VectorXd& f) const;

  void visit_state(SavedState& state);

 private:
  struct Pair {
    Eigen::VectorXd dx, dg;                // of weighted length one and in proportion
    Eigen::VectorXd weighted;              // W dx
    std::vector<double> with_dx, with_dg;  // inner products of W dx with the dx and dg of all pairs
    void visit_state(SavedState& state);
  };

  std::size_t capacity_;
  Eigen::VectorXd weights_;
  std::vector<Pair> pairs_;  // oldest first
};

}  // namespace latent
