#include "context.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

#include <boost/random/normal_distribution.hpp>
#include <boost/random/uniform_int_distribution.hpp>
#include <latent/error.hpp>
#include <latent/random.hpp>
#include <latent/text.hpp>

namespace latent::conformance {
namespace {

// Moved at random by about two units of each coordinate (see Slope): the same for data in any units.
std::optional<Held> scattered(const Context& context, const Point& about, Random& random) {
  const Eigen::VectorXd here = context.subject.vector(about.at, Coordinates::stabilized);
  const Function objective = objective_near(context, about.at);
  boost::random::normal_distribution<double> normal(0, 2);
  Eigen::VectorXd moved = here;
  for (const Eigen::Index i : coordinates_to_try(context, about.at, false)) {
    const double deviate = normal(random);
    const Slope slope = slope_along(objective, here, i, about.objective, context.total_weight);
    if (slope.known) moved[i] += deviate * slope.unit;
  }
  if (moved == here) return std::nullopt;
  return context.subject.from(moved, Coordinates::stabilized, about.at);
}

// Adds a point if it can be used.
bool add_point(Context& context, std::vector<Point>& to, const std::function<Point()>& make) {
  try {
    Point point = make();
    if (std::isfinite(point.objective)) {
      to.push_back(std::move(point));
      return true;
    }
    context.refusal = "the objective there is " + number(point.objective);
  } catch (const Error& error) {
    context.refusal = error.what();
  }
  return false;
}

Point after_steps(const Context& context, Point point, std::size_t steps) {
  const std::string name = point.name + " after " + count_of(steps, "step");
  for (std::size_t i = 0; i < steps; ++i) point = point_at(context, name, step_from(context, point).image);
  return point;
}

std::vector<bool> find_still(const Context& context) {
  std::vector<bool> still;
  std::size_t steps = 0;
  for (const Point& point : context.points) {
    const Eigen::VectorXd here = context.subject.vector(point.at, Coordinates::stabilized);
    Eigen::VectorXd image;
    try {
      image = context.subject.vector(step_from(context, point).image, Coordinates::stabilized);
    } catch (const Error&) {
      continue;
    }
    if (still.empty()) still.assign(static_cast<std::size_t>(here.size()), true);
    if (image.size() != here.size() || static_cast<std::size_t>(here.size()) != still.size()) return {};
    constexpr double rounding = 1e-13;  // through a square root or a Cholesky factor and back
    for (Eigen::Index i = 0; i < here.size(); ++i) {
      if (!(std::abs(image[i] - here[i]) <= rounding * (std::abs(here[i]) + here.cwiseAbs().maxCoeff())))
        still[static_cast<std::size_t>(i)] = false;
    }
    ++steps;
  }
  // One step may stand still by chance, where a start is a maximum.
  if (steps < 3) still.assign(still.size(), false);
  return still;
}

}  // namespace

Context make_context(const Subject& subject, const ConformanceOptions& options) {
  Context context{subject, options, subject.abilities(), {}, subject.total_weight(), {}, {}, {}, {}};
  context.all.indices.resize(subject.size());
  std::iota(context.all.indices.begin(), context.all.indices.end(), std::size_t{0});
  Random random = random_stream(options.seed, ~std::uint64_t{2});
  for (std::size_t i = 0; i < options.starts; ++i) {
    const std::string name = "start " + std::to_string(i + 1);
    add_point(context, context.starts, [&] {
      const bool again = !context.can.initializes && i > 0;  // there is only one
      if (!again) return point_at(context, name, subject.start(options.seed, i));
      if (!context.can.fields || context.starts.empty()) throw ModelError("the model has one start");
      const std::optional<Held> moved = scattered(context, context.starts.front(), random);
      if (!moved) throw ModelError("the model has one start");
      return point_at(context, name, *moved);
    });
  }
  for (const Point& start : context.starts) {
    context.points.push_back(start);
    add_point(context, context.points, [&] { return after_steps(context, start, 3); });
    if (!context.can.fields || !context.can.initializes) continue;
    add_point(context, context.points, [&] {
      const std::optional<Held> moved = scattered(context, start, random);
      if (!moved) throw ModelError("nothing to move");
      return point_at(context, start.name + " moved at random", *moved);
    });
  }
  if (context.can.fields) context.still = find_still(context);
  return context;
}

Point point_at(const Context& context, std::string name, Held at) {
  const Sums sums = context.subject.expect_each(at, {context.all}).front();
  const double prior = context.subject.log_prior(at);
  return {std::move(name), std::move(at), sums.statistics, sums.log_likelihood, sums.log_likelihood + prior};
}

Step step_from(const Context& context, const Point& from) {
  Step step;
  step.image = context.subject.maximize(from.statistics, from.at, step.notes);
  return step;
}

std::string field_of(const std::string& name) { return name.substr(0, name.find('[')); }

std::string largest_move(const Context& context, const Held& before, const Held& after) {
  if (!context.can.fields) return "the parameters";
  const std::vector<double> a = context.subject.numbers(before), b = context.subject.numbers(after);
  const std::vector<std::string> names = context.subject.number_names(before);
  if (a.size() != b.size()) return "the shape of the parameters";
  const auto size_of_field = [&](std::size_t i) {
    double size = 0;
    for (std::size_t j = 0; j < a.size(); ++j) {
      if (field_of(names[j]) == field_of(names[i])) size = std::max({size, std::abs(a[j]), std::abs(b[j])});
    }
    return size;
  };
  std::size_t most = 0;
  double largest = -1;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double size = size_of_field(i);
    const double move = size > 0 ? std::abs(a[i] - b[i]) / size : 0;
    if (!(move > largest)) continue;
    largest = move;
    most = i;
  }
  if (a.empty()) return "nothing";
  return "`" + names[most] + "` from " + rounded(a[most], 6) + " to " + rounded(b[most], 6);
}

