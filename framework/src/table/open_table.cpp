#include <algorithm>
#include <cstring>
#include <new>

#include <latent/error.hpp>
#include <latent/file_rows.hpp>

#include "column_choice.hpp"
#include "gathered.hpp"
#include "npy_item.hpp"
#include "shards.hpp"

namespace latent {
namespace {

using input::ColumnChoice;
using input::Shard;
using input::Shards;

// Gives the columns that are no values to whom they belong, row by row.
void read_specials(const Shards& shards, const ColumnChoice& choice, bool missing_cells,
                   const input::SpecialColumns& specials) {
  constexpr std::size_t chunk_bytes = std::size_t{1} << 20;
  std::vector<char> raw;
  for (const Shard& shard : shards.all()) {
    const std::size_t step = std::max<std::size_t>(1, chunk_bytes / shard.row_bytes());
    for (std::size_t first = shard.first_row; first < shard.end_row(); first += step) {
      const std::size_t count = std::min(step, shard.end_row() - first);
      raw.resize(count * shard.row_bytes());
      shard.expect(first, std::min(2 * step, shard.end_row() - first));
      shard.read(first, count, raw.data());
      input::with_item_type(shard.header, [&](auto item) {
        for (std::size_t i = 0; i < count; ++i) {
          for (std::size_t k = 0; k < specials.size(); ++k) {
            const auto& [role, column, target] = choice.specials[k];
            std::memcpy(&item, raw.data() + i * shard.row_bytes() + column * sizeof(item), sizeof(item));
            const std::string bad = input::give(item, role, missing_cells, *specials[k]);
            if (!bad.empty())
              throw DataFileError(input::place_of(shard.name, first + i - shard.first_row, column) + bad);
          }
        }
      });
    }
  }
}

bool has_symbols(const ColumnChoice& choice) {
  return std::ranges::any_of(choice.specials, [](const auto& each) { return each.role == input::Role::symbols; });
}

template <class Matrix>
Matrix loaded(const FileRows& rows) {
  Matrix all(static_cast<Eigen::Index>(rows.rows()), static_cast<Eigen::Index>(rows.columns()));
  for_each_piece(Observations(rows), [&](std::size_t first, const Observations& piece) {
    auto* const to = all.data() + first * rows.columns();
    const std::size_t cells = piece.size() * piece.columns();
    if (piece.is_float32()) {
      std::copy_n(piece.float32(), cells, to);
    } else {
      std::transform(piece.float64(), piece.float64() + cells, to,
                     [](double value) { return static_cast<typename Matrix::Scalar>(value); });
    }
  });
  return all;
}

void load(Table& table) {
  const std::shared_ptr<const FileRows> rows = std::move(table.files);
  if (rows->is_float32()) {
    table.values = loaded<RowMajorMatrix32>(*rows);
  } else {
    table.values = loaded<RowMajorMatrix>(*rows);
  }
}

// Cells of columns of symbols are no values, and need not be there.
void check_values(const std::shared_ptr<const Shards>& shards, const ColumnChoice& choice, const TableOptions& options,
                  bool in_memory) {
  std::vector<std::size_t> values = choice.values;
  for (const auto& special : choice.specials) {
    if (special.role == input::Role::symbols) std::erase(values, special.column);
  }
  if (!values.empty()) {
    const bool all = in_memory || options.shares == 1;
    FileRows(shards, values).check_cells(options.missing_cells, all ? 0 : options.share, all ? 1 : options.shares);
  }
}

Table table_of(const std::vector<std::filesystem::path>& files, const TableOptions& options, bool in_memory) {
  const auto shards = std::make_shared<const Shards>(files);
  const std::string& name = shards->all().front().name;
  const ColumnChoice choice = input::choose_columns(options, {}, shards->columns(), name);
  check_values(shards, choice, options, in_memory);
  Table table;
  table.names = choice.names;
  table.files = std::make_shared<const FileRows>(shards, choice.values);
  if (in_memory || options.gather || has_symbols(choice)) load(table);
  const input::SpecialColumns specials = choice.special_columns(options);
  if (!specials.empty()) read_specials(*shards, choice, options.missing_cells, specials);
  for (std::size_t k = 0; k < specials.size(); ++k) {
    const std::string bad = specials[k]->put_into(table);
    if (!bad.empty()) {
      throw DataFileError((files.size() == 1 ? name : name + " and the files after it") + ": column " +
                          std::to_string(choice.specials[k].column + 1) + ": " + bad);
    }
  }
  if (options.gather) input::gather(table);
  return table;
}

}  // namespace

std::string kept_from_files(const std::filesystem::path& file) {
  const std::unique_ptr<input::ByteSource> source = input::open_file(file);
  const std::string_view start = source->peek();
  if (start.empty() || start.front() != '\x93') return file.string() + ": is no .npy file";
  const std::string reason = input::kept_from_reading(input::read_npy_header(*source));
  return reason.empty() ? reason : file.string() + ": " + reason;
}

std::vector<std::filesystem::path> npy_files_of(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    if (entry.path().extension() == ".npy") files.push_back(entry.path());
  }
  if (error) throw DataError(folder.string() + ": cannot be read: " + error.message());
  if (files.empty()) throw DataError(folder.string() + ": the folder has no .npy files");
  std::ranges::sort(files);
  return files;
}

Table open_table(const std::vector<std::filesystem::path>& files, const TableOptions& options) {
  try {
    return table_of(files, options, false);
  } catch (const std::bad_alloc&) {
    throw DataError(files.front().string() + ": weights or sequences do not fit into memory");
  }
}

Table load_table(const std::vector<std::filesystem::path>& files, const TableOptions& options) {
  try {
    return table_of(files, options, true);
  } catch (const std::bad_alloc&) {
    throw DataError(files.front().string() +
                    ": the table does not fit into memory; it can stay in its files (--data-in files)");
  }
}

}  // namespace latent
