#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace latent {

// Something a person should know about a step, said by the model: a covariance held at its floor, a component that has
// lost its observations. `component` counts from 0; messages count from 1.
struct Note {
  std::string kind;  // short and stable, for programs: "regularized", "collapsed", "empty"
  std::optional<std::size_t> component;
  std::string message;
  // The parameters are at the edge of the parameter space, where the likelihood says little about the data (a
  // component on a single point); fits without such a note are preferred to fits with one.
  bool degenerate = false;
};

// Where an M-step leaves its notes. It is passed by value; one made without a list forgets what it is told.
class Notes {
 public:
  Notes() = default;
  explicit Notes(std::vector<Note>& list) : list_(&list) {}
  void add(Note note) const {
    if (list_) list_->push_back(std::move(note));
  }

 private:
  std::vector<Note>* list_ = nullptr;
};

}  // namespace latent
