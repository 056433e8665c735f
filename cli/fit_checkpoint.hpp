#pragma once

#include <memory>

#include <latent/any_model.hpp>
#include <latent/checkpoint.hpp>

#include "arguments.hpp"
#include "command.hpp"

// Checkpoints of fits: what the command line says of them, and what it stores with them to go on.

namespace latent::cli {

OptionGroup checkpoint_group();

// What --checkpoint-every says. Throws OptionError.
CheckpointInterval checkpoint_interval(const Arguments& arguments);

// The checkpoint that --checkpoint asks for, or null. Throws FileError rather than lose what the file holds.
std::shared_ptr<Checkpoint> new_checkpoint(const Arguments& arguments);

// The command behind a checkpoint: the words after `latent fit`, the folder it ran in, and the plugin of its model.
struct FitCommand {
  Words words;
  std::string folder, plugin;
};
FitCommand command_of(const Checkpoint& checkpoint);

// Stores the command and what tells the data apart in a new checkpoint, or throws FileError if one that was read is of
// other data.
void tell_checkpoint(Checkpoint& checkpoint, const FitCommand& command, const RowData& data, const std::string& file);

}  // namespace latent::cli
