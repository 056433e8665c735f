#pragma once

#include <stdexcept>
#include <string>

namespace latent {

// What went wrong, said so that the person at the keyboard can mend it: one line with what, where and what would be
// right. Every error that latent throws on account of its input derives from this; anything else is a defect.
class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// The data cannot be used: a file that cannot be read, a cell that is no number, rows that do not fit the model.
class DataError : public Error {
 public:
  using Error::Error;
};

// An option has a value that breaks its rule; the message names the option, the value and the rule.
class OptionError : public Error {
 public:
  using Error::Error;
};

// A model cannot be what it is asked to be: parameters from a file or a caller that are none (the message names the
// key), or a step of a fit that cannot be done (the message names the component).
class ModelError : public Error {
 public:
  using Error::Error;
};

// A file that a program wrote for a program is not what it should be: of another kind, truncated, damaged, or about
// something else.
class FileError : public Error {
 public:
  using Error::Error;
};

}  // namespace latent
