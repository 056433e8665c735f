#include "sequence_data.hpp"

#include <cerrno>
#include <charconv>
#include <cstdint>
#include <fstream>
#include <limits>
#include <system_error>

#include <latent/error.hpp>
#include <latent/text.hpp>

#include "data.hpp"

namespace latent::cli {
namespace {

// The whole numbers of a file, one a line.
std::vector<std::size_t> read_lengths(const std::string& file) {
  std::ifstream stream(file, std::ios::binary);
  if (!stream) throw DataError(file + ": cannot be opened: " + std::generic_category().message(errno));
  std::vector<std::size_t> lengths;
  std::size_t number = 1;
  for (std::string line; std::getline(stream, line); ++number) {
    const std::size_t first = line.find_first_not_of(" \t\r");
    if (first == std::string::npos) continue;
    const std::string text = line.substr(first, line.find_last_not_of(" \t\r") + 1 - first);
    std::size_t length = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), length);
    if (error != std::errc() || end != text.data() + text.size() || length == 0) {
      throw DataError(file + ":" + std::to_string(number) + ": found \"" + text +
                      "\", expected the length of a sequence, a whole number from 1");
    }
    lengths.push_back(length);
  }
  return lengths;
}

}  // namespace

std::vector<Option> sequence_options(const DataNeeds& needs) {
  if (!needs.key.empty()) {
    return {{"sequence", "COLUMN",
             "column that says which observation a row belongs to, wherever it stands [" + needs.key + "]"}};
  }
  std::vector<Option> all{
      {"sequence", "COLUMN",
       "column that says which sequence a row belongs to; its rows follow one another [each file is a sequence]"},
      {"lengths", "FILE", "instead: a file with the lengths of the sequences, one a line"},
      {"known-states", "COLUMN", "column with the hidden states that are known, from 1; empty or NA: unknown"}};
  if (needs.groups) all.pop_back();
  if (!needs.groups && !needs.sequences) all.clear();
  return all;
}

void check_sequence_options(const Arguments& arguments, const DataNeeds& needs) {
  for (const Option& option : sequence_options({.sequences = true})) {
    if (!arguments.has(option.name)) continue;
    if (option.name == "known-states" && needs.groups) {
      throw OptionError("known-states is '" + arguments.text(option.name) + "', but the model has no states");
    }
    if (!needs.sequences && !needs.groups) {
      throw OptionError(option.name + " is '" + arguments.text(option.name) +
                        "', but the model is one of rows without order");
    }
  }
  if (arguments.has("lengths") && (arguments.has("sequence") || !needs.key.empty())) {
    throw OptionError(arguments.has("sequence")
                          ? "sequence and lengths are both given, one of them says where a sequence begins"
                          : "lengths is '" + arguments.text("lengths") + "', but column \"" + needs.key +
                                "\" says what belongs together");
  }
}

void cut_by_lengths(Table& table, const Arguments& arguments, const std::string& data) {
  if (!arguments.has("lengths")) return;
  const std::string& file = arguments.text("lengths");
  std::size_t begin = 0;
  for (const std::size_t length : read_lengths(file)) {
    if (length > table.rows() - begin) {
      throw DataError(file + ": the lengths sum to more than the " + count_of(table.rows(), "row") + " of " +
                      data_name(data));
    }
    table.sequence_begins.push_back(begin);
    table.sequence_names.push_back(std::to_string(table.sequence_begins.size()));
    begin += length;
  }
  if (begin != table.rows()) {
    throw DataError(file + ": the lengths sum to " + std::to_string(begin) + ", " + data_name(data) + " has " +
                    count_of(table.rows(), "row"));
  }
}

std::string sequence_column(const DataNeeds& needs) { return needs.key.empty() ? "sequence" : needs.key; }

void check_known_states(const Table& table, std::size_t states) {
  for (std::size_t i = 0; i < table.known_states.size(); ++i) {
    const std::int32_t state = table.known_states[i];
    if (state < 0 || static_cast<std::size_t>(state) < states) continue;
    throw DataError("row " + std::to_string(i + 1) + " has the known state " + std::to_string(state + 1) +
                    ", the model has " + count_of(states, "state"));
  }
}

}  // namespace latent::cli
