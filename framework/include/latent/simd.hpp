#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <type_traits>
#include <utility>

namespace latent::simd {

// As many doubles as one register of the instruction set compiled for holds. Arithmetic and comparisons work lane by
// lane; the widest supported set decides, so the last bits of a sum over lanes depend on the set, not on the machine.
#if defined(__AVX512F__)
inline constexpr std::size_t pack_bytes = 64;
inline constexpr std::size_t register_count = 32;
#elif defined(__AVX__)
inline constexpr std::size_t pack_bytes = 32;
inline constexpr std::size_t register_count = 16;
#elif defined(__aarch64__)
inline constexpr std::size_t pack_bytes = 16;
inline constexpr std::size_t register_count = 32;
#else
inline constexpr std::size_t pack_bytes = 16;
inline constexpr std::size_t register_count = 16;
#endif
inline constexpr std::size_t pack_size = pack_bytes / sizeof(double);

using Pack = double __attribute__((vector_size(pack_bytes)));
using BitPack = std::uint64_t __attribute__((vector_size(pack_bytes)));
using Mask = std::int64_t __attribute__((vector_size(pack_bytes)));  // what comparisons give: all ones or all zeros
using FloatPack = float __attribute__((vector_size(pack_bytes / 2)));

inline Pack broadcast(double value) { return Pack{} + value; }

// `from` and `to` are aligned to pack_bytes.
inline Pack load(const double* from) {
  using Aliasing = double __attribute__((vector_size(pack_bytes), may_alias));
  return *reinterpret_cast<const Aliasing*>(from);
}
inline void store(double* to, Pack value) {
  using Aliasing = double __attribute__((vector_size(pack_bytes), may_alias));
  *reinterpret_cast<Aliasing*>(to) = value;
}
// A load whose result stays in a register: left alone, g++ repeats the load in every instruction that uses it, and
// multiply-adds then wait for the two load ports.
inline Pack load_once(const double* from) {
  Pack result = load(from);
#if defined(__x86_64__)
  asm("" : "+v"(result));
#elif defined(__aarch64__)
  asm("" : "+w"(result));
#endif
  return result;
}
inline Pack load_unaligned(const double* from) {
  Pack result;
  __builtin_memcpy(&result, from, sizeof result);
  return result;
}
inline void store_unaligned(double* to, Pack value) { __builtin_memcpy(to, &value, sizeof value); }
inline Pack load_unaligned(const float* from) {
  FloatPack narrow;
  __builtin_memcpy(&narrow, from, sizeof narrow);
  return __builtin_convertvector(narrow, Pack);
}

inline Pack select(Mask mask, Pack yes, Pack no) { return mask ? yes : no; }
inline Pack max(Pack a, Pack b) { return a > b ? a : b; }  // b where either is not a number
inline Pack min(Pack a, Pack b) { return a < b ? a : b; }  // b where either is not a number

// a * b + c; one rounding where the instruction set has a fused multiply-add, two elsewhere.
inline Pack multiply_add(Pack a, Pack b, Pack c) { return a * b + c; }

// 0, 1, 2, ... lane by lane.
inline Pack lane_numbers() {
  Pack result{};
  for (std::size_t lane = 0; lane < pack_size; ++lane) result[lane] = static_cast<double>(lane);
  return result;
}

// Horner's rule, highest coefficient first.
template <class... Coefficients>
Pack polynomial(Pack x, double highest, Coefficients... rest) {
  Pack result = broadcast(highest);
  ((result = multiply_add(result, x, broadcast(rest))), ...);
  return result;
}

// ln 2 in two parts. The first has 42 significant bits, so its product with an exponent is exact (Cody & Waite,
// Software Manual for the Elementary Functions, 1980, chapter 6).
inline constexpr double ln2_high = 0x1.62e42fefa38p-1;
inline constexpr double ln2_low = 0x1.ef35793c7673p-45;

// e^x within 1.05 ulp for x in [-708.396, 709.782]; 0 below (results that would be subnormal are flushed), +inf above,
// NaN for NaN. x = n ln 2 + r with |r| <= ln 2 / 2, then e^r = 1 + r + r^2 q(r), where q is the minimax polynomial of
// degree 9 for the relative error of the whole (Remez exchange in 50 digits; error 3.6e-18), then n enters the
// exponent.
inline Pack exp(Pack x) {
  constexpr double shift = 0x1.8p52;  // adding it rounds to an integer and leaves that in the low bits
  const Pack shifted = multiply_add(x, broadcast(0x1.71547652b82fep0), broadcast(shift));
  const Pack n = shifted - shift;
  const Pack r = multiply_add(n, broadcast(-ln2_low), multiply_add(n, broadcast(-ln2_high), x));
  const Pack q = polynomial(r, 0x1.ad7f6a9352df8p-26, 0x1.28ad72d164808p-22, 0x1.71df2554fc7afp-19,
                            0x1.a0199a0c621a7p-16, 0x1.a01a012a5680dp-13, 0x1.6c16c1842a138p-10, 0x1.1111111127be9p-7,
                            0x1.555555555087cp-5, 0x1.55555555554fap-3, 0x1.000000000000ap-1);
  const Pack mantissa = multiply_add(r * r, q, r) + 1.0;
  const Pack scaled = (Pack)((BitPack)mantissa + ((BitPack)shifted << 52));
  const Pack in_range = select(x >= -0x1.6232bdd7abcd2p+9, scaled, Pack{});
  return select(x <= 0x1.62e42fefa39efp+9, in_range, x + std::numeric_limits<double>::infinity());
}

// ln x within 1 ulp for every positive x, subnormal ones included; -inf for 0, +inf for +inf, NaN for negative x and
// NaN. x = 2^k (1 + f) with 1 + f in [sqrt(1/2), sqrt(2)) and s = f / (2 + f), ln(1 + f) = 2 s + s R(s^2) = f - s (f -
// R); R / s^2 is the minimax polynomial of degree 6 (Remez exchange in 50 digits; error 2.5e-18). The order of the last
// additions keeps the error below one ulp (P. T. P. Tang, ACM TOMS 16, 1990, section 3, without his table).
inline Pack log(Pack x) {
  constexpr std::uint64_t one = 0x3ff0000000000000, sqrt_half = 0x3fe6a09e667f3bcd, mantissa_bits = 0xfffffffffffff;
  const Mask subnormal = x < std::numeric_limits<double>::min();
  const BitPack bits = (BitPack)select(subnormal, x * 0x1p54, x) + (one - sqrt_half);
  const Pack m = (Pack)((bits & mantissa_bits) + sqrt_half);
  // The exponent as a double: put it into the low bits of 2^52 and subtract that again.
  const Pack exponent = (Pack)((bits >> 52) | 0x4330000000000000) - 0x1p52;
  const Pack k = exponent - select(subnormal, broadcast(1023 + 54), broadcast(1023));

  const Pack f = m - 1.0;
  const Pack s = f / (f + 2.0);
  const Pack z = s * s;
  const Pack half_square = 0.5 * f * f;
  const Pack R = z * polynomial(z, 0x1.2f0634ae4820ep-3, 0x1.39a1a6f442b5bp-3, 0x1.74663fa236ab7p-3,
                                0x1.c71c520607f41p-3, 0x1.24924941f4fb0p-2, 0x1.999999997fd77p-2, 0x1.5555555555592p-1);
  const Pack tail = multiply_add(k, broadcast(ln2_low), s * (half_square + R));
  const Pack result = multiply_add(k, broadcast(ln2_high), f - (half_square - tail));

  constexpr double infinity = std::numeric_limits<double>::infinity();
  const Pack not_positive =
      select(x == Pack{}, broadcast(-infinity), broadcast(std::numeric_limits<double>::quiet_NaN()));
  return select(x > Pack{}, select(x == infinity, x, result), not_positive);
}

// body(0), ..., body(Count - 1) with the index as a compile-time constant. Compilers leave loops whose bounds depend on
// outer loops as they are, and then keep what they index in memory instead of in registers.
template <std::size_t Count, class Body>
[[gnu::always_inline]] inline void unroll(const Body& body) {
  [&]<std::size_t... I>(std::index_sequence<I...>) __attribute__((always_inline)) {
    (body(std::integral_constant<std::size_t, I>{}), ...);
  }
  (std::make_index_sequence<Count>{});
}

// (a, b) become their exchange at distance Step: of every two neighbouring groups of Step lanes, the first of a and of
// b go to the low result, the second to the high one.
template <std::size_t Step, std::size_t... Lane>
Pack low_groups(Pack a, Pack b, std::index_sequence<Lane...>) {
  return __builtin_shufflevector(a, b, (Lane & Step ? pack_size + Lane - Step : Lane)...);
}
template <std::size_t Step, std::size_t... Lane>
Pack high_groups(Pack a, Pack b, std::index_sequence<Lane...>) {
  return __builtin_shufflevector(a, b, (Lane & Step ? pack_size + Lane : Lane + Step)...);
}
template <std::size_t Step>
void exchange(Pack& a, Pack& b) {
  constexpr auto lanes = std::make_index_sequence<pack_size>();
  const Pack low = low_groups<Step>(a, b, lanes);
  b = high_groups<Step>(a, b, lanes);
  a = low;
}

// Lane i of pack j becomes lane j of pack i.
template <std::size_t Step = 1>
[[gnu::always_inline]] inline void transpose(Pack (&packs)[pack_size]) {
  if constexpr (Step < pack_size) {
    unroll<pack_size>([&](auto i) {
      if constexpr (!(i & Step)) exchange<Step>(packs[i], packs[i + Step]);
    });
    transpose<2 * Step>(packs);
  }
}

// Lane i of the result is the sum of the lanes of packs[i], neighbours first, then pairs of neighbours and so on; 0 for
// i >= Count.
template <std::size_t Count, std::size_t First = 0, std::size_t Step = pack_size>
[[gnu::always_inline]] inline Pack sums(const Pack* packs) {
  if constexpr (First >= Count) {
    return Pack{};
  } else if constexpr (Step == 1) {
    return packs[First];
  } else {
    Pack low = sums<Count, First, Step / 2>(packs);
    Pack high = sums<Count, First + Step / 2, Step / 2>(packs);
    exchange<Step / 2>(low, high);
    return low + high;
  }
}

// Adds the sum of the lanes of packs[i] to to[i] for i < Count.
template <std::size_t Count>
[[gnu::always_inline]] inline void add_sums(const Pack* packs, double* to) {
  constexpr std::size_t left = Count % pack_size, whole = Count - left;
  unroll<Count / pack_size>([&](auto group) {
    double* at = to + group * pack_size;
    store_unaligned(at, load_unaligned(at) + sums<pack_size>(packs + group * pack_size));
  });
  if constexpr (left > 0) {
    const Pack rest = sums<left>(packs + whole);
    for (std::size_t i = 0; i < left; ++i) to[whole + i] += rest[i];
  }
}

// The sum of the lanes in the same order: neighbours first.
inline double sum(Pack pack) {
  for (std::size_t count = pack_size / 2; count > 0; count /= 2) {
    for (std::size_t i = 0; i < count; ++i) pack[i] = pack[2 * i] + pack[2 * i + 1];
  }
  return pack[0];
}

// Cuts [0, count) into tiles of `Largest` and one smaller tile, and calls body(size, first) for each with its size as a
// compile-time constant: loops over a tile then unroll into registers.
template <std::size_t Largest, class Body>
void for_each_tile(std::size_t count, const Body& body, std::size_t first = 0) {
  for (; first + Largest <= count; first += Largest) body(std::integral_constant<std::size_t, Largest>{}, first);
  if constexpr (Largest > 1) {
    if (first < count) for_each_tile<Largest - 1>(count, body, first);
  }
}

}  // namespace latent::simd
