#pragma once

#include <string>

namespace latent::picture {

bool gnuplot_is_installed();

// Runs gnuplot on a script and returns what it writes to its standard output. Throws latent::Error with the first line
// of its complaint.
std::string run_gnuplot(const std::string& script);

}  // namespace latent::picture
