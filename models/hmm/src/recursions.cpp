#include <algorithm>
#include <array>
#include <bit>

#include <latent/hmm/recursions.hpp>
#include <latent/simd.hpp>

namespace latent {
namespace {

// Registers of W doubles, which may be narrower than simd::Pack.
template <std::size_t W>
struct Register {
  typedef double Numbers __attribute__((vector_size(W * sizeof(double))));
  typedef double Aliasing __attribute__((vector_size(W * sizeof(double)), may_alias));
  typedef std::int64_t Mask __attribute__((vector_size(W * sizeof(double))));
};
template <std::size_t W>
using Vec = typename Register<W>::Numbers;
template <std::size_t W>
using VecMask = typename Register<W>::Mask;

template <std::size_t W>
Vec<W> load(const double* from) {
  return *reinterpret_cast<const typename Register<W>::Aliasing*>(from);
}
// A load whose result stays in a register (see simd::load_once).
template <std::size_t W>
Vec<W> load_once(const double* from) {
  Vec<W> result = load<W>(from);
#if defined(__x86_64__)
  asm("" : "+v"(result));
#endif
  return result;
}
template <std::size_t W>
void store(double* to, Vec<W> value) {
  *reinterpret_cast<typename Register<W>::Aliasing*>(to) = value;
}

template <std::size_t W>
double largest(Vec<W> values) {
  double result = values[0];
  for (std::size_t lane = 1; lane < W; ++lane) result = std::max(result, values[lane]);
  return result;
}
template <std::size_t W>
bool all_set(VecMask<W> mask) {
  std::int64_t lanes[W];
  __builtin_memcpy(lanes, &mask, sizeof mask);
  return std::ranges::all_of(lanes, [](std::int64_t lane) { return lane != 0; });
}

// As many packs of a row as are worked on together, besides as many sequences.
constexpr std::size_t tile_packs = simd::register_count == 32 ? 4 : 2;

// x_b times the matrix, for packs [column, column + N W) of B rows x: finish(b, column, pack) gets the result.
template <std::size_t W, std::size_t B, std::size_t N, class Finish>
[[gnu::always_inline]] inline void product(const double* matrix, std::size_t rows, std::size_t stride,
                                           const std::array<const double*, B>& x, std::size_t column,
                                           const Finish& finish) {
  // Few sums would wait for each other: they are split in chains, which are added up in the end.
  constexpr std::size_t chains = std::min<std::size_t>(W, B * N >= 8 ? 1 : B * N >= 4 ? 2 : 4);
  Vec<W> sums[chains][B][N] = {};
  for (std::size_t i = 0; i < rows; i += chains) {
    simd::unroll<chains>([&](auto chain) {
      const double* const row = matrix + (i + chain) * stride + column;
      Vec<W> numbers[N];
      simd::unroll<N>([&](auto n) { numbers[n] = load_once<W>(row + n * W); });
      simd::unroll<B>([&](auto b) {
        const Vec<W> factor = Vec<W>{} + x[b][i + chain];
        simd::unroll<N>([&](auto n) { sums[chain][b][n] += factor * numbers[n]; });
      });
    });
  }
  simd::unroll<B>([&](auto b) {
    simd::unroll<N>([&](auto n) {
      Vec<W> sum = sums[0][b][n];
      simd::unroll<chains - 1>([&](auto chain) { sum += sums[chain + 1][b][n]; });
      finish(b, column + n * W, sum);
    });
  });
}

// The same for a whole row of P numbers, of N packs if N is not 0.
template <std::size_t W, std::size_t B, std::size_t N, class Finish>
[[gnu::always_inline]] inline void whole_product(const double* matrix, std::size_t rows, std::size_t padded,
                                                 const std::array<const double*, B>& x, const Finish& finish) {
  if constexpr (N > 0) {
    product<W, B, N>(matrix, rows, padded, x, 0, finish);
  } else {
    simd::for_each_tile<tile_packs>(padded / W, [&](auto packs, std::size_t first) {
      product<W, B, packs()>(matrix, rows, padded, x, first * W, finish);
    });
  }
}

// How many rows of the matrix a product walks: the states, and zeros up to a multiple of the chains.
std::size_t walked(const Chain& chain) { return std::min(chain.padded(), (chain.states() + 3) / 4 * 4); }

// 2^-exponent of a number >= 0, as a factor and as exponent; of 0 and what is subnormal the largest power of two.
struct PowerOfTwo {
  double factor;
  std::int64_t exponent;
};
PowerOfTwo normalising(double top) {
  const std::uint64_t biased = std::bit_cast<std::uint64_t>(top) >> 52;
  return {std::bit_cast<double>((2046 - biased) << 52), static_cast<std::int64_t>(biased) - 1023};
}

template <std::size_t W>
[[gnu::always_inline]] inline Vec<W> larger(Vec<W> a, Vec<W> b) {
  return a > b ? a : b;
}

// alpha of rows [from, to) of B stretches; each has the row before.
template <std::size_t W, std::size_t B, std::size_t N>
void forward_rows(const Chain& chain, Stretch* stretches, std::size_t from, std::size_t to) {
  const std::size_t padded = chain.padded(), rows = walked(chain);
  const double* const matrix = chain.onward();
  std::array<double, B> top;
  std::array<std::int64_t, B> exponents{};
  for (std::size_t b = 0; b < B; ++b) top[b] = stretches[b].top;
  for (std::size_t t = from; t < to; ++t) {
    std::array<const double*, B> previous, densities;
    std::array<double*, B> alpha;
    std::array<double, B> scale;
    Vec<W> tops[B] = {};
    for (std::size_t b = 0; b < B; ++b) {
      const Stretch& stretch = stretches[b];
      previous[b] = t == 0 ? stretch.before : stretch.alpha + (t - 1) * padded;
      densities[b] = stretch.densities[t];
      alpha[b] = stretch.alpha + t * padded;
      const PowerOfTwo power = normalising(top[b]);
      scale[b] = stretch.scales[t] = power.factor;
      exponents[b] += power.exponent;
    }
    whole_product<W, B, N>(matrix, rows, padded, previous, [&](auto b, std::size_t column, Vec<W> sum) {
      const Vec<W> value = sum * (load<W>(densities[b] + column) * scale[b]);
      store<W>(alpha[b] + column, value);
      tops[b] = larger<W>(tops[b], value);
    });
    for (std::size_t b = 0; b < B; ++b) top[b] = largest<W>(tops[b]);
  }
  for (std::size_t b = 0; b < B; ++b) {
    stretches[b].top = top[b];
    stretches[b].exponents += exponents[b];
  }
}

// moves += sum_t alpha_t w_t' over `count` rows.
template <std::size_t W, std::size_t N>
void add_moves(std::size_t states, std::size_t padded, const double* alpha, const double* w, std::size_t count,
               double* moves) {
  constexpr std::size_t tile_states = 4, tile = N > 0 ? N : tile_packs;
  const auto columns_tile = [&](auto packs, std::size_t first) {
    simd::for_each_tile<tile_states>(states, [&](auto rows, std::size_t i) {
      constexpr std::size_t R = rows(), M = packs();
      Vec<W> sums[R][M];
      double* const to = moves + i * padded + first * W;
      simd::unroll<R>([&](auto r) { simd::unroll<M>([&](auto n) { sums[r][n] = load<W>(to + r * padded + n * W); }); });
      const double* x = alpha + i;
      const double* y = w + first * W;
      for (std::size_t t = 0; t < count; ++t, x += padded, y += padded) {
        Vec<W> numbers[M];
        simd::unroll<M>([&](auto n) { numbers[n] = load_once<W>(y + n * W); });
        simd::unroll<R>([&](auto r) {
          const Vec<W> factor = Vec<W>{} + x[r];
          simd::unroll<M>([&](auto n) { sums[r][n] += factor * numbers[n]; });
        });
      }
      simd::unroll<R>([&](auto r) { simd::unroll<M>([&](auto n) { store<W>(to + r * padded + n * W, sums[r][n]); }); });
    });
  };
  simd::for_each_tile<tile>(padded / W, columns_tile);
}

// Rows of a block of the backward recursion: their w and beta stay in the first-level cache.
std::size_t block_length(std::size_t padded) { return std::clamp<std::size_t>(1024 / padded, 16, 128); }

// The block of `count` rows that ends `done` rows before the end of each of B stretches. `work`: for each stretch w and
// beta of the block.
template <std::size_t W, std::size_t B, std::size_t N>
void backward_block(const Chain& chain, Stretch* stretches, std::size_t done, std::size_t count, double* work) {
  constexpr double limit = 0x1p800;  // what underflowed is below 2^-1022: its share of the likelihood is below 2^-222
  const std::size_t padded = chain.padded(), rows = walked(chain), states = chain.states();
  const double* const matrix = chain.backward();
  std::array<std::size_t, B> first;  // row of the stretch where the block begins
  std::array<double*, B> w, beta;
  VecMask<W> sound[B];
  for (std::size_t b = 0; b < B; ++b) {
    Stretch& stretch = stretches[b];
    first[b] = stretch.length - done - count;
    w[b] = work + 2 * b * count * padded;
    beta[b] = w[b] + count * padded;
    sound[b] = VecMask<W>{} - 1;
    double* const last = w[b] + (count - 1) * padded;
    if (done == 0 && stretch.ends) {
      std::fill_n(last, padded, 0.0);  // nothing follows the last row
    } else {
      std::copy_n(stretch.pending, padded, last);
    }
  }
  for (std::size_t row = count; row-- > 0;) {
    std::array<const double*, B> after, densities;
    std::array<double*, B> next;
    std::array<double, B> scale;
    for (std::size_t b = 0; b < B; ++b) {
      Stretch& stretch = stretches[b];
      after[b] = w[b] + row * padded;
      next[b] = row > 0 ? w[b] + (row - 1) * padded : stretch.pending;
      densities[b] = stretch.densities[first[b] + row];
      scale[b] = stretch.scales[first[b] + row];
    }
    const auto finish = [&](auto b, std::size_t column, Vec<W> value) {
      store<W>(beta[b] + row * padded + column, value);
      store<W>(next[b] + column, value * (load<W>(densities[b] + column) * scale[b]));
      sound[b] &= value < limit;
    };
    if (done == 0 && row + 1 == count) {  // the last row of some stretches has a beta that is given
      for (std::size_t b = 0; b < B; ++b) {
        if (stretches[b].ends) {
          for (std::size_t column = 0; column < padded; column += W) {
            finish(b, column, load<W>(stretches[b].pending + column));
          }
        } else {
          whole_product<W, 1, N>(matrix, rows, padded, {after[b]},
                                 [&](auto, std::size_t column, Vec<W> value) { finish(b, column, value); });
        }
      }
    } else {
      whole_product<W, B, N>(matrix, rows, padded, after, finish);
    }
  }
  for (std::size_t b = 0; b < B; ++b) {
    Stretch& stretch = stretches[b];
    double* const alpha = stretch.alpha + first[b] * padded;
    add_moves<W, N>(states, padded, alpha, w[b], count, stretch.moves);
    for (std::size_t at = 0; at < count * padded; at += W) {
      store<W>(alpha + at, load<W>(alpha + at) * load<W>(beta[b] + at));
    }
    stretch.sound = stretch.sound && all_set<W>(sound[b]);
  }
}

template <std::size_t W, std::size_t N>
struct Recursions {
  template <class Body>
  static void with_count(std::size_t count, const Body& body) {
    switch (count) {
      case 1: return body(std::integral_constant<std::size_t, 1>{});
      case 2: return body(std::integral_constant<std::size_t, 2>{});
      case 3: return body(std::integral_constant<std::size_t, 3>{});
      default: return body(std::integral_constant<std::size_t, 4>{});
    }
  }

