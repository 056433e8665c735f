#include <cstdlib>
#include <filesystem>
#include <string>

#include <doctest/doctest.h>
#include <latent/checkpoint.hpp>

#include "golden/problem.hpp"
#include "support/bits.hpp"

// What checkpoints promise, on every problem with every acceleration.

namespace golden {
namespace {

namespace fs = std::filesystem;
using latent::Checkpoint;
using latent::Continue;

TEST_SUITE("golden/checkpoint") {
  TEST_CASE("checkpoint: a fit that is stopped again and again ends in the same bits") {
    std::string name = (fs::temp_directory_path() / "latent-golden-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()));
    const fs::path file = fs::path(name) / "checkpoint";
    for (const Problem& problem : problems()) {
      for (const latent::Acceleration acceleration : accelerations) {
        CAPTURE(problem.name);
        CAPTURE(name_of(acceleration));
        latent::FitOptions options{.acceleration = acceleration, .max_iterations = 60};
        const Outcome expected = problem.fit_from(1, options);
        Outcome resumed;
        fs::remove(file);
        options.checkpoint = std::make_shared<Checkpoint>(file, latent::CheckpointInterval{.iterations = 1});
        for (std::size_t part = 0; part < 200; ++part) {
          std::size_t seen = 0;
          options.observer = [&](const latent::Iteration&) { return ++seen <= 7 ? Continue::yes : Continue::no; };
          resumed = problem.fit_from(1, options);
          options.checkpoint = Checkpoint::read(file);
          if (options.checkpoint->complete()) break;
        }
        CHECK(options.checkpoint->complete());
        CHECK(bits_of(resumed.trace) == bits_of(expected.trace));
        CHECK(bits_of(std::span(resumed.parameters.data(), static_cast<std::size_t>(resumed.parameters.size()))) ==
              bits_of(std::span(expected.parameters.data(), static_cast<std::size_t>(expected.parameters.size()))));
        CHECK(text_of_counts(resumed.summary) == text_of_counts(expected.summary));
      }
    }
    fs::remove_all(name);
  }
}

}  // namespace
}  // namespace golden
