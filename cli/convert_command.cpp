#include <iostream>
#include <string>

#include <latent/convert.hpp>
#include <latent/error.hpp>
#include <latent/table.hpp>
#include <latent/text.hpp>

#include "command.hpp"
#include "data.hpp"
#include "help.hpp"
#include "output.hpp"

namespace latent::cli {
namespace {

Usage convert_usage() {
  OptionGroup data = options_of_values();
  data.options.push_back({"missing", "", "a cell may be missing (empty, NA, NaN, ?), and becomes NaN"});
  return {
      "latent convert",
      {"DATA", "OUT.npy"},
      "Makes a NumPy .npy file of numbers, which is read faster and takes less room. The table DATA (a CSV, TSV or "
      ".npy file, or - for standard input) may be larger than the memory: it is read once, a few rows at a time. A "
      ".npy file has no names of columns: they are printed, and other commands then count columns from 1.",
      {std::move(data),
       {"Output",
        {{"float32", "", "store 4 bytes a number, about 7 digits, instead of 8 [float32 if DATA is, else float64]"}}}}};
}

// "old.npy: 272 rows of 2 columns (float64): eruptions,waiting".
std::string report(const std::string& file, const Converted& converted) {
  std::string line = file + ": " + count_of(converted.rows, "row") + " of " +
                     count_of(converted.names.size(), "column") + (converted.float32 ? " (float32)" : " (float64)");
  for (std::size_t j = 0; converted.has_header && j < converted.names.size(); ++j) {
    line += (j == 0 ? ": " : ",") + delimited_cell(converted.names[j]);
  }
  return line + "\n";
}

int convert(const Arguments& arguments) {
  const std::string& output = arguments.text("OUT.npy");
  if (!output.ends_with(".npy")) throw OptionError("'" + output + "' is to be a NumPy file, its name must end in .npy");
  check_output(arguments, "OUT.npy", {"DATA"});
  const TableOptions table = table_options_of(arguments, {});
  const Converted converted = convert_to_npy(arguments.text("DATA"), output,
                                             {.columns = table.columns,
                                              .separator = table.separator,
                                              .header = table.header,
                                              .missing_cells = arguments.has("missing"),
                                              .float32 = arguments.has("float32")});
  std::cout << report(output, converted);
  return success;
}

}  // namespace

int convert_command(const Words& words, Entries) { return run_or_help(convert_usage(), words, convert); }

}  // namespace latent::cli
