#include "table_reporter.hpp"

#include <algorithm>
#include <cstdio>

#include "gmm_problems.hpp"
#include "hmm_problems.hpp"
#include "machine.hpp"

namespace latent::benchmarks {
namespace {

template <class... Values>
std::string formatted(const char* format, Values... values) {
  char text[128];
  std::snprintf(text, sizeof text, format, values...);
  return text;
}

double median(std::vector<double> values) {
  std::ranges::sort(values);
  const std::size_t half = values.size() / 2;
  return values.size() % 2 ? values[half] : (values[half - 1] + values[half]) / 2;
}

}  // namespace

bool TableReporter::ReportContext(const Context&) {
  const char* const bullet = print_ == markdown ? "- " : "";
  for (const auto& [name, value] : surroundings()) GetOutputStream() << bullet << name << ": " << value << "\n";
  GetOutputStream() << std::flush;
  return true;
}

void TableReporter::ReportRuns(const std::vector<Run>& runs) {
  for (const Run& run : runs) {
    if (run.run_type != Run::RT_Iteration || run.error_occurred) continue;
    const double turns = static_cast<double>(run.iterations);
    const std::string& name = run.run_name.function_name;
    Times& times = times_[name];
    times.wall.push_back(run.real_accumulated_time / turns);
    times.processor.push_back(run.cpu_accumulated_time / turns);
    if (name.starts_with("default_fit")) default_fits_.push_back(run);
    GetErrorStream() << formatted("%-55s %10.4f s\n", name.c_str(), times.wall.back());
  }
}

void TableReporter::Finalize() {
  GetOutputStream() << "\nOne EM iteration in double precision, seconds (medians)\n\n" << print_(iterations());
  GetOutputStream() << "\nOne Baum-Welch iteration, seconds (medians)\n\n" << print_(baum_welch());
  if (default_fits_.empty()) return;
  GetOutputStream() << "\nDefault options, 1e5 rows of 8 overlapping Gaussians in 8 dimensions, 10 data sets\n\n"
                    << print_(default_fits());
}

TextTable TableReporter::iterations() const {
  TextTable table{{"covariance", "N", "D", "K", "wall", "processor", "target", "floor", "GFLOP/s", "share",
                   "share wanted", "1 thread, best", "2 threads, best", "speed-up"}};
  for (const IterationCase& shape : iteration_cases) {
    const auto one = times_.find("gmm_iteration/" + shape.name() + "/threads:1");
    const auto two = times_.find("gmm_iteration/" + shape.name() + "/threads:2");
    if (one == times_.end()) continue;
    const double wall = median(one->second.wall), seconds = median(one->second.processor);
    const double rate = shape.useful_flops() / seconds;
    const double floor = shape.useful_flops() / machine().product_rate() +
                         shape.exponentials() / machine().exponentials + shape.logarithms() / machine().logarithms;
    table.push_back({std::string(shape.covariance), std::to_string(shape.rows), std::to_string(shape.dimensions),
                     std::to_string(shape.components), formatted("%.4f", wall), formatted("%.4f", seconds),
                     formatted("%.3f", shape.target_seconds), formatted("%.4f", floor), formatted("%.1f", rate / 1e9),
                     formatted("%.0f %%", 100 * rate / machine().product_rate()),
                     formatted("%.0f %%", 100 * shape.target_share())});
    if (two == times_.end()) {
      table.back().resize(table.front().size());
    } else {  // a thread that had to wait shows in a median of two threads more than in one of one
      const double alone = std::ranges::min(one->second.wall), both = std::ranges::min(two->second.wall);
      table.back().insert(table.back().end(),
                          {formatted("%.4f", alone), formatted("%.4f", both), formatted("%.2f", alone / both)});
    }
  }
  return table;
}

TextTable TableReporter::baum_welch() const {
  TextTable table{{"emission", "steps", "sequences", "states", "width", "seconds", "target", "GFLOP/s", "share",
                   "1 thread, best", "2 threads, best", "speed-up"}};
  for (const BaumWelchCase& shape : baum_welch_cases) {
    const auto one = times_.find("baum_welch/" + shape.name() + "/threads:1");
    const auto two = times_.find("baum_welch/" + shape.name() + "/threads:2");
    if (one == times_.end() || two == times_.end()) continue;
    const double seconds = median(one->second.processor), rate = shape.useful_flops() / seconds;
    const double alone = std::ranges::min(one->second.wall), both = std::ranges::min(two->second.wall);
    table.push_back({std::string(shape.emission), std::to_string(shape.steps), std::to_string(shape.sequences),
                     std::to_string(shape.states), std::to_string(shape.width), formatted("%.5f", seconds),
                     shape.target_seconds > 0 ? formatted("%.4f", shape.target_seconds) : "",
                     formatted("%.1f", rate / 1e9), formatted("%.0f %%", 100 * rate / machine().product_rate()),
                     formatted("%.5f", alone), formatted("%.5f", both), formatted("%.2f", alone / both)});
  }
  return table;
}

TextTable TableReporter::default_fits() const {
  TextTable table{{"separation", "hits", "seconds, mean", "slowest", "worst gap per row"}};
  for (const Run& run : default_fits_) {
    const std::string& name = run.run_name.function_name;
    const auto& counters = run.counters;
    const auto turns = static_cast<double>(run.iterations);
    table.push_back({name.substr(name.rfind(':') + 1), formatted("%.0f of %.0f", counters.at("hits").value, turns),
                     formatted("%.2f", run.real_accumulated_time / turns),
                     formatted("%.2f", counters.at("slowest").value),
                     formatted("%.1e", counters.at("worst_gap").value)});
  }
  return table;
}

}  // namespace latent::benchmarks
