#pragma once

#include <chrono>
#include <string>
#include <utility>

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

  // What is said instead of the start's number: "run 3 of 40".
  void set_about(std::string about) { about_ = std::move(about); }

  Continue operator()(const Iteration& now);

 private:
  bool watched_;
  bool shown_ = false;
  double last_ = 0;  // seconds
  std::string about_;
  std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
};

}  // namespace latent::cli
