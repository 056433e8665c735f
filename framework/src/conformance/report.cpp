#include <algorithm>
#include <cmath>
#include <string>

#include <latent/conformance_report.hpp>
#include <latent/error.hpp>
#include <latent/text.hpp>

namespace latent {
namespace {

constexpr std::size_t line_width = 120;

// Words in lines of which all but the first begin with `indent` spaces; the first has `indent` characters already.
std::string in_lines(const std::string& words, std::size_t indent) {
  std::string text;
  std::size_t column = indent, at = 0;
  while (at < words.size()) {
    const std::size_t end = std::min(words.find(' ', at), words.size());
    const std::size_t length = end - at;
    if (column > indent && column + 1 + length > line_width) {
      text += '\n' + std::string(indent, ' ');
      column = indent;
    } else if (column > indent) {
      text += ' ';
      ++column;
    }
    text.append(words, at, length);
    column += length;
    at = end + 1;
  }
  return text;
}

std::size_t count(const Conformance& conformance, Finding finding) {
  return static_cast<std::size_t>(std::ranges::count(conformance.checks, finding, &ConformanceCheck::finding));
}

}  // namespace

const char* name_of(Finding finding) {
  switch (finding) {
    case Finding::passed: return "passed";
    case Finding::failed: return "failed";
    case Finding::skipped: return "skipped";
  }
  return "";
}

bool Conformance::passed() const { return count(*this, Finding::failed) == 0; }

std::string Conformance::report() const {
  std::size_t width = 0;
  for (const ConformanceCheck& check : checks) width = std::max(width, check.name.size());
  std::string text;
  for (const ConformanceCheck& check : checks) {
    std::string head = check.finding == Finding::failed ? "FAILED" : name_of(check.finding);
    head.resize(9, ' ');
    head += check.name;
    head.resize(9 + width + 2, ' ');
    text += head + in_lines(check.explanation, head.size()) + '\n';
  }
  return text + std::to_string(count(*this, Finding::passed)) + " passed, " +
         std::to_string(count(*this, Finding::failed)) + " failed, " + std::to_string(count(*this, Finding::skipped)) +
         " skipped\n";
}

ConformanceCheck check_posterior(const RowMajorMatrix& responsibilities, std::size_t components) {
  ConformanceCheck check{"posterior", Finding::failed, {}};
  const auto found = static_cast<std::size_t>(responsibilities.cols());
  if (components > 0 && found != components) {
    check.explanation = "posterior() gives " + count_of(found, "number") + " for " + count_of(components, "component") +
                        ": one of the two is wrong";
    return check;
  }
  constexpr double tolerance = 1e-9;
  for (Eigen::Index i = 0; i < responsibilities.rows(); ++i) {
    const double least = responsibilities.row(i).minCoeff(), sum = responsibilities.row(i).sum();
    if (least >= 0 && std::abs(sum - 1) <= tolerance) continue;
    check.explanation = "the probabilities that posterior() gives of observation " + std::to_string(i + 1) +
                        (least >= 0 ? " sum to " + rounded(sum, 9) + ", not 1" : " include " + rounded(least, 9)) +
                        ". They must be divided by their sum, which is the density of the observation";
    return check;
  }
  check.finding = Finding::passed;
  check.explanation = "posteriors are probabilities, of " + count_of(found, "component") + ", at " +
                      count_of(static_cast<std::size_t>(responsibilities.rows()), "observation");
  return check;
}

Json to_json(const Conformance& conformance) {
  Json checks = Json::array();
  for (const ConformanceCheck& check : conformance.checks) {
    checks.push_back({{"name", check.name}, {"finding", name_of(check.finding)}, {"explanation", check.explanation}});
  }
  return {{"passed", conformance.passed()}, {"checks", std::move(checks)}};
}

void ConformanceOptions::validate() const {
  const auto require = [](const char* name, std::size_t value, std::size_t least) {
    if (value >= least) return;
    throw OptionError(std::string(name) + " is " + std::to_string(value) + ", it must be at least " +
                      std::to_string(least));
  };
  require("starts", starts, 1);
  require("observations", observations, 2);
  require("iterations", iterations, 1);
  require("fit_iterations", fit_iterations, 1);
  require("simulations", simulations, 8);
  require("simulated_observations", simulated_observations, 1);
  require("most_coordinates", most_coordinates, 1);
}

}  // namespace latent
