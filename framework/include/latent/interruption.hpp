#pragma once

#include <csignal>

namespace latent {

// While it lives, SIGINT and SIGTERM end the program no more, but are told by interrupting_signal(); one that comes
// half a second or more after the first does what it always did. A signal that is ignored (as of a program in the
// background) stays so. There is at most one watch at a time.
//
//   const latent::SignalWatch watch;
//   latent::fit(model, data, {.interrupted = [] { return latent::interrupting_signal() != 0; }});
class SignalWatch {
 public:
  SignalWatch();
  ~SignalWatch();
  SignalWatch(const SignalWatch&) = delete;
  SignalWatch& operator=(const SignalWatch&) = delete;

 private:
  struct ::sigaction interrupt_ {
  }, terminate_{};  // as they were
};

// The number of the signal that came while a SignalWatch lived, 0 if none did. From any thread.
int interrupting_signal();

}  // namespace latent
