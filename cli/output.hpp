#pragma once

#include <functional>
#include <iosfwd>
#include <string>
#include <vector>

#include "arguments.hpp"

// Files that commands write.

namespace latent::cli {

// The option of a command whose result may go to a file.
Option output_option();

// Throws OptionError if the options `a` and `b`, of which both are given, name the same file, be it not yet there.
void refuse_same_file(const Arguments& arguments, const std::string& a, const std::string& b);

// Throws unless the file that the option names can be written, and is none of the `inputs` that are given.
void check_output(const Arguments& arguments, const std::string& option, const std::vector<std::string>& inputs);

// Writes to the file --output, which appears whole or not at all, or to standard output.
void write_result(const Arguments& arguments, const std::vector<std::string>& inputs,
                  const std::function<void(std::ostream&)>& write);

}  // namespace latent::cli
