#include <cstddef>
#include <cstdint>
#include <memory>

#include <doctest/doctest.h>
#include <latent/checkpoint.hpp>
#include <latent/fields.hpp>
#include <latent/fit.hpp>

#include "support/bits.hpp"
#include "support/gaussian_data.hpp"
#include "support/gaussian_families.hpp"
#include "support/temporary_folder.hpp"

TEST_SUITE("gmm/interruption") {
  using families::Full;

  std::vector<std::uint64_t> bits_of_fit(const latent::Fitted<families::Model<Full>>& fitted) {
    std::vector<double> numbers;
    latent::append_fields(fitted.parameters, numbers);
    return bits_of(numbers);
  }

  // Of a search on a sample, with rounds of variations: the first of which find something better.
  TEST_CASE("gmm: a fit that is stopped at whatever question goes on to the same bits") {
    const gaussian_data::Rows rows = gaussian_data::clusters(900, 2, 5);
    const auto model = families::model<Full>(5);
    std::size_t varied = 0;  // seeds for which a variation has won
    for (const std::uint64_t seed : {1, 2, 3, 4, 5, 6}) {
      CAPTURE(seed);
      latent::FitOptions options{.max_iterations = 60, .starts = 2, .short_iterations = 4, .continued = 1};
      options.search_observations = 300;
      options.seed = seed;
      options.threads = 1;
      std::size_t questions = 0;
      options.interrupted = [&] { return ++questions, false; };
      const auto whole = latent::fit(model, rows.sample(), options);
      if (whole.trace.front().start < options.starts) continue;
      if (++varied > 2) break;
      const std::size_t all = questions;
      for (std::size_t stop = 1; stop <= all; ++stop) {
        CAPTURE(stop);
        const TemporaryFolder folder;
        std::size_t asked = 0;
        options.interrupted = [&] { return ++asked >= stop; };
        options.checkpoint =
            std::make_shared<latent::Checkpoint>(folder / "c", latent::CheckpointInterval{.seconds = 60});
        latent::fit(model, rows.sample(), options);
        options.interrupted = nullptr;
        options.checkpoint = latent::Checkpoint::read(folder / "c");
        CHECK(bits_of_fit(latent::fit(model, rows.sample(), options)) == bits_of_fit(whole));
        options.checkpoint = nullptr;
      }
    }
    CHECK(varied > 0);  // or the test says nothing
  }
}
