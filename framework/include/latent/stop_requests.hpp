#pragma once

#include <latent/clock.hpp>
#include <latent/execution.hpp>
#include <latent/fit_options.hpp>
#include <latent/iteration.hpp>

namespace latent {

// What stops a fit from outside: its time limit, a signal, its observer. Of several ranks the first decides for all, and
// says so with each E-step; so all stop at the same one.
class StopRequests {
 public:
  StopRequests(const FitOptions& options, Clock::time_point begin) : options_(options), begin_(begin) {}

  // What goes with an E-step, and what came of it.
  Vote vote() const {
    return {[this] { return static_cast<double>(here()); }};
  }
  void hear(const Vote& vote) { told_ = static_cast<Request>(vote.heard); }
  // The same where no E-step carries it.
  void exchange();
  // To the observer, which may ask.
  void show(const Iteration& now);

  bool by_signal() const;
  bool by_observer() const;
  bool by_time() const;

 private:
  enum class Request { none, time, signal, observer };
  Request here() const;  // of this process
  bool signalled() const { return options_.interrupted && options_.interrupted(); }
  bool out_of_time() const {
    return options_.time_limit_seconds && seconds_since(begin_) >= *options_.time_limit_seconds;
  }
  bool shared() const { return is_shared(options_.execution.get()); }

  const FitOptions& options_;
  Clock::time_point begin_;
  Request told_ = Request::none;  // by the first of several ranks
  bool observer_asked_ = false;
};

}  // namespace latent
