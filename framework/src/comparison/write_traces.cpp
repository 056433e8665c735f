#include <cmath>
#include <ostream>

#include <latent/comparison.hpp>
#include <latent/comparison_figures.hpp>
#include <latent/table.hpp>
#include <latent/text.hpp>

namespace latent {

void write_traces(std::ostream& out, std::span<const Comparison> comparisons) {
  const auto cell = [](double value) { return std::isfinite(value) ? number(value) : std::string(); };
  out << "data,contender,start,iteration,passes,seconds,objective,gap,kind\n";
  for (const Comparison& comparison : comparisons) {
    for (const Contender& contender : comparison.contenders) {
      const BestKnown best = best_known(comparison, contender.model);
      const std::string who =
          delimited_cell(comparison.data) + "," + delimited_cell(name_of(comparison, contender)) + ",";
      for (const ComparedRun& run : contender.runs) {
        // A run that did not come so far as to have a trace is here nevertheless.
        if (run.trace.empty()) out << who << run.start + 1 << ",,,,,,failed\n";
        for (const Iteration& at : run.trace) {
          out << who << run.start + 1 << ',' << at.iteration << ',' << at.passes << ',' << rounded(at.seconds) << ','
              << number(at.objective) << ',' << cell(best.to(run) - at.objective) << ',' << name_of(at.kind) << '\n';
        }
      }
    }
  }
}

}  // namespace latent
