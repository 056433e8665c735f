#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include <latent/any_model.hpp>

#include "arguments.hpp"

// The commands of the program: each takes the words behind its name and returns the exit status.

namespace latent::cli {

inline constexpr int success = 0;
inline constexpr int failure = 1;  // bad data or a failed fit
inline constexpr int wrong_usage = 2;
inline constexpr int not_converged = 3;  // with --strict

using Words = std::vector<std::string>;
using Entries = std::span<const ModelEntry>;

int fit_command(const Words& words, Entries entries);
int resume_command(const Words& words, Entries entries);
int predict_command(const Words& words, Entries entries);
int score_command(const Words& words, Entries entries);
int forecast_command(const Words& words, Entries entries);
int sample_command(const Words& words, Entries entries);
int accumulate_command(const Words& words, Entries entries);
int merge_command(const Words& words, Entries entries);
int maximize_command(const Words& words, Entries entries);
int inspect_command(const Words& words, Entries entries);
int compare_command(const Words& words, Entries entries);
int check_command(const Words& words, Entries entries);
int diff_command(const Words& words, Entries entries);
int convert_command(const Words& words, Entries entries);
int models_command(const Words& words, Entries entries);

// Throws OptionError if there is no such model.
const ModelEntry& entry_named(const std::string& name, Entries entries);

// Prints the help if that is what the words ask for, or runs the command with them.
int run_or_help(const Usage& usage, const Words& words, const std::function<int(const Arguments&)>& run);

}  // namespace latent::cli
