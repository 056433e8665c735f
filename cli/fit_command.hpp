#pragma once

#include <memory>

#include <latent/checkpoint.hpp>

#include "arguments.hpp"
#include "command.hpp"
#include "fit_checkpoint.hpp"

namespace latent::cli {

// Runs the fit that the command asks for, `arguments` being its words but the first, understood, from the checkpoint if
// there is one, and returns the exit status.
int run_fit(const ModelEntry& entry, const Arguments& arguments, Entries entries, const FitCommand& command,
            std::shared_ptr<Checkpoint> checkpoint);

}  // namespace latent::cli
