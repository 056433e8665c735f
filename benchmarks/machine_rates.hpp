#pragma once

#include <algorithm>
#include <cstddef>
#include <ctime>
#include <utility>

#include <Eigen/Core>
#include <latent/simd.hpp>

#ifdef LATENT_HAVE_OPENBLAS
#include <dlfcn.h>

extern "C" void dgemm_(const char*, const char*, const int*, const int*, const int*, const double*, const double*,
                       const int*, const double*, const int*, const double*, double*, const int*);
#endif

// What this machine can do on one thread, in floating-point operations a second: what the times of the kernels are
// compared with. Each rate is the best of several runs, because other programs can only slow a run down.

namespace latent::benchmarks {

inline constexpr int rate_order = 1024;  // of the matrices multiplied
inline constexpr int rate_runs = 8;

// The fastest of `runs` calls, in seconds of the processor's time: on a machine that others use too, a call that had to
// wait says nothing.
template <class Call>
double best_seconds(int runs, const Call& call) {
  double best = 1e300;
  for (int run = 0; run < runs; ++run) {
    const std::clock_t start = std::clock();
    call();
    best = std::min(best, static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC);
  }
  return best;
}

inline double eigen_product_rate() {
  const Eigen::MatrixXd a = Eigen::MatrixXd::Random(rate_order, rate_order), b = a.transpose();
  Eigen::MatrixXd c(rate_order, rate_order);
  const double seconds = best_seconds(rate_runs, [&] { c.noalias() = a * b; });
  return 2.0 * rate_order * rate_order * rate_order / seconds;
}

// 0 where OpenBLAS is not linked.
inline double openblas_product_rate() {
#ifdef LATENT_HAVE_OPENBLAS
  // Not every libblas has it; the reference one has one thread anyway.
  if (void* found = dlsym(RTLD_DEFAULT, "openblas_set_num_threads")) reinterpret_cast<void (*)(int)>(found)(1);
  const Eigen::MatrixXd a = Eigen::MatrixXd::Random(rate_order, rate_order), b = a.transpose();
  Eigen::MatrixXd c(rate_order, rate_order);
  const double one = 1, zero = 0;
  const int n = rate_order;
  const double seconds = best_seconds(
      rate_runs, [&] { dgemm_("N", "N", &n, &n, &n, &one, a.data(), &n, b.data(), &n, &zero, c.data(), &n); });
  return 2.0 * rate_order * rate_order * rate_order / seconds;
#else
  return 0;
#endif
}

// Multiply-adds between registers alone, in as many independent chains as hide their latency.
template <std::size_t... Chain>
double register_rate(std::index_sequence<Chain...>) {
  constexpr int turns = 2000000;
  double kept = 0;
  const double seconds = best_seconds(rate_runs, [&] {
    const simd::Pack factor = simd::broadcast(0.999), term = simd::broadcast(1e-3);
    simd::Pack sums[] = {simd::broadcast(static_cast<double>(Chain))...};
    for (int turn = 0; turn < turns; ++turn) ((sums[Chain] = simd::multiply_add(sums[Chain], factor, term)), ...);
    ((kept += simd::sum(sums[Chain])), ...);
  });
  volatile double used = kept;  // or nothing would be computed
  static_cast<void>(used);
  return 2.0 * sizeof...(Chain) * simd::pack_size * turns / seconds;
}
inline double register_rate() { return register_rate(std::make_index_sequence<12>()); }

// What libraries reach: the yardstick of the benchmarks.
inline double product_rate() { return std::max(eigen_product_rate(), openblas_product_rate()); }

}  // namespace latent::benchmarks
