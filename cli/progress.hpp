#pragma once

#include <latent/iteration.hpp>

namespace latent::cli {

// Shows how far a fit is, once it takes longer than a moment, to a person who watches: on standard error, if that is a
// terminal. An observer; the line goes with it.
class Progress {
 public:
  Progress();
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  Continue operator()(const Iteration& now);

 private:
  bool watched_;
  bool shown_ = false;
  double last_ = 0;  // seconds
};

}  // namespace latent::cli
