#include <cstddef>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <latent/comparison_page.hpp>

// What the page says of comparisons made up for it. How it looks is a test of its own: tests/page.

namespace {

using latent::Acceleration;
using latent::Comparison;
using latent::Verdict;

// A run that comes closer by a factor of ten at each iteration, each of them so many passes.
latent::ComparedRun run(std::size_t start, std::size_t optimum, double objective, std::size_t iterations,
                        std::size_t passes_each, double seconds) {
  latent::ComparedRun result{.start = start, .error = {}, .summary = {}, .trace = {}, .optimum = optimum};
  result.summary.verdict = Verdict::converged;
  result.summary.objective = result.summary.log_likelihood = objective;
  result.summary.iterations = iterations;
  result.summary.rate = 0.25;
  result.summary.seconds = seconds;
  double gap = 1000;
  for (std::size_t i = 0; i <= iterations; ++i, gap /= 10) {
    latent::Iteration at;
    at.iteration = i;
    at.objective = at.log_likelihood = objective - gap;
    at.passes = 1 + i * passes_each;
    at.seconds = seconds * static_cast<double>(i + 1) / static_cast<double>(iterations + 1);
    result.trace.push_back(at);
  }
  return result;
}

// Of two optima, -100 and -120, plain EM reaches the better one from 4 starts of 5, squarem from all in half the
// passes.
Comparison comparison() {
  Comparison result;
  result.data = "data";
  result.observations = 100;
  result.models.push_back({.text = "model", .error = {}, .optima = {}, .criteria = {}});
  result.contenders = {{0, Acceleration::none, {}}, {0, Acceleration::squarem, {}}};
  result.models[0].optima = {{-100, false, {4, 5}, {}}, {-120, false, {1, 0}, {}}};
  for (std::size_t start = 0; start < 5; ++start) {
    result.contenders[0].runs.push_back(start < 4 ? run(start, 0, -100, 40, 1, 0.6) : run(start, 1, -120, 10, 1, 0.1));
    result.contenders[1].runs.push_back(run(start, 0, -100, 20, 1, 0.2));
  }
  return result;
}

std::string page_of(const Comparison& comparison) { return latent::comparison_page({&comparison, 1}); }

bool says(const std::string& page, const std::string& text) { return page.find(text) != std::string::npos; }

// Without markup, to compare with sentences.
std::string words(const std::string& html) {
  std::string result;
  bool inside = false;
  for (const char letter : html) {
    if (letter == '<') inside = true;
    if (!inside) result += letter;
    if (letter == '>') inside = false;
  }
  return result;
}

}  // namespace

