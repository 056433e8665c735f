#include <atomic>
#include <cstdint>
#include <ctime>

#include <latent/interruption.hpp>

namespace latent {
namespace {

std::atomic<int> signal_that_came = 0;
std::atomic<std::int64_t> came_at = 0;  // milliseconds
// Or a signal handler could not use them.
static_assert(std::atomic<int>::is_always_lock_free && std::atomic<std::int64_t>::is_always_lock_free);

std::int64_t milliseconds() {
  struct ::timespec now {};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return std::int64_t{now.tv_sec} * 1000 + now.tv_nsec / 1000000;
}

extern "C" void remember_signal(int number) {
  constexpr std::int64_t one_and_the_same = 500;  // timeout(1) sends its signal to the program and to its group
  if (signal_that_came == 0) {
    came_at = milliseconds();
    signal_that_came = number;
  } else if (milliseconds() - came_at > one_and_the_same) {
    std::signal(number, SIG_DFL);
    std::raise(number);
  }
}

void watch_signal(int number, struct ::sigaction& before) {
  ::sigaction(number, nullptr, &before);
  if (before.sa_handler == SIG_IGN) return;
  struct ::sigaction watching {};
  watching.sa_handler = remember_signal;
  watching.sa_flags = SA_RESTART;
  ::sigaction(number, &watching, nullptr);
}

}  // namespace

SignalWatch::SignalWatch() {
  signal_that_came = 0;
  watch_signal(SIGINT, interrupt_);
  watch_signal(SIGTERM, terminate_);
}

SignalWatch::~SignalWatch() {
  ::sigaction(SIGINT, &interrupt_, nullptr);
  ::sigaction(SIGTERM, &terminate_, nullptr);
}

int interrupting_signal() { return signal_that_came; }

}  // namespace latent