  static void forward(const Chain& chain, std::span<Stretch> stretches, std::size_t from) {
    for (std::size_t active = stretches.size(); active > 0; --active) {  // the shortest ends first
      const std::size_t to = stretches[active - 1].length;
      if (to > from) {
        with_count(active, [&](auto count) { forward_rows<W, count(), N>(chain, stretches.data(), from, to); });
      }
      from = std::max(from, to);
    }
  }

  static void backward(const Chain& chain, std::span<Stretch> stretches) {
    static thread_local AlignedBuffer buffer;
    const std::size_t block = block_length(chain.padded());
    double* const work = buffer.reserve(2 * most_in_step * block * chain.padded());
    std::size_t done = 0;
    for (std::size_t active = stretches.size(); active > 0;) {
      const std::size_t left = stretches[active - 1].length - done;
      if (left == 0) {
        --active;
        continue;
      }
      const std::size_t count = std::min(block, left);
      with_count(active,
                 [&](auto lanes) { backward_block<W, lanes(), N>(chain, stretches.data(), done, count, work); });
      done += count;
    }
  }
};

// body(Recursions of the registers and packs that fit the chain).
template <class Body>
void with_recursions(const Chain& chain, const Body& body) {
  constexpr std::size_t widest = simd::pack_size, four = std::min<std::size_t>(4, widest);
  if (chain.lanes() == 2 && widest > 2) return body(Recursions<2, 1>{});
  if (chain.lanes() == 4 && widest > 4) return body(Recursions<four, 1>{});
  switch (chain.padded() / widest) {
    case 1: return body(Recursions<widest, 1>{});
    case 2: return body(Recursions<widest, 2>{});
    default: return body(Recursions<widest, 0>{});
  }
}

// The first row of a sequence: alpha_0 = initial * b_0.
void begin(const Chain& chain, Stretch& stretch) {
  double top = 0;
  for (std::size_t i = 0; i < chain.padded(); ++i) {
    const double value = chain.initial()[i] * stretch.densities[0][i];
    stretch.alpha[i] = value;
    top = std::max(top, value);
  }
  stretch.scales[0] = 1;
  stretch.top = top;
}

}  // namespace

void forward(const Chain& chain, std::span<Stretch> stretches) {
  const bool beginning = !stretches.front().before;
  if (beginning) {
    for (Stretch& stretch : stretches) begin(chain, stretch);
  }
  with_recursions(chain, [&](auto recursions) { recursions.forward(chain, stretches, beginning ? 1 : 0); });
}

void backward(const Chain& chain, std::span<Stretch> stretches) {
  with_recursions(chain, [&](auto recursions) { recursions.backward(chain, stretches); });
}

}  // namespace latent
