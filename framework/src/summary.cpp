#include <algorithm>
#include <cmath>
#include <iterator>
#include <sstream>

#include <latent/summary.hpp>
#include <latent/text.hpp>

namespace latent {
std::vector<Mode> Summary::modes() const {
  std::vector<StartReport> ended;
  std::ranges::copy_if(starts, std::back_inserter(ended), [](const StartReport& start) {
    return start.continued && std::isfinite(start.objective);  // else it found nothing
  });
  std::ranges::stable_sort(ended, [](const StartReport& a, const StartReport& b) {
    return a.degenerate != b.degenerate ? b.degenerate : a.objective > b.objective;
  });
  std::vector<Mode> modes;
  for (const StartReport& start : ended) {
    const double weight = searched ? static_cast<double>(searched) : total_weight;
    const double slack = (searched ? same_objective_of_search : same_objective) * (std::abs(start.objective) + weight);
    if (modes.empty() || modes.back().degenerate != start.degenerate ||
        std::abs(modes.back().objective - start.objective) > slack) {
      modes.push_back({start.objective, 0, start.degenerate});
    }
    ++modes.back().starts;
  }
  return modes;
}

bool Summary::degenerate() const {
  return verdict == Verdict::degenerate || std::ranges::any_of(warnings, [this](const Warning& warning) {
           return warning.note.degenerate && warning.last_iteration == iterations;
         });
}

std::string text_of(const Warning& warning) {
  std::string text = warning.note.component ? "component " + std::to_string(*warning.note.component + 1) + ": " : "";
  text += warning.note.message;
  if (warning.first_iteration == warning.last_iteration) {
    return text + " (iteration " + std::to_string(warning.first_iteration) + ")";
  }
  return text + " (" + std::to_string(warning.count) + " times, iterations " + std::to_string(warning.first_iteration) +
         " to " + std::to_string(warning.last_iteration) + ")";
}

std::string Summary::brief_report() const {
  if (verdict == Verdict::not_run) return "not run";
  return std::string(name_of(verdict)) + " after " + count_of(iterations, "iteration") + ", log-likelihood " +
         rounded(log_likelihood, 12) + ": " + message;
}

std::string Summary::full_report() const {
  if (verdict == Verdict::not_run) return "not run\n";
  std::ostringstream out;
  const auto line = [&out](const std::string& name, const std::string& value) {
    out << name << std::string(name.size() < 18 ? 18 - name.size() : 1, ' ') << value << '\n';
  };
  line("verdict", std::string(name_of(verdict)) + ": " + message);
  line("log-likelihood", rounded(log_likelihood, 13));
  if (objective != log_likelihood && !std::isnan(objective))
    line("objective", rounded(objective, 13) + " (with the log-prior)");
  std::string iterations_text = std::to_string(iterations);
  if (accelerated_steps + rejected_steps > 0) {
    iterations_text +=
        " (" + std::to_string(accelerated_steps) + " accelerated, " + std::to_string(rejected_steps) + " rejected)";
  }
  if (!std::isnan(rate)) iterations_text += ", the objective's rate of convergence " + rounded(rate, 4);
  line("iterations", iterations_text);
  if (plain_em) {
    line("plain EM", std::string("from the same start ends in ") + (plain_em->same_optimum ? "the same" : "another") +
                         " optimum: " + rounded(plain_em->objective, 13) + " after " +
                         count_of(plain_em->iterations, "iteration") + " (" + name_of(plain_em->verdict) + ")");
  }
  std::string observations_text = std::to_string(observations);
  if (total_weight != static_cast<double>(observations)) observations_text += ", total weight " + rounded(total_weight);
  line("observations", observations_text);
  if (free_parameters) line("free parameters", std::to_string(*free_parameters));
  if (starts.size() > 1) {
    const std::vector<Mode> found = modes();
    std::size_t ended = 0;
    for (const Mode& mode : found) ended += mode.starts;
    const std::string where = searched ? ", on a sample of " + std::to_string(searched) + " observations" : "";
    const auto variations = static_cast<std::size_t>(std::ranges::count(starts, true, &StartReport::variation));
    line("starts", std::to_string(starts.size() - variations) +
                       (variations ? " and " + count_of(variations, "variation") + " of the best, " : ", ") +
                       std::to_string(ended) + " run to the end" + where);
    for (std::size_t i = 0; i < found.size() && i < 5; ++i) {
      line("", rounded(found[i].objective, 13) + "  reached by " + std::to_string(found[i].starts) +
                   (found[i].degenerate ? "  (degenerate)" : ""));
    }
    if (found.size() > 5) line("", "and " + count_of(found.size() - 5, "other"));
  }
  line("time", rounded(seconds, 3) + " s, " + count_of(threads, "thread") + "; " + count_of(e_steps, "E-step") + " " +
                   rounded(e_seconds, 3) + " s, " + count_of(m_steps, "M-step") + " " + rounded(m_seconds, 3) + " s");
  constexpr std::size_t shown = 6;
  for (std::size_t i = 0; i < warnings.size() && i < shown; ++i) line("warning", text_of(warnings[i]));
  if (warnings.size() > shown) line("", "and " + count_of(warnings.size() - shown, "warning") + " more");
  return out.str();
}

}  // namespace latent
