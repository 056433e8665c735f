#pragma once

#include <doctest/doctest.h>

// How far two numbers that should be equal may differ, relatively (and absolutely, near zero).
namespace tolerance {

inline constexpr double rounding = 1e-14;    // the same formula, perhaps in another order
inline constexpr double round_trip = 1e-12;  // through logarithms, exponentials and factorizations and back
inline constexpr double conditioned = 1e-9;  // the same, of matrices that may be ill-conditioned
inline constexpr double optimum = 1e-10;     // a maximum found twice
inline constexpr double numeric = 1e-6;      // a numeric derivative, or where a numeric search puts a maximum

}  // namespace tolerance

inline doctest::Approx near(double expected, double relative) { return doctest::Approx(expected).epsilon(relative); }
