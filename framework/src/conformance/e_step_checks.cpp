#include <algorithm>
#include <cmath>
#include <numeric>

#include <boost/random/uniform_int_distribution.hpp>
#include <latent/error.hpp>
#include <latent/random.hpp>
#include <latent/text.hpp>

#include "context.hpp"

// What an E-step must do whatever the model: add, and nothing else.

namespace latent::conformance {
namespace {

std::string at_name(const Point& point) { return "at " + point.name + ": "; }

// Consecutive parts, of different size, so that what depends on the size of a block does not cancel.
std::vector<Selection> parts_of(const Context& context, std::size_t count) {
  const std::size_t n = context.all.indices.size();
  std::vector<Selection> parts;
  std::size_t first = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t rest = n - first, left = count - i;
    const std::size_t size = left == 1 ? rest : std::max<std::size_t>(1, rest / (left + 2));
    parts.push_back({{context.all.indices.begin() + static_cast<std::ptrdiff_t>(first),
                      context.all.indices.begin() + static_cast<std::ptrdiff_t>(first + size)}});
    first += size;
  }
  return parts;
}

std::string number_of_points(const Context& context) { return "at " + count_of(context.points.size(), "point"); }

const char* const one_observation = "there is one observation only: give the model several";

}  // namespace

ConformanceCheck check_repeatable(const Context& context) {
  for (const Point& point : context.points) {
    const std::vector<Sums> twice = context.subject.expect_each(point.at, {context.all, context.all});
    const Sums later = context.subject.expect_each(point.at, {context.all}).front();
    const Sums first{point.statistics, point.log_likelihood};
    for (const Sums* again : {&twice[0], &twice[1], &later}) {
      if (same_bits(context, point, first, *again)) continue;
      const auto seen = difference(context, first.log_likelihood, again->log_likelihood);
      const auto sums = difference(context, point, sizes_of_statistics(context, point), first, *again);
      const std::string what = seen ? *seen : sums ? *sums : "the last digits differ";
      return failed(at_name(point) + "the E-step of the same data gives something else the second time: " + what +
                    ". It depends on more than its arguments: mutable or static state that is not reset (statistics or "
                    "buffers kept in the model, what prepare() made and the E-step changed), or a number that is not "
                    "initialized. Keep scratch space local to expectation()");
    }
    std::vector<Note> notes;
    Held image;
    try {
      image = context.subject.maximize(point.statistics, point.at, notes);
    } catch (const ModelError&) {
      continue;
    }
    const Held again = context.subject.maximize(point.statistics, point.at, notes);
    if (!same_bits(context, image, again)) {
      return failed(at_name(point) + "the M-step of the same sums gives something else the second time: " +
                    largest_move(context, image, again) + ". It must depend on its arguments alone");
    }
  }
  return passed("E-step and M-step give the same bits again " + number_of_points(context));
}

ConformanceCheck check_adds(const Context& context) {
  if (context.all.indices.size() < 2) return skipped(one_observation);
  const std::vector<Selection> halves = parts_of(context, 2);
  for (const Point& point : context.points) {
    const std::vector<double> sizes = sizes_of_statistics(context, point);
    const std::vector<Sums> each = context.subject.expect_each(point.at, halves);
    const Sums both = context.subject.expect_in_turn(point.at, halves);
    Sums expected{point.statistics, each[1].log_likelihood};
    if (context.can.additive) {
      try {
        expected.statistics = context.subject.added(each[0].statistics, each[1].statistics);
      } catch (const ModelError&) {
        continue;
      }
    }
    if (const auto wrong = difference(context, point, sizes, expected, both)) {
      return failed(at_name(point) + "an E-step of a block into sums that hold another block must add to them, but " +
                    *wrong +
                    ". Probably expectation() assigns (=) where it must add (+=), sets the sums to zero, or "
                    "divides all that is in them");
    }
    if (const auto wrong = difference(context, expected.log_likelihood, both.log_likelihood)) {
      return failed(at_name(point) +
                    "an E-step of a block must return that block's log-likelihood, whatever the sums "
                    "hold already, but " +
                    *wrong + ". Probably it is kept between calls, or computed from the sums");
    }
  }
  return passed("an E-step adds to sums that hold another block " + number_of_points(context));
}

