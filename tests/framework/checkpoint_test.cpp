#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <latent/checkpoint.hpp>
#include <latent/data_identity.hpp>
#include <latent/error.hpp>
#include <latent/fit.hpp>
#include <latent/interruption.hpp>
#include <latent/saved_state.hpp>
#include <sys/resource.h>

#include "support/bits.hpp"
#include "support/faulty_mixture.hpp"
#include "support/nested_parameters.hpp"
#include "support/normal_mixture.hpp"
#include "support/temporary_folder.hpp"

namespace {

namespace fs = std::filesystem;
using latent::Checkpoint;
using latent::CheckpointInterval;
using latent::Continue;
using latent::FitOptions;
using latent::Iteration;
using Fitted = latent::Fitted<NormalMixture>;
using Numbers = std::vector<double>;

const Numbers& data() {
  static const Numbers numbers = [] {
    Numbers all;
    for (int i = 0; i < 400; ++i) all.push_back(3 * std::sin(1.7 * i) + 2.5 * (i % 3));
    return all;
  }();
  return numbers;
}

NormalMixture three() { return {.components = 3, .start_variance = 4, .smallest_variance = 1e-3}; }

void check_same(const Fitted& resumed, const Fitted& expected) {
  CHECK(bits_of(resumed.parameters.weights) == bits_of(expected.parameters.weights));
  CHECK(bits_of(resumed.parameters.means) == bits_of(expected.parameters.means));
  CHECK(bits_of(resumed.parameters.variances) == bits_of(expected.parameters.variances));
  CHECK(bits_of(resumed.trace) == bits_of(expected.trace));
  CHECK(text_of_counts(resumed.summary) == text_of_counts(expected.summary));
}

// Fits in as many parts as it takes, each of which `stop` lets make so many iterations, and then goes on from the file.
Fitted fit_in_parts(const NormalMixture& model, const Numbers& numbers, FitOptions options, const fs::path& file,
                    std::size_t iterations_a_part) {
  options.checkpoint = std::make_shared<Checkpoint>(file, CheckpointInterval{.iterations = 3});
  for (int parts = 1; parts < 100000; ++parts) {
    std::size_t seen = 0;
    options.observer = [&](const Iteration&) { return ++seen < iterations_a_part ? Continue::yes : Continue::no; };
    Fitted fitted = latent::fit<NormalMixture>(model, numbers, options);
    options.checkpoint = Checkpoint::read(file);
    if (options.checkpoint->complete()) return fitted;
  }
  FAIL("it never comes to an end");
  return {};
}

// A fit that dies of an exception in its n-th iteration, as a process does of a signal: nothing is written any more.
struct Death {};
bool dies(const NormalMixture& model, const Numbers& numbers, FitOptions options, std::size_t iteration) {
  std::size_t seen = 0;
  options.observer = [&](const Iteration&) {
    if (++seen >= iteration) throw Death();
    return Continue::yes;
  };
  try {
    latent::fit<NormalMixture>(model, numbers, options);
  } catch (const Death&) {
    return true;
  }
  return false;
}

template <class Use>
std::string error_of(const Use& use) {
  try {
    use();
  } catch (const latent::Error& error) {
    return error.what();
  }
  return "no error";
}

constexpr latent::Acceleration accelerations[]{latent::Acceleration::none, latent::Acceleration::squarem,
                                               latent::Acceleration::anderson, latent::Acceleration::acx,
                                               latent::Acceleration::automatic};

TEST_SUITE("framework/checkpoint") {
  TEST_CASE("checkpoint: keeping one changes nothing of the result") {
    const TemporaryFolder folder;
    FitOptions options{.starts = 5};
    const Fitted expected = latent::fit<NormalMixture>(three(), data(), options);
    options.checkpoint = std::make_shared<Checkpoint>(folder / "a", CheckpointInterval{.iterations = 5});
    check_same(latent::fit<NormalMixture>(three(), data(), options), expected);
    CHECK(Checkpoint::read(folder / "a")->complete());
  }

  TEST_CASE("checkpoint: a fit from one start that is stopped anywhere ends in the same bits") {
    for (const latent::Acceleration acceleration : accelerations) {
      CAPTURE(name_of(acceleration));
      FitOptions options{.acceleration = acceleration, .check_basin = true, .starts = 1};
      options.max_iterations = 300;
      const Fitted expected = latent::fit<NormalMixture>(three(), data(), options);
      for (const std::size_t part : {1, 2, 5, 13, 40}) {
        CAPTURE(part);
        const TemporaryFolder folder;
        check_same(fit_in_parts(three(), data(), options, folder / "a", part + 1), expected);
      }
    }
  }

  TEST_CASE("checkpoint: so does a search among starts, on all data and on a sample") {
    for (const std::size_t search_observations : {1000, 150}) {
      FitOptions options{.starts = 6, .short_iterations = 12};
      options.search_observations = search_observations;
      const Fitted expected = latent::fit<NormalMixture>(three(), data(), options);
      REQUIRE((expected.summary.searched > 0) == (search_observations == 150));
      for (const std::size_t part : {9, 37, 300}) {
        CAPTURE(part);
        const TemporaryFolder folder;
        check_same(fit_in_parts(three(), data(), options, folder / "a", part), expected);
      }
    }
  }

  TEST_CASE("checkpoint: so does a fit that died in any iteration, on another number of threads") {
    FitOptions options{.starts = 4, .short_iterations = 10};
    const Fitted expected = latent::fit<NormalMixture>(three(), data(), options);
    for (std::size_t iteration = 1; iteration < 2000; iteration += iteration / 4 + 1) {
      CAPTURE(iteration);
      const TemporaryFolder folder;
      FitOptions dying = options;
      dying.threads = 1 + iteration % 3;
      dying.checkpoint = std::make_shared<Checkpoint>(folder / "a", CheckpointInterval{.iterations = 4});
      if (!dies(three(), data(), dying, iteration)) break;
      FitOptions resumed = options;
      resumed.threads = 1 + (iteration + 1) % 3;
      if (fs::exists(folder / "a")) {  // else nothing had been kept yet
        resumed.checkpoint = Checkpoint::read(folder / "a");
        check_same(latent::fit<NormalMixture>(three(), data(), resumed), expected);
      }
    }
  }

  TEST_CASE("checkpoint: so do the variants that EM begins with") {
    for (const latent::Variant variant : {latent::Variant::incremental, latent::Variant::online}) {
      FitOptions options{.variant = variant, .starts = 2};
      const Fitted expected = latent::fit<NormalMixture>(three(), data(), options);
      const TemporaryFolder folder;
      // A part must be longer than the passes, which begin anew.
      check_same(fit_in_parts(three(), data(), options, folder / "a", 30), expected);
    }
  }

  TEST_CASE("checkpoint: warnings and a degenerate end come back too") {
    Numbers spiked = data();
    spiked.insert(spiked.end(), 60, 1.03);
    FitOptions options{.starts = 2, .short_iterations = 5};
    const NormalMixture narrow{.components = 3, .start_variance = 0.01};
    const Fitted expected = latent::fit<NormalMixture>(narrow, spiked, options);
    const TemporaryFolder folder;
    check_same(fit_in_parts(narrow, spiked, options, folder / "a", 7), expected);
  }

  TEST_CASE("checkpoint: one that is complete gives the result again") {
    const TemporaryFolder folder;
    FitOptions options{.starts = 3};
    options.checkpoint = std::make_shared<Checkpoint>(folder / "a");
    const Fitted expected = latent::fit<NormalMixture>(three(), data(), options);
    options.checkpoint = Checkpoint::read(folder / "a");
    std::size_t seen = 0;
    options.observer = [&](const Iteration&) { return ++seen, Continue::yes; };
    check_same(latent::fit<NormalMixture>(three(), data(), options), expected);
    CHECK(seen == 0);
  }

  TEST_CASE("checkpoint: an interruption stops at the next iteration with the best so far") {
    for (const std::size_t after : {1, 20, 100}) {
      CAPTURE(after);
      const TemporaryFolder folder;
      FitOptions options{.starts = 5, .short_iterations = 12};
      const Fitted expected = latent::fit<NormalMixture>(three(), data(), options);
      std::atomic<std::size_t> seen = 0;
      options.observer = [&](const Iteration&) { return ++seen, Continue::yes; };
      options.interrupted = [&] { return seen >= after; };
      options.checkpoint = std::make_shared<Checkpoint>(folder / "a", CheckpointInterval{.seconds = 1000});
      const Fitted stopped = latent::fit<NormalMixture>(three(), data(), options);
      CHECK(stopped.summary.verdict == latent::Verdict::interrupted);
      CHECK(stopped.summary.message.starts_with("stopped by a signal"));
      CHECK(std::isfinite(stopped.summary.objective));
      CHECK(stopped.parameters.means.size() == 3);
      CHECK(seen < after + 20);
      FitOptions resumed{.starts = 5, .short_iterations = 12};
      resumed.checkpoint = Checkpoint::read(folder / "a");
      CHECK_FALSE(resumed.checkpoint->complete());
      check_same(latent::fit<NormalMixture>(three(), data(), resumed), expected);
    }
  }

  TEST_CASE("checkpoint: a file is not overwritten but by the checkpoint that follows a complete fit") {
    const TemporaryFolder folder;
    std::ofstream(folder / "notes") << "mine";
    CHECK(error_of([&] { Checkpoint(folder / "notes"); }) ==
          (folder / "notes").string() + ": is not a checkpoint file; it would be overwritten");
    CHECK(content_of(folder / "notes") == "mine");

    FitOptions options{.starts = 2};
    options.checkpoint = std::make_shared<Checkpoint>(folder / "a");
    options.max_iterations = 100;
    options.observer = [](const Iteration& now) { return now.iteration < 5 ? Continue::yes : Continue::no; };
    latent::fit<NormalMixture>(three(), data(), options);
    CHECK(error_of([&] { Checkpoint(folder / "a"); }).find("is the checkpoint of a fit that is not complete") !=
          std::string::npos);
    options.observer = nullptr;
    options.checkpoint = Checkpoint::read(folder / "a");
    latent::fit<NormalMixture>(three(), data(), options);
    CHECK(error_of([&] { Checkpoint(folder / "a"); }) == "no error");
  }

  TEST_CASE("checkpoint: one of another fit is refused and left alone") {
    const TemporaryFolder folder;
    FitOptions options{.starts = 2};
    options.checkpoint = std::make_shared<Checkpoint>(folder / "a", CheckpointInterval{.iterations = 1});
    REQUIRE(dies(three(), data(), options, 30));
    const std::string before = content_of(folder / "a");
    const auto refusal = [&](const NormalMixture& model, const Numbers& numbers, FitOptions other) {
      other.checkpoint = Checkpoint::read(folder / "a");
      const std::string error = error_of([&] { latent::fit<NormalMixture>(model, numbers, other); });
      CHECK(content_of(folder / "a") == before);
      return error;
    };
    const std::string file = (folder / "a").string();
    CHECK(refusal(three(), data(), {.starts = 3}) ==
          file + ": is a checkpoint of another fit: starts is 2 there, here it is 3");
    CHECK(refusal(three(), Numbers(data().begin(), data().end() - 1), {.starts = 2}) ==
          file + ": is a checkpoint of another fit: observations is \"400\" there, here it is \"399\"");
    Numbers changed = data();
    changed[7] += 1e-9;
    CHECK(refusal(three(), changed, {.starts = 2}).find("is a checkpoint of other data, or of another model") !=
          std::string::npos);
    options = {.starts = 2};
    options.checkpoint = Checkpoint::read(folder / "a");
    check_same(latent::fit<NormalMixture>(three(), data(), options),
               latent::fit<NormalMixture>(three(), data(), {.starts = 2}));
  }

  TEST_CASE("checkpoint: a disk that is full ends the fit and leaves the last one whole") {
    const TemporaryFolder folder;
    FitOptions options{.starts = 2};
    options.checkpoint = std::make_shared<Checkpoint>(folder / "a", CheckpointInterval{.iterations = 1});
    const Fitted expected = latent::fit<NormalMixture>(three(), data(), {.starts = 2});
    std::signal(SIGXFSZ, SIG_IGN);
    struct ::rlimit before {};
    ::getrlimit(RLIMIT_FSIZE, &before);
    std::size_t seen = 0;
    options.observer = [&](const Iteration&) {
      if (++seen == 40) {
        const struct ::rlimit full { 100, before.rlim_max };
        ::setrlimit(RLIMIT_FSIZE, &full);
      }
      return Continue::yes;
    };
    const std::string error = error_of([&] { latent::fit<NormalMixture>(three(), data(), options); });
    ::setrlimit(RLIMIT_FSIZE, &before);
    const std::string file = (folder / "a").string();
    CHECK(error == file + ": cannot be written: File too large; the one before is kept, from which latent resume " +
                       file + " goes on");
    FitOptions resumed{.starts = 2};
    resumed.checkpoint = Checkpoint::read(folder / "a");
    check_same(latent::fit<NormalMixture>(three(), data(), resumed), expected);
  }

  TEST_CASE("checkpoint: a fit that cannot begin leaves none behind") {
    const TemporaryFolder folder;
    FitOptions options{.starts = 2};
    options.checkpoint = std::make_shared<Checkpoint>(folder / "a");
    CHECK(error_of([&] { latent::fit<NormalMixture>(three(), Numbers{}, options); }) == "there are no observations");
    CHECK_FALSE(fs::exists(folder / "a"));
  }
}

TEST_SUITE("framework/saved_state") {
  TEST_CASE("saved state: another shape or a missing member is refused") {
    NormalMixture::Parameters two{{0.5, 0.5}, {1, 2}, {1, 1}};
    latent::SavedState stored;
    stored.visit("parameters", two);
    NormalMixture::Parameters back;
    latent::SavedState(stored.json()).visit("parameters", back);
    CHECK(back.means == two.means);
    std::size_t count = 0;
    latent::SavedState restoring(stored.json());
    CHECK_THROWS_AS(restoring.visit("count", count), latent::FileError);
    CHECK_THROWS_AS(restoring.visit("parameters", count), latent::FileError);
  }
}

TEST_SUITE("framework/data_identity") {
  TEST_CASE("data identity: it sees numbers, order, weights and sequences") {
    latent::RowMajorMatrix rows(3, 2);
    rows << 1, 2, 3, 4, 5, 6;
    latent::RowData data{.rows = rows};
    const latent::Json identity = latent::identity_of(data);
    CHECK(latent::text_of_identity(identity) == "3 rows of 2 columns");
    latent::RowMajorMatrix other = rows;
    other(2, 1) = std::nextafter(6.0, 7.0);
    CHECK(latent::identity_of(latent::RowData{.rows = other}) != identity);
    other = rows;
    other.row(0).swap(other.row(1));
    CHECK(latent::identity_of(latent::RowData{.rows = other}) != identity);
    const Numbers weights{1, 1, 2};
    CHECK(latent::identity_of(latent::RowData{.rows = rows, .weights = weights}) != identity);
    const std::vector<std::size_t> begins{0, 2};
    CHECK(latent::identity_of(latent::RowData{.rows = rows, .sequence_begins = begins}) != identity);
  }
}

TEST_SUITE("framework/interruption") {
  TEST_CASE("interruption: a signal is told while it is watched, and no longer") {
    struct ::sigaction before {
    }, after{};
    ::sigaction(SIGTERM, nullptr, &before);
    {
      const latent::SignalWatch watch;
      CHECK(latent::interrupting_signal() == 0);
      std::raise(SIGTERM);
      CHECK(latent::interrupting_signal() == SIGTERM);
      std::raise(SIGTERM);  // at the same moment: sent twice
    }
    ::sigaction(SIGTERM, nullptr, &after);
    CHECK((after.sa_handler == before.sa_handler));
  }

  TEST_CASE("interruption: a signal that is ignored stays so") {
    const auto before = std::signal(SIGINT, SIG_IGN);
    {
      const latent::SignalWatch watch;
      std::raise(SIGINT);
      CHECK(latent::interrupting_signal() == 0);
    }
    std::signal(SIGINT, before);
  }
}

}  // namespace
