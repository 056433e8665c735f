#include "machine.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <thread>

#include <Eigen/Core>
#include <latent/simd.hpp>
#include <oneapi/tbb/version.h>

#include "machine_rates.hpp"

namespace latent::benchmarks {
namespace {

// function(x) of numbers in the first-level cache, a second.
template <class Function>
double function_rate(const Function& function) {
  constexpr std::size_t count = 1024, turns = 2000;
  alignas(64) double values[count];
  for (std::size_t i = 0; i < count; ++i) values[i] = 1 + static_cast<double>(i) / count;
  volatile double used = 0;
  const double seconds = best_seconds(rate_runs, [&] {
    simd::Pack total{};
    for (std::size_t turn = 0; turn < turns; ++turn) {
      for (std::size_t i = 0; i < count; i += simd::pack_size) total += function(simd::load(values + i));
      asm volatile("" ::: "memory");
    }
    used = simd::sum(total);
  });
  return count * turns / seconds;
}

std::string processor() {
  std::ifstream info("/proc/cpuinfo");
  for (std::string line; std::getline(info, line);) {
    if (line.starts_with("model name")) return line.substr(line.find(": ") + 2);
  }
  return "unknown";
}

std::string openblas() {
#ifdef LATENT_HAVE_OPENBLAS
  if (void* found = dlsym(RTLD_DEFAULT, "openblas_get_config")) return reinterpret_cast<const char* (*)()>(found)();
#endif
  return "none";
}

std::string today() {
  const std::time_t now = std::time(nullptr);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%d", std::localtime(&now));
  return text;
}

std::string load() {
  double average[3] = {};
  getloadavg(average, 3);
  char text[64];
  std::snprintf(text, sizeof text, "%.2f, %.2f, %.2f", average[0], average[1], average[2]);
  return text;
}

std::string giga(double rate, const char* unit) {
  char text[64];
  std::snprintf(text, sizeof text, "%.2f %s", rate / 1e9, unit);
  return text;
}

}  // namespace

double Machine::product_rate() const { return std::max(eigen_product, openblas_product); }

const Machine& machine() {
  static const Machine measured{eigen_product_rate(), openblas_product_rate(),
                                function_rate([](simd::Pack x) { return simd::exp(x); }),
                                function_rate([](simd::Pack x) { return simd::log(x); })};
  return measured;
}

std::vector<std::pair<std::string, std::string>> surroundings() {
  const Machine& rates = machine();
  const std::string products = "Eigen " + giga(rates.eigen_product, "GFLOP/s") + ", OpenBLAS " +
                               (rates.openblas_product > 0 ? giga(rates.openblas_product, "GFLOP/s") : "none");
  return {{"date", today()},
          {"processor", processor() + ", " + std::to_string(std::thread::hardware_concurrency()) + " cores"},
          {"load", load()},
          {"compiler", std::string(
#ifdef __clang__
                           "clang "
#else
                           "g++ "
#endif
                           ) +
                           __VERSION__},
          {"Eigen", std::to_string(EIGEN_WORLD_VERSION) + "." + std::to_string(EIGEN_MAJOR_VERSION) + "." +
                        std::to_string(EIGEN_MINOR_VERSION)},
          {"oneTBB", TBB_runtime_version()},
          {"OpenBLAS", openblas()},
          {"doubles in a register", std::to_string(simd::pack_size)},
          {"matrix product", products + " (n = " + std::to_string(rate_order) + ")"},
          {"multiply-adds in registers", giga(register_rate(), "GFLOP/s")},
          {"exp, log", giga(rates.exponentials, "a ns") + ", " + giga(rates.logarithms, "a ns")}};
}

}  // namespace latent::benchmarks
