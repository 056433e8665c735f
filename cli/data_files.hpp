#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <latent/row_data.hpp>
#include <latent/table.hpp>

#include "arguments.hpp"

// Where the rows of DATA are: in memory, or in .npy files that are read as a fit goes through them.

namespace latent::cli {

Option data_in_option();

// What messages call such data: the file, or the first and how many more.
std::string data_text(const std::vector<std::string>& words);
std::string data_text(const Arguments& arguments);  // DATA

// The files that the words name: folders stand for their .npy files. Throws DataError, OptionError.
std::vector<std::filesystem::path> files_of(const std::vector<std::string>& words);

// One table of all `words`: a file, - for standard input, or .npy files and folders of them, of which the rows follow
// one another. Several files are a sequence each if the model wants sequences and nothing says where they begin.
// Throws OptionError, DataError.
Table read_data(const std::vector<std::string>& words, const Arguments& arguments, const DataNeeds& needs,
                TableOptions options);
// The same of DATA.
Table read_data(const Arguments& arguments, const DataNeeds& needs, const TableOptions& options);

}  // namespace latent::cli