ConformanceCheck check_parts(const Context& context) {
  if (context.all.indices.size() < 2) return skipped(one_observation);
  for (const std::size_t count : {std::size_t{2}, std::min<std::size_t>(5, context.all.indices.size())}) {
    const std::vector<Selection> parts = parts_of(context, count);
    for (const Point& point : context.points) {
      const std::vector<Sums> each = context.subject.expect_each(point.at, parts);
      Sums sum = each.front();
      for (std::size_t i = 1; i < each.size(); ++i) {
        sum.log_likelihood += each[i].log_likelihood;
        if (context.can.additive) sum.statistics = context.subject.added(sum.statistics, each[i].statistics);
      }
      const std::string where = at_name(point) + "of the data in " + std::to_string(count) + " parts, added up, ";
      if (const auto wrong = difference(context, point.log_likelihood, sum.log_likelihood)) {
        return failed(where + *wrong +
                      ". A block's log-likelihood must be the sum over its observations: not their mean, and without "
                      "what belongs to the parameters alone (a prior goes into log_prior)");
      }
      if (!context.can.additive) continue;
      const Sums whole{point.statistics, point.log_likelihood};
      if (const auto wrong = difference(context, point, sizes_of_statistics(context, point), whole, sum)) {
        return failed(
            where + *wrong +
            ". Statistics must be plain sums over observations: probably they are divided by the size of the "
            "block, the posterior is normalised over the block instead of within an observation, or the block "
            "adds a constant");
      }
      if (const auto wrong = difference_made(context, point, whole, sum)) {
        return failed(where + "the fields() of Statistics agree, but not what the M-step makes of them: " + *wrong +
                      ". Probably a member that it uses is not listed in fields(): what is not listed is not added up");
      }
    }
  }
  return passed(std::string(context.can.additive ? "statistics and log-likelihoods" : "log-likelihoods") +
                " of 2 and 5 parts add up to those of the whole " + number_of_points(context) +
                (context.can.additive ? "" : "; the statistics have no fields() to be added by"));
}

ConformanceCheck check_order(const Context& context) {
  if (context.all.indices.size() < 2) return skipped(one_observation);
  if (!context.can.selects) return skipped("observations of this Data cannot be taken in another order (take)");
  Selection shuffled = context.all;
  Random random = random_stream(context.options.seed, ~std::uint64_t{4});
  for (std::size_t i = shuffled.indices.size() - 1; i > 0; --i) {
    std::swap(shuffled.indices[i],
              shuffled.indices[boost::random::uniform_int_distribution<std::size_t>(0, i)(random)]);
  }
  for (const Point& point : context.points) {
    const Sums found = context.subject.expect_each(point.at, {shuffled}).front();
    const Sums expected{point.statistics, point.log_likelihood};
    auto wrong = difference(context, expected.log_likelihood, found.log_likelihood);
    if (!wrong) wrong = difference(context, point, sizes_of_statistics(context, point), expected, found);
    if (!wrong) continue;
    return failed(at_name(point) + "with the observations in another order " + *wrong +
                  ". Observations must be independent: what depends on neighbours or on the index (a running mean, a "
                  "buffer that is not cleared) is wrong, or the order belongs inside an observation (a sequence)");
  }
  return passed("another order of the observations changes nothing " + number_of_points(context));
}

