#include <algorithm>
#include <cmath>
#include <cstring>

#include <latent/error.hpp>
#include <latent/text.hpp>

#include "context.hpp"

namespace latent::conformance {
namespace {

bool same(const std::vector<double>& a, const std::vector<double>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(double)) == 0;
}
bool same(double a, double b) { return std::memcmp(&a, &b, sizeof a) == 0; }

// What the M-step makes of sums, and the log-likelihood there; nothing where the M-step refuses them or is at an edge.
std::optional<Point> made_of(const Context& context, const Point& at, const Sums& sums) {
  try {
    std::vector<Note> notes;
    const Held made = context.subject.maximize(sums.statistics, at.at, notes);
    if (std::ranges::any_of(notes, &Note::degenerate)) return std::nullopt;
    return point_at(context, at.name, made);
  } catch (const ModelError&) {
    return std::nullopt;
  }
}

}  // namespace

std::optional<std::string> difference(const Context& context, double expected, double found) {
  // A sum of n terms in another order moves by about sqrt(n) units in the last place; lanes of a vector unit have other
  // logarithms and exponentials than single numbers, by a few units of the largest term.
  constexpr double tolerance = 1e-11;
  const double apart = std::abs(expected - found);
  if (same(expected, found)) return std::nullopt;
  if (apart <= tolerance * (std::abs(expected) + std::abs(found) + context.total_weight)) return std::nullopt;
  return "the log-likelihood is " + rounded(found, 9) + ", not " + rounded(expected, 9) + " (" +
         rounded(found - expected, 3) + " apart)";
}

std::vector<double> sizes_of_statistics(const Context& context, const Point& at) {
  if (!context.can.numbers_add) return {};
  std::vector<Selection> each;
  for (const std::size_t index : context.all.indices) each.push_back({{index}});
  std::vector<double> sizes;
  for (const Sums& own : context.subject.expect_each(at.at, each)) {
    const std::vector<double> numbers = context.subject.statistic_numbers(own.statistics);
    sizes.resize(numbers.size(), 0);
    for (std::size_t i = 0; i < numbers.size(); ++i) sizes[i] += std::abs(numbers[i]);
  }
  const std::vector<std::string> names = context.subject.statistic_names(at.statistics);
  std::vector<double> of_fields = sizes;
  for (std::size_t i = 0; i < sizes.size() && i < names.size(); ++i) {
    for (std::size_t j = 0; j < sizes.size(); ++j) {
      if (field_of(names[i]) == field_of(names[j])) of_fields[i] = std::max(of_fields[i], sizes[j]);
    }
  }
  return of_fields;
}

std::optional<std::string> difference(const Context& context, const Point& at, const std::vector<double>& sizes,
                                      const Sums& expected, const Sums& found) {
  if (context.can.numbers_add) {
    constexpr double tolerance = 1e-9;  // of a responsibility that comes of a log-density of some hundreds, and of sums
    const std::vector<double> a = context.subject.statistic_numbers(expected.statistics);
    const std::vector<double> b = context.subject.statistic_numbers(found.statistics);
    const std::vector<std::string> names = context.subject.statistic_names(expected.statistics);
    if (a.size() != b.size()) return "the statistics have another shape";
    std::optional<std::size_t> worst;
    double most = tolerance;
    for (std::size_t i = 0; i < a.size(); ++i) {
      const double size = std::max(i < sizes.size() ? sizes[i] : 0.0, 1e-300);
      const double apart = same(a[i], b[i]) ? 0 : std::abs(a[i] - b[i]) / size;
      if (apart <= most) continue;
      most = apart;
      worst = i;
      if (std::isnan(apart)) break;
    }
    if (!worst) return std::nullopt;
    return "the statistic `" + names[*worst] + "` is " + rounded(b[*worst], 9) + ", not " + rounded(a[*worst], 9);
  }
  // Statistics whose numbers do not add up (moments about different origins) are compared by what becomes of them.
  return difference_made(context, at, expected, found);
}

std::optional<std::string> difference_made(const Context& context, const Point& at, const Sums& expected,
                                           const Sums& found) {
  const std::optional<Point> a = made_of(context, at, expected), b = made_of(context, at, found);
  if (!a || !b) return std::nullopt;
  constexpr double tolerance = 1e-9;
  const double apart = std::abs(a->log_likelihood - b->log_likelihood);
  if (apart <= tolerance * (std::abs(a->log_likelihood) + context.total_weight)) return std::nullopt;
  return "the M-step makes other parameters of the statistics: " + largest_move(context, a->at, b->at) +
         ", with a log-likelihood of " + rounded(b->log_likelihood, 9) + ", not " + rounded(a->log_likelihood, 9);
}

bool same_bits(const Context& context, const Held& a, const Held& b) {
  return !context.can.fields || same(context.subject.numbers(a), context.subject.numbers(b));
}

bool same_bits(const Context& context, const Point& at, const Sums& a, const Sums& b) {
  if (!same(a.log_likelihood, b.log_likelihood)) return false;
  const std::vector<double> numbers = context.subject.statistic_numbers(a.statistics);
  if (!numbers.empty()) return same(numbers, context.subject.statistic_numbers(b.statistics));
  const std::optional<Point> made = made_of(context, at, a), again = made_of(context, at, b);
  return made.has_value() == again.has_value() &&
         (!made || (same_bits(context, made->at, again->at) && same(made->log_likelihood, again->log_likelihood)));
}

}  // namespace latent::conformance
