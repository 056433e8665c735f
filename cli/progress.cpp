#include "progress.hpp"

#include <algorithm>
#include <iostream>

#include <latent/text.hpp>
#include <unistd.h>

namespace latent::cli {

constexpr const char* back_to_an_empty_line = "\r\033[K";

Progress::Progress() : watched_(::isatty(STDERR_FILENO) != 0) {}

Progress::~Progress() {
  if (shown_) std::cerr << back_to_an_empty_line << std::flush;
}

Continue Progress::operator()(const Iteration& now) {
  constexpr double first = 0.5, every = 0.1;  // seconds
  if (!watched_) return Continue::yes;
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin_).count();
  if (seconds < std::max(first, last_ + every)) return Continue::yes;
  last_ = seconds;
  shown_ = true;
  std::cerr << back_to_an_empty_line << (about_.empty() ? "start " + std::to_string(now.start + 1) : about_)
            << ", iteration " << now.iteration << ", log-likelihood " << rounded(now.log_likelihood, 10) << ", "
            << rounded(seconds, 2) << " s" << std::flush;
  return Continue::yes;
}

}  // namespace latent::cli
