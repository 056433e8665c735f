#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include <latent/hmm/chain.hpp>

// The forward-backward recursions (Baum, Petrie, Soules & Weiss 1970; scaled as in Rabiner 1989, section V.A, but by
// powers of two, which round nothing). Sequences are taken some at a time, in step: what one waits for, another fills,
// and every row of the transition matrix is read once for all of them.
//
//   forward    alpha_0 = initial * b_0,   alpha_t = s_t (A' alpha_{t-1}) * b_t        s_t = 2^-exponent(max alpha_{t-1})
//   backward   w_t = s_t b_t * beta_t,    beta_{t-1} = A w_t,   beta_{T-1} = given
//   sums       gamma_t = alpha_t * beta_t,   xi = A * sum_t alpha_{t-1} w_t'
//
// b_t are the densities of row t times any positive number.

namespace latent {

// A sequence, or a stretch of one: rows first to last of `length`, one after the other.
struct Stretch {
  std::size_t length = 0;
  const double* const* densities = nullptr;  // length pointers to the P densities of a row, zero where padded; aligned
  double* alpha = nullptr;                   // length x P
  double* scales = nullptr;                  // length: s_t
  const double* before = nullptr;            // alpha of the row before the stretch (P), or null at a beginning

  double top = 0;              // the largest alpha of the row before, after `forward` of the last row
  std::int64_t exponents = 0;  // forward adds: the forward variables are alpha * 2^exponents
  bool ends = true;            // beta of the last row is given, and nothing comes after it
  double* pending = nullptr;   // P, for backward: if the stretch ends beta of its last row, else w of the row after it
  double* moves = nullptr;     // P x P: backward adds sum_t alpha_{t-1} w_t', without the factor A
  bool sound = true;           // backward: no number left the range in which what underflowed could not matter
};

inline constexpr std::size_t most_in_step = 4;

// Both take at most `most_in_step` stretches, the longest first.
//
// alpha and scales of all rows. The stretches begin their sequences, or none of them does.
void forward(const Chain& chain, std::span<Stretch> stretches);
// After forward: alpha of each row becomes gamma, `pending` is w of the first row, `moves` grows.
//
// An alpha that underflowed to zero would have mattered only where beta is huge. Backward sees all beta, also of states
// whose alpha is zero, and says so in `sound`: then the stretch must be done again in logarithms.
void backward(const Chain& chain, std::span<Stretch> stretches);

}  // namespace latent
