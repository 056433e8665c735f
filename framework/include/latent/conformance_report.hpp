#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <latent/json_form.hpp>
#include <latent/observations.hpp>

// What the conformance kit found (<latent/conformance.hpp>).

namespace latent {

enum class Finding { passed, failed, skipped };
const char* name_of(Finding finding);

struct ConformanceCheck {
  std::string name;  // "M-step"
  Finding finding = Finding::skipped;
  // passed: what was measured; failed: what is wrong, with numbers, the likely cause and what to do; skipped: why.
  std::string explanation;
};

struct Conformance {
  std::vector<ConformanceCheck> checks;

  bool passed() const;  // no check failed
  // Aligned text in lines of at most 120 characters, and a last line that counts.
  std::string report() const;
};
Json to_json(const Conformance& conformance);

// Whether responsibilities (rows x components) are probabilities: not negative, and summing to 1 in each row. `components`:
// how many there must be, 0: any number.
ConformanceCheck check_posterior(const RowMajorMatrix& responsibilities, std::size_t components);

struct ConformanceOptions {
  std::uint64_t seed = 1;
  // Points at which EM begins; every check is made from each of them.
  std::size_t starts = 4;
  // Of more observations than these a random part is taken: the kit looks at formulas, not at much data. A sequence
  // counts as as many as it has rows.
  std::size_t observations = 300;
  // Steps of plain EM that must not lower the objective, from each start.
  std::size_t iterations = 60;
  // Steps by which a fixed point is looked for, from each start.
  std::size_t fit_iterations = 2000;
  // Data sets simulated, each of `simulated_observations`.
  std::size_t simulations = 64;
  std::size_t simulated_observations = 32;
  // With more coordinates than these, numeric derivatives are of that many of them, drawn at random.
  std::size_t most_coordinates = 40;

  // Throws OptionError naming the option, its value and the rule it breaks.
  void validate() const;
};

}  // namespace latent
