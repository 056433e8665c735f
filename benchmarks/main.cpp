#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "machine.hpp"
#include "table_reporter.hpp"

// Google Benchmark's own program, and two more options: --table prints one aligned table of times, targets and shares
// in place of its output, --markdown the same for docs/benchmarks.md. Both run gmm_iteration and default_fit, five
// times each case, unless told otherwise.

int main(int argc, char** argv) {
  using namespace latent::benchmarks;
  std::vector<char*> arguments(argv, argv + argc);
  TableReporter::Print print = nullptr;
  std::erase_if(arguments, [&](const char* argument) {
    const bool as_markdown = std::strcmp(argument, "--markdown") == 0;
    if (!as_markdown && std::strcmp(argument, "--table") != 0) return false;
    print = as_markdown || print == markdown ? markdown : aligned;
    return true;
  });
  std::string filter = "--benchmark_filter=gmm_iteration|default_fit", repetitions = "--benchmark_repetitions=5";
  if (print) arguments.insert(arguments.begin() + 1, {filter.data(), repetitions.data()});  // later ones win
  int count = static_cast<int>(arguments.size());
  arguments.push_back(nullptr);

  benchmark::Initialize(&count, arguments.data());
  if (benchmark::ReportUnrecognizedArguments(count, arguments.data())) return 2;
  if (print) {
    TableReporter reporter(print);
    benchmark::RunSpecifiedBenchmarks(&reporter);
  } else {
    for (const auto& [name, value] : surroundings()) benchmark::AddCustomContext(name, value);
    benchmark::RunSpecifiedBenchmarks();
  }
  benchmark::Shutdown();
}
