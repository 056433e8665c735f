#include <limits>
#include <sstream>
#include <string>

#include <doctest/doctest.h>
#include <latent/iteration.hpp>
#include <latent/summary.hpp>

using latent::Summary;
using latent::Verdict;

namespace {

Summary finished() {
  Summary summary;
  summary.verdict = Verdict::converged;
  summary.message = "estimated gain still to come 3.1e-10 < 1e-09 per observation";
  summary.log_likelihood = summary.objective = -1130.2639601847;
  summary.iterations = 27;
  summary.rate = 0.51234567;
  summary.observations = 272;
  summary.total_weight = 272;
  summary.free_parameters = 11;
  summary.threads = 2;
  summary.e_steps = 28;
  summary.m_steps = 27;
  summary.e_seconds = 0.0123456;
  summary.m_seconds = 0.001;
  summary.seconds = 0.0145;
  return summary;
}

latent::StartReport start(double objective, bool degenerate = false, bool continued = true) {
  return {.objective = objective, .continued = continued, .degenerate = degenerate, .verdict = Verdict::converged};
}

}  // namespace

TEST_SUITE("framework/summary") {
  TEST_CASE("summary: one that never ran prints not run") {
    CHECK(Summary{}.brief_report() == "not run");
    CHECK(Summary{}.full_report() == "not run\n");
    CHECK_FALSE(Summary{}.degenerate());
  }

  TEST_CASE("summary: the brief report is one line") {
    CHECK(finished().brief_report() ==
          "converged after 27 iterations, log-likelihood -1130.26396018: estimated gain still to come 3.1e-10 < 1e-09 "
          "per "
          "observation");
  }

  TEST_CASE("summary: the full report is an aligned table") {
    CHECK(finished().full_report() ==
          "verdict           converged: estimated gain still to come 3.1e-10 < 1e-09 per observation\n"
          "log-likelihood    -1130.263960185\n"
          "iterations        27, the objective's rate of convergence 0.5123\n"
          "observations      272\n"
          "free parameters   11\n"
          "time              0.0145 s, 2 threads; 28 E-steps 0.0123 s, 27 M-steps 0.001 s\n");
  }

  TEST_CASE("summary: the full report has lines for prior and weights and starts and warnings") {
    Summary summary = finished();
    summary.objective = -1140.5;
    summary.total_weight = 1096;
    summary.free_parameters.reset();
    summary.rate = std::numeric_limits<double>::quiet_NaN();
    summary.starts = {start(-1140.5), start(-1150), start(-1140.5), start(-1160, false, false), start(-900, true)};
    summary.warnings = {{{.kind = "regularized", .component = 1, .message = "component 2 held at its floor"}, 3, 9, 4}};
    CHECK(summary.full_report() ==
          "verdict           converged: estimated gain still to come 3.1e-10 < 1e-09 per observation\n"
          "log-likelihood    -1130.263960185\n"
          "objective         -1140.5 (with the log-prior)\n"
          "iterations        27\n"
          "observations      272, total weight 1096\n"
          "starts            5, 4 run to the end\n"
          "                  -1140.5  reached by 2\n"
          "                  -1150  reached by 1\n"
          "                  -900  reached by 1  (degenerate)\n"
          "time              0.0145 s, 2 threads; 28 E-steps 0.0123 s, 27 M-steps 0.001 s\n"
          "warning           " +
              text_of(summary.warnings[0]) + "\n");
  }

  TEST_CASE("summary: a start that could not be used has no line for the objective") {
    Summary summary;
    summary.verdict = Verdict::degenerate;
    summary.message = "the start cannot be used: no inverse";
    CHECK(summary.brief_report() ==
          "degenerate after 0 iterations, log-likelihood nan: the start cannot be used: no inverse");
    CHECK(summary.full_report().find("objective ") == std::string::npos);
    CHECK(summary.degenerate());
  }

  TEST_CASE("summary: more than five optima are counted") {
    Summary summary = finished();
    for (int i = 0; i < 7; ++i) summary.starts.push_back(start(-1130.0 - i));
    CHECK(summary.full_report().find("                  and 2 others\n") != std::string::npos);
  }

  TEST_CASE("summary: modes join objectives that agree and keep apart those that do not") {
    Summary summary;
    summary.total_weight = 100;
    const double nan = std::numeric_limits<double>::quiet_NaN();
    summary.starts = {start(-200),       start(-200 - 1e-6),
                      start(-200.01),    start(-100, true),
                      start(-100, true), start(-50, false, false),
                      start(nan, true),  start(-std::numeric_limits<double>::infinity(), true)};
    const std::vector<latent::Mode> modes = summary.modes();
    REQUIRE(modes.size() == 3);
    CHECK(modes[0].objective == -200);
    CHECK(modes[0].starts == 2);
    CHECK(modes[1].objective == -200.01);
    CHECK(modes[2].objective == -100);
    CHECK(modes[2].starts == 2);
    CHECK(modes[2].degenerate);
  }

  TEST_CASE("warning: says when and how often") {
    const latent::Note note{.kind = "regularized", .component = 1, .message = "its covariance was held at the floor"};
    const std::string once = text_of(latent::Warning{note, 4, 4, 1}), often = text_of(latent::Warning{note, 4, 9, 5});
    CHECK(once.find("its covariance was held at the floor (iteration 4)") != std::string::npos);
    CHECK(often.find("its covariance was held at the floor (5 times, iterations 4 to 9)") != std::string::npos);
  }

  TEST_CASE("names: every verdict has its own") {
    CHECK(std::string(name_of(Verdict::not_run)) == "not_run");
    CHECK(std::string(name_of(Verdict::converged)) == "converged");
    CHECK(std::string(name_of(Verdict::iteration_limit)) == "iteration_limit");
    CHECK(std::string(name_of(Verdict::time_limit)) == "time_limit");
    CHECK(std::string(name_of(Verdict::observer_request)) == "observer_request");
    CHECK(std::string(name_of(Verdict::objective_decreased)) == "objective_decreased");
    CHECK(std::string(name_of(Verdict::not_finite)) == "not_finite");
    CHECK(std::string(name_of(Verdict::degenerate)) == "degenerate");
  }

  TEST_CASE("trace: as CSV it has one line an iteration and empty cells for what is not known") {
    latent::Trace trace(2);
    trace[0].objective = trace[0].log_likelihood = -10.5;
    trace[0].passes = 1;
    trace[1] = {.start = 0,
                .iteration = 1,
                .kind = latent::StepKind::em,
                .objective = -8.25,
                .log_likelihood = -8.25,
                .change = 2.25,
                .parameter_change = 0.125,
                .passes = 2,
                .seconds = 0.5};
    std::ostringstream out;
    write_csv(out, trace);
    CHECK(out.str() ==
          "start,iteration,kind,passes,seconds,objective,log_likelihood,change,rate,estimated_gain,parameter_change\n"
          "1,0,start,1,0,-10.5,-10.5,,,,\n"
          "1,1,em,2,0.5,-8.25,-8.25,2.25,,,0.125\n");
  }

}  // TEST_SUITE