std::vector<std::size_t> indices_to_check(std::size_t size, Weights weights, std::size_t count, Random& random) {
  std::vector<std::size_t> usable;
  for (std::size_t i = 0; i < size; ++i) {
    if (weights.empty() || weights[i] > 0) usable.push_back(i);
  }
  if (usable.size() <= count) return usable;
  for (std::size_t i = 0; i < count; ++i) {
    std::swap(usable[i], usable[boost::random::uniform_int_distribution<std::size_t>(i, usable.size() - 1)(random)]);
  }
  usable.resize(count);
  std::ranges::sort(usable);
  return usable;
}

CutSequences cut_sequences(const Sequences& sequences, std::size_t rows, Random& random) {
  // As many sequences as have that many rows together, but at least a few; long ones are cut.
  constexpr std::size_t few = 8, shortest = 10;
  const double length = sequences.all_rows().size() / static_cast<double>(sequences.size());
  const std::size_t longest = std::max(shortest, rows / few);
  const std::size_t wanted = std::max(few, static_cast<std::size_t>(static_cast<double>(rows) / length));
  const std::vector<std::size_t> chosen = indices_to_check(sequences.size(), {}, wanted, random);
  CutSequences cut;
  OwnedSequences all = take(sequences, chosen);
  std::size_t first = 0, kept = 0;  // rows before the sequence, and of all that are kept
  bool enough = false;
  for (const std::size_t index : chosen) {
    const std::size_t here = sequences.length(index);
    for (std::size_t at = 0; at < here; at += longest) {
      if (at > 0 && here - at < shortest) break;  // what is left goes with the one before
      enough = first + at >= rows && cut.parents.size() >= few;
      kept = enough ? first + at : first + here;
      if (enough) break;
      cut.sequences.begins.push_back(first + at);
      cut.parents.push_back(index);
    }
    if (enough) break;
    first += here;
  }
  cut.sequences.rows = all.rows.topRows(static_cast<Eigen::Index>(kept));
  if (!all.known.empty()) {
    cut.sequences.known.assign(all.known.begin(), all.known.begin() + static_cast<std::ptrdiff_t>(kept));
  }
  return cut;
}

}  // namespace latent::conformance
