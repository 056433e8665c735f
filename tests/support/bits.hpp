#pragma once

#include <bit>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <latent/iteration.hpp>
#include <latent/summary.hpp>

// Results to the bit.

inline std::vector<std::uint64_t> bits_of(std::span<const double> numbers) {
  std::vector<std::uint64_t> bits;
  for (const double number : numbers) bits.push_back(std::bit_cast<std::uint64_t>(number));
  return bits;
}

// All of a trace but its times.
inline std::vector<std::uint64_t> bits_of(const latent::Trace& trace) {
  std::vector<double> numbers;
  for (const latent::Iteration& at : trace) {
    for (const double number :
         {static_cast<double>(at.start), static_cast<double>(at.iteration), static_cast<double>(at.on_sample),
          static_cast<double>(at.kind), at.objective, at.log_likelihood, at.change, at.rate, at.estimated_gain,
          at.parameter_change, static_cast<double>(at.passes)}) {
      numbers.push_back(number);
    }
  }
  return bits_of(numbers);
}

// All of a summary but its times and threads, as text.
inline std::string text_of_counts(const latent::Summary& summary) {
  std::string text = std::string(name_of(summary.verdict)) + " " + summary.message;
  const auto add = [&text](double number) { text += " " + std::to_string(std::bit_cast<std::uint64_t>(number)); };
  for (const double number : {summary.log_likelihood, summary.objective, summary.initial_objective, summary.rate,
                              summary.estimated_gain, summary.total_weight}) {
    add(number);
  }
  for (const std::size_t count :
       {summary.iterations, summary.observations, summary.e_steps, summary.m_steps, summary.accelerated_steps,
        summary.rejected_steps, summary.searched, summary.starts.size()}) {
    add(static_cast<double>(count));
  }
  for (const latent::Warning& warning : summary.warnings) text += "\n" + text_of(warning);
  for (const latent::StartReport& start : summary.starts) {
    text += "\n";
    add(static_cast<double>(start.start));
    add(start.initial_objective);
    add(start.objective);
    add(static_cast<double>(start.iterations));
    text += std::string(" ") + name_of(start.verdict) + (start.variation ? " variation" : "") +
            (start.continued ? " continued" : "") + (start.degenerate ? " degenerate" : "");
  }
  if (summary.plain_em) {
    text += "\nplain EM";
    add(summary.plain_em->objective);
    add(static_cast<double>(summary.plain_em->iterations));
    text += std::string(name_of(summary.plain_em->verdict)) + (summary.plain_em->same_optimum ? " same" : " other");
  }
  return text;
}