ConformanceCheck check_weights(const Context& context) {
  const std::string by = context.can.takes_weights ? "by the model itself" : "through the framework";
  if (!context.can.takes_weights && !context.can.additive) {
    return skipped("the model takes no weights: its Statistics need fields(), or its expectation a Weights argument");
  }
  if (!context.can.selects) return skipped("observations of this Data cannot be taken one by one (take)");
  Random random = random_stream(context.options.seed, ~std::uint64_t{5});
  const auto one_of = [&](std::size_t n) {
    return boost::random::uniform_int_distribution<std::size_t>(0, n - 1)(random);
  };
  Selection doubled = context.all, twice = context.all, absent = context.all, gone, halves, whole = context.all;
  doubled.factors.assign(doubled.indices.size(), 1);
  absent.factors = whole.factors = doubled.factors;
  Selection tripled = doubled;
  tripled.factors.assign(tripled.indices.size(), 3);
  for (std::size_t i = 0; i < context.all.indices.size(); ++i) {
    const std::size_t kind = one_of(3);
    if (kind == 0) {
      doubled.factors[i] = 2;
      twice.indices.push_back(context.all.indices[i]);
    }
    if (kind == 1 && i > 0) {
      absent.factors[i] = 0;
    } else {
      gone.indices.push_back(context.all.indices[i]);
    }
    for (const double factor : {0.25, 0.75}) {
      halves.indices.push_back(context.all.indices[i]);
      halves.factors.push_back(factor);
    }
  }
  struct Case {
    const char* what;
    const Selection *weighted, *plain;
  };
  for (const Point& point : context.points) {
    const std::vector<double> sizes = sizes_of_statistics(context, point);
    for (const Case& each : {Case{"a weight of 2 must be the same as the observation twice", &doubled, &twice},
                             Case{"a weight of 0 must be the same as no observation", &absent, &gone},
                             Case{"weights of 1 must be the same as none", &whole, &context.all},
                             Case{"weights of 0.25 and 0.75 must be the same as one of 1", &halves, &context.all}}) {
      const std::vector<Sums> seen = context.subject.expect_each(point.at, {*each.plain, *each.weighted});
      const auto log_likelihood = difference(context, seen[0].log_likelihood, seen[1].log_likelihood);
      const auto sums = difference(context, point, sizes, seen[0], seen[1]);
      if (!log_likelihood && !sums) continue;
      const std::string where = !sums             ? "the log-likelihood forgets the weights; the statistics do not"
                                : !log_likelihood ? "a statistic forgets the weights; the log-likelihood does not"
                                                  : "statistics and log-likelihood both forget the weights";
      return failed(at_name(point) + each.what + ", but " + (sums ? *sums : *log_likelihood) + ". Probably " + where +
                    ": each term of an observation must be multiplied by its weight");
    }
    if (!context.can.additive) continue;
    const Sums seen = context.subject.expect_each(point.at, {tripled}).front();
    const Sums expected{context.subject.scaled(point.statistics, 3), 3 * point.log_likelihood};
    auto wrong = difference(context, expected.log_likelihood, seen.log_likelihood);
    if (!wrong) wrong = difference(context, point, sizes, expected, seen);
    if (wrong) {
      return failed(at_name(point) + "with weights of 3 all sums must be three times what they are without, but " +
                    *wrong + ". Probably weights are normalised, or a statistic (a count) does without them");
    }
  }
  return passed("felt " + by + ": 2 is a duplicate, 0 an absence, and a common factor scales " +
                number_of_points(context));
}

constexpr const char* scratch_space =
    ". expectation() is called at the same time for several blocks and from several starts: it must not share scratch "
    "space (mutable members, static variables)";

ConformanceCheck check_threads(const Context& context) {
  // So many observations that there are several leaves (<latent/blocked_sum.hpp>).
  constexpr std::size_t leaves = 8, most = 40000;
  Selection many = context.all;
  const std::size_t wanted = std::min(most, leaves * context.subject.grain());
  if (context.can.selects) {
    while (many.indices.size() < wanted)
      many.indices.push_back(many.indices[many.indices.size() - context.subject.size()]);
  }
  const Point& point = context.starts.front();
  const Sums one = context.subject.expect_by_threads(point.at, many, 1);
  for (int again = 0; again < 3; ++again) {
    const Sums several = context.subject.expect_by_threads(point.at, many, 4);
    if (same_bits(context, point, one, several)) continue;
    const auto wrong = difference(context, one.log_likelihood, several.log_likelihood);
    return failed(at_name(point) + "several threads find something else than one" + (wrong ? ": " + *wrong : "") +
                  scratch_space);
  }
  // Threads of a fit seldom meet in so few observations; two that call at different parameters all the time do.
  constexpr double seconds = 0.05;
  if (!context.subject.agree_at_once(point.at, context.points.back().at, context.all, seconds)) {
    return failed(
        "two threads that call expectation() at the same time, at different parameters, find something else "
        "than one after the other" +
        std::string(scratch_space));
  }
  return passed("one and several threads find the same bits, of " + count_of(many.indices.size(), "observation"));
}

}  // namespace latent::conformance
