#include <cmath>
#include <ostream>

#include <latent/iteration.hpp>
#include <latent/text.hpp>

namespace latent {

void write_csv(std::ostream& out, const Trace& trace) {
  const auto cell = [](double value) { return std::isnan(value) ? std::string() : number(value); };
  out << "start,iteration,kind,passes,seconds,objective,log_likelihood,change,rate,estimated_gain,parameter_change\n";
  for (const Iteration& at : trace) {
    out << at.start + 1 << ',' << at.iteration << ',' << name_of(at.kind) << ',' << at.passes << ','
        << rounded(at.seconds) << ',' << number(at.objective) << ',' << number(at.log_likelihood) << ','
        << cell(at.change) << ',' << cell(at.rate) << ',' << cell(at.estimated_gain) << ',' << cell(at.parameter_change)
        << '\n';
  }
}

}  // namespace latent
