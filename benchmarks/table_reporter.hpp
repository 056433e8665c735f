#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "text_table.hpp"

namespace latent::benchmarks {

// Collects the runs of gmm_iteration, baum_welch and default_fit and prints them, when all are done, as one table each: medians of
// the repetitions.
class TableReporter : public benchmark::BenchmarkReporter {
 public:
  using Print = std::string (*)(const TextTable&);
  explicit TableReporter(Print print) : print_(print) {}

  bool ReportContext(const Context& context) override;
  void ReportRuns(const std::vector<Run>& runs) override;
  void Finalize() override;

 private:
  struct Times {
    std::vector<double> wall, processor;  // seconds, one a repetition
  };
  TextTable iterations() const;
  TextTable baum_welch() const;
  TextTable default_fits() const;

  Print print_;
  std::map<std::string, Times> times_;  // by name
  std::vector<Run> default_fits_;
};

}  // namespace latent::benchmarks