TEST_SUITE("framework/comparison_page") {
  TEST_CASE("comparison page: the contender to use reaches the best optimum from most starts") {
    const std::string text = words(page_of(comparison()));
    CHECK(says(text, "Use squarem for model"));
    CHECK(says(text, "5 of 5 starts lead to the best optimum, and all of these converged."));
    CHECK(says(text,
               "2.0 × fewer passes over the data and 3.0 × less time than plain EM "
               "(medians: 21 against 41 passes, 200 ms against 600 ms)"));
    CHECK(says(text, "elsewhere 1 of 5"));
  }

  TEST_CASE("comparison page: of contenders as good the one with fewest passes is to be used") {
    Comparison changed = comparison();
    changed.contenders[0].runs[4] = run(4, 0, -100, 10, 1, 0.1);
    for (latent::ComparedRun& any : changed.contenders[0].runs) any = run(any.start, 0, -100, 10, 1, 0.1);
    CHECK(says(words(page_of(changed)), "Use plain EM for model"));
  }

  TEST_CASE("comparison page: a profile counts starts solved as well as by any contender") {
    const std::string text = words(page_of(comparison()));
    CHECK(says(text, "plain EM4 of 544"));  // solved, with fewest passes, within twice as many
    CHECK(says(text, "squarem5 of 555"));
  }

  TEST_CASE("comparison page: the fraction of missing information is the root of the objective's rate") {
    CHECK(says(page_of(comparison()), "50.0 %<small>rate 0.2500</small>"));
  }

  TEST_CASE("comparison page: an optimum found from one start alone is not to be trusted") {
    Comparison changed = comparison();
    changed.models[0].optima = {{-100, false, {0, 1}, {}}, {-120, false, {5, 4}, {}}};
    for (latent::Contender& contender : changed.contenders) {
      for (latent::ComparedRun& any : contender.runs) any = run(any.start, 1, -120, 20, 1, 0.2);
    }
    changed.contenders[1].runs[2] = run(2, 0, -100, 20, 1, 0.2);
    const std::string text = words(page_of(changed));
    CHECK(says(text, "with care1 of 5 starts leads to the best optimum. Found from one start alone"));
    CHECK(says(text, "plain EM: never in the best optimum, which squarem found from 1 start"));
  }

  TEST_CASE("comparison page: a higher degenerate optimum is not the best") {
    Comparison changed = comparison();
    changed.models[0].optima[1] = {500, true, {1, 0}, {}};
    changed.contenders[0].runs[4] = run(4, 1, 500, 10, 1, 0.1);
    const std::string text = words(page_of(changed));
    CHECK(says(text, "Use squarem for model"));
    CHECK(says(text, "plain EM: some starts ended at the edge of the parameter space"));
    CHECK(says(text, "plain EM4 of 544"));
  }

  TEST_CASE("comparison page: what failed is shown with its reason, as text") {
    Comparison changed = comparison();
    for (latent::ComparedRun& any : changed.contenders[0].runs) {
      any = {.start = any.start, .error = "<b>no & \"never\"", .summary = {}, .trace = {}, .optimum = {}};
    }
    changed.data = "<script>";
    changed.models.push_back({.text = "<other>", .error = "needs <more>", .optima = {}, .criteria = {}});
    changed.contenders.push_back({1, Acceleration::none, {}});
    const std::string page = page_of(changed);
    CHECK(says(page, "failed 5 of 5"));
    CHECK(says(page, "&lt;b&gt;no &amp; &quot;never&quot;"));
    CHECK(says(page, "needs &lt;more&gt;"));
    CHECK(!says(page, "<b>no"));
    CHECK(!says(page, "<script"));
    CHECK(!says(page, "http"));
  }

  TEST_CASE("comparison page: which model by BIC and by ICL, and by how much") {
    Comparison changed = comparison();
    changed.models.push_back(changed.models[0]);
    changed.models[1].text = "second";
    changed.models[0].criteria = latent::Criteria{200, 210, 300};
    changed.models[1].criteria = latent::Criteria{190, 208.5, 320};
    for (int i = 0; i < 2; ++i)
      changed.contenders.push_back({1, changed.contenders[static_cast<std::size_t>(i)].acceleration,
                                    changed.contenders[static_cast<std::size_t>(i)].runs});
    for (latent::ComparedModel& model : changed.models) {
      model.optima = {{-100, false, {4, 5, 4, 5}, {}}, {-120, false, {1, 0, 1, 0}, {}}};
    }
    const std::string text = words(page_of(changed));
    CHECK(says(text, "Use squarem for second"));
    CHECK(says(text, "BIC chooses second (1.50 ahead of the next; less than 2 decides nothing)"));
    CHECK(says(text, "ICL chooses model (20.0 ahead of the next)"));
  }

  TEST_CASE("comparison page: a thousand starts do not make a large page") {
    Comparison many = comparison();
    for (latent::Contender& contender : many.contenders) {
      const latent::ComparedRun first = contender.runs[0];
      contender.runs.assign(1000, first);
      for (std::size_t start = 0; start < 1000; ++start) {
        contender.runs[start].start = start;
        for (latent::Iteration& at : contender.runs[start].trace) at.seconds *= 1 + 0.001 * static_cast<double>(start);
      }
    }
    CHECK(page_of(many).size() < 500000);
  }
}
