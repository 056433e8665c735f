#include "data_files.hpp"

#include <cstdint>
#include <filesystem>
#include <system_error>

#include <latent/error.hpp>
#include <latent/file_rows.hpp>
#include <latent/text.hpp>

#include "ranks.hpp"

namespace latent::cli {
namespace fs = std::filesystem;

namespace {

enum class DataIn { automatic, memory, files };

DataIn data_in(const Arguments& arguments) {
  const std::string text = arguments.text("data-in");
  if (text == "auto") return DataIn::automatic;
  if (text == "memory") return DataIn::memory;
  if (text == "files") return DataIn::files;
  throw OptionError("data-in is '" + text + "', it must be auto, memory or files");
}

std::uint64_t total_bytes(const std::vector<fs::path>& files) {
  std::uint64_t sum = 0;
  for (const fs::path& file : files) {
    std::error_code error;
    const std::uint64_t bytes = fs::is_regular_file(file, error) ? fs::file_size(file, error) : 0;
    if (!error) sum += bytes;
  }
  return sum;
}

void refuse_what_needs_memory(const TableOptions& options) {
  if (!options.categories && !options.gather) return;
  throw OptionError(std::string("data-in is 'files', but ") +
                    (options.gather ? "rows that are brought together" : "columns of symbols") + " are kept in memory");
}

// Throws DataError if the file cannot be read where it stands.
void refuse_other_files(const fs::path& file, const std::string& why) {
  const std::string reason = kept_from_files(file);
  if (!reason.empty()) throw DataError(reason + "; " + why + ": latent convert makes one");
}

void make_sequences_of_files(Table& table, const std::vector<fs::path>& files) {
  const auto rows = table.files ? table.files : std::make_shared<const FileRows>(files);
  table.sequence_begins = rows->shard_begins();
  table.sequence_names = rows->shard_names();
}

}  // namespace

Option data_in_option() {
  return {"data-in", "WHERE",
          "memory, or files: .npy files are read in each pass and take no memory; auto: files of more than 64 MiB "
          "stay there, and all if several ranks share them",
          "auto"};
}

std::vector<fs::path> files_of(const std::vector<std::string>& words) {
  std::vector<fs::path> files;
  std::error_code none;
  for (const std::string& word : words) {
    if (word == "-" && words.size() > 1) {
      throw OptionError("DATA is standard input and more: several files must be .npy files");
    }
    if (word != "-" && fs::is_directory(word, none)) {
      const std::vector<fs::path> own = npy_files_of(word);
      files.insert(files.end(), own.begin(), own.end());
    } else {
      files.emplace_back(word);
    }
  }
  return files;
}

std::string data_text(const std::vector<std::string>& words) {
  if (words.size() == 1) return words.front();
  return words.front() + " and " + count_of(words.size() - 1, "file") + " more";
}

std::string data_text(const Arguments& arguments) { return data_text(arguments.all("DATA")); }

Table read_data(const std::vector<std::string>& words, const Arguments& arguments, const DataNeeds& needs,
                TableOptions options) {
  if (const auto ranks = Ranks::all()) {
    options.share = ranks->rank();
    options.shares = ranks->size();
  }
  if (options.shares > 1 && words.front() == "-") {
    throw OptionError("DATA is standard input, which only one of several processes has; it must be a file");
  }
  constexpr std::uint64_t large = std::uint64_t{64} << 20;
  const DataIn where = data_in(arguments);
  const std::vector<fs::path> files = files_of(words);
  if (where == DataIn::files) {
    refuse_what_needs_memory(options);
    for (const fs::path& file : files) refuse_other_files(file, "only a plain .npy file can stay a file");
  }
  const bool stay =
      where == DataIn::files || (where == DataIn::automatic &&
                                 (total_bytes(files) > large || is_shared(Ranks::all().get())) && !options.categories);
  if (files.size() == 1) {
    const bool as_file = where == DataIn::files || (stay && kept_from_files(files.front()).empty());
    return as_file ? open_table(files, options) : read_table(files.front(), options);
  }
  if (where != DataIn::files) {
    for (const fs::path& file : files) refuse_other_files(file, "several files must all be plain .npy files");
  }
  Table table = stay ? open_table(files, options) : load_table(files, options);
  const bool in_sequences = needs.sequences || (needs.groups && needs.key.empty());
  if (in_sequences && options.sequence.empty() && !arguments.has("lengths")) make_sequences_of_files(table, files);
  return table;
}

Table read_data(const Arguments& arguments, const DataNeeds& needs, const TableOptions& options) {
  return read_data(arguments.all("DATA"), arguments, needs, options);
}

}  // namespace latent::cli
