#include "command.hpp"

#include <iostream>

#include "help.hpp"

namespace latent::cli {

int run_or_help(const Usage& usage, const Words& words, const std::function<int(const Arguments&)>& run) {
  const Arguments arguments(usage, words);
  if (!arguments.help()) return run(arguments);
  std::cout << help_text(usage);
  return success;
}

}  // namespace latent::cli
