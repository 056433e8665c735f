#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include <latent/atomic_file.hpp>
#include <latent/convert.hpp>
#include <latent/error.hpp>
#include <latent/table.hpp>

#include "byte_source.hpp"
#include "delimited_text.hpp"
#include "npy.hpp"
#include "npy_row_writer.hpp"
#include "shown_text.hpp"

namespace latent {
namespace {

TableOptions table_options(const ConvertOptions& options) {
  TableOptions result;
  result.columns = options.columns;
  result.separator = options.separator;
  result.header = options.header;
  result.missing_cells = options.missing_cells;
  result.missing_refusal = "missing cells become NaN only if that is asked for";
  return result;
}

std::vector<std::string> names_for_errors(const Converted& result) {
  std::vector<std::string> names;
  for (const std::string& name : result.names) {
    names.push_back("column " + (result.has_header ? input::shown(name) : name.substr(1)));  // "x3"
  }
  return names;
}

template <class Scalar, class Item, class Input>
std::size_t write_rows(Input& input, AtomicFile& file, const std::string& source, const Converted& result) {
  input::NpyRowWriter<Scalar, Item> writer(file, source, names_for_errors(result));
  input.read_rows(writer);
  return writer.rows();
}

Converted convert_text(input::ByteSource& source, AtomicFile& file, const ConvertOptions& options) {
  input::DelimitedText text(source, table_options(options));
  Converted result{.names = text.names(), .has_header = text.has_header(), .float32 = options.float32};
  result.rows = result.float32 ? write_rows<double, float>(text, file, source.name(), result)
                               : write_rows<double, double>(text, file, source.name(), result);
  return result;
}

Converted convert_npy(input::ByteSource& source, AtomicFile& file, const ConvertOptions& options) {
  const TableOptions reading = table_options(options);
  input::NpyArray array(source, reading);
  if (array.header().fortran_order) array.come_by_rows();
  Converted result{.names = array.names(), .float32 = options.float32 || array.is_float32()};
  if (array.is_float32()) {
    result.rows = write_rows<float, float>(array, file, source.name(), result);
  } else {
    result.rows = result.float32 ? write_rows<double, float>(array, file, source.name(), result)
                                 : write_rows<double, double>(array, file, source.name(), result);
  }
  return result;
}

}  // namespace

Converted convert_to_npy(const std::filesystem::path& input, const std::filesystem::path& output,
                         const ConvertOptions& options) {
  const std::unique_ptr<input::ByteSource> source = input::open_file(input);
  AtomicFile file(output);
  if (!file.can_rewrite()) {
    throw Error(output.string() +
                ": is no regular file, and in a .npy file the number of rows, known last, stands first");
  }
  const Converted result =
      input::is_npy(*source, input) ? convert_npy(*source, file, options) : convert_text(*source, file, options);
  file.commit();
  return result;
}

}  // namespace latent
