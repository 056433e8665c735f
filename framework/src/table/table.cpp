#include <istream>
#include <memory>
#include <new>

#include <latent/error.hpp>
#include <latent/file_rows.hpp>
#include <latent/table.hpp>

#include "byte_source.hpp"
#include "delimited_text.hpp"
#include "gathered.hpp"
#include "npy.hpp"

namespace latent {
namespace {

Table read(input::ByteSource& source, const TableOptions& options, const std::filesystem::path& file) {
  try {
    Table table =
        input::is_npy(source, file) ? input::read_npy(source, options) : input::read_delimited(source, options);
    if (options.gather) input::gather(table);
    return table;
  } catch (const std::bad_alloc&) {
    throw DataError(source.name() +
                    ": the table does not fit into memory; a plain .npy file of it (latent convert) need not");
  }
}

}  // namespace

Observations Table::view() const& {
  if (files) return Observations(*files);
  return std::visit(
      [](const auto& matrix) {
        return Observations(matrix.data(), static_cast<std::size_t>(matrix.rows()),
                            static_cast<std::size_t>(matrix.cols()));
      },
      values);
}

Table read_table(const std::filesystem::path& file, const TableOptions& options) {
  return read(*input::open_file(file), options, file);
}

Table read_table(std::istream& stream, const TableOptions& options, const std::string& name) {
  return read(*input::read_from(stream, name), options, {});
}

}  // namespace latent
