#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace latent {

// What values a parameter may take, and with it the smooth one-to-one map between those values ("natural") and all of
// R^m ("unconstrained"). A constraint acts on blocks of a field: on single numbers (real, positive, non_negative,
// interval, fixed), on the last axis (simplex: a vector, or every row of a matrix), or on whole matrices
// (positive_definite).
//
//   constraint          natural block             unconstrained                                       free numbers
//   real                x                         x                                                   1
//   positive            x > 0                     log x                                               1
//   non_negative        x >= 0                    log x                                               1
//   interval(a, b)      a <= x <= b               log((x - a) / (b - x))                              1
//   simplex             p_i >= 0, sum p = 1       log(p_i / p_n), i < n   (Aitchison 1986, section 4) n - 1
//   ordered             x_1 < x_2 < ... < x_n     x_1, log(x_i - x_{i-1})                             n
//   positive_definite   D x D, symmetric          Cholesky factor, logs on its diagonal               D(D+1)/2
//                                                 (Pinheiro & Bates 1996, section 2.2)
//   fixed               anything                  nothing                                             0
//
// A third kind of coordinates, for extrapolation, is finite also where a probability is zero, and leaves no point of
// R^m outside, but for what overflows: probabilities stand as their square roots (arcsine for an interval), numbers that are not negative as theirs,
// the others as above. The square root makes the information of a frequency or a rate the same everywhere (Bartlett
// 1936, Suppl. J. R. Statist. Soc. 3, 68): they are called stabilized. Those of a simplex are one too many.
class Constraint {
 public:
  enum class Kind { real, positive, non_negative, interval, simplex, ordered, positive_definite, fixed };

  constexpr Constraint(Kind kind, double lower = 0, double upper = 0)  // NOLINT(google-explicit-constructor)
      : kind_(kind), lower_(lower), upper_(upper) {}

  constexpr Kind kind() const { return kind_; }
  const char* name() const;

  // The number of values in one block of a field of this shape.
  std::size_t block_size(std::span<const std::size_t> shape) const;
  // The number of unconstrained coordinates of a block of `size` values: its count of free parameters.
  std::size_t free_size(std::size_t size) const;
  // The number of natural coordinates: the values themselves, of a symmetric matrix the lower triangle.
  std::size_t natural_size(std::size_t size) const;
  // The number of stabilized coordinates.
  std::size_t stabilized_size(std::size_t size) const;

  // Between a block (row-major) and its coordinates. A value on the boundary of its range (a zero in a simplex) has
  // infinite unconstrained coordinates, a matrix that is not positive definite has NaN.
  void to_unconstrained(std::span<const double> block, std::span<double> free) const;
  void from_unconstrained(std::span<const double> free, std::span<double> block) const;
  void to_natural(std::span<const double> block, std::span<double> natural) const;
  void from_natural(std::span<const double> natural, std::span<double> block) const;
  void to_stabilized(std::span<const double> block, std::span<double> stabilized) const;
  void from_stabilized(std::span<const double> stabilized, std::span<double> block) const;

  // Whether a value lies so near the end of its range that it is there but for rounding: a probability below 1e-6.
  bool at_edge(std::span<const double> block) const;

  // Why these values are not allowed ("the weights sum to 0.9, they must sum to 1"), or nothing.
  std::optional<std::string> violation(std::span<const double> block) const;

 private:
  Kind kind_;
  double lower_, upper_;
};

inline constexpr Constraint real{Constraint::Kind::real};
inline constexpr Constraint positive{Constraint::Kind::positive};
inline constexpr Constraint non_negative{Constraint::Kind::non_negative};
inline constexpr Constraint unit_interval{Constraint::Kind::interval, 0, 1};
inline constexpr Constraint simplex{Constraint::Kind::simplex};
inline constexpr Constraint simplex_rows{Constraint::Kind::simplex};
inline constexpr Constraint ordered{Constraint::Kind::ordered};
inline constexpr Constraint positive_definite{Constraint::Kind::positive_definite};
inline constexpr Constraint fixed{Constraint::Kind::fixed};
constexpr Constraint interval(double lower, double upper) { return {Constraint::Kind::interval, lower, upper}; }

}  // namespace latent
