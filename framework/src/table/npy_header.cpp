#include "npy_header.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <limits>
#include <optional>
#include <vector>

#include <latent/error.hpp>
#include <latent/text.hpp>

#include "shown_text.hpp"

namespace latent::input {
namespace {

constexpr std::string_view magic = "\x93NUMPY";

// The header is a Python dictionary, {'descr': '<f8', 'fortran_order': False, 'shape': (3, 2), }, padded with spaces.
// Only values of these three forms are understood; whatever else one is, is kept as text for the message.
class DictionaryReader {
 public:
  explicit DictionaryReader(std::string_view text) : text_(text) {}

  bool take(char expected) {
    skip_spaces();
    if (text_.empty() || text_.front() != expected) return false;
    text_.remove_prefix(1);
    return true;
  }
  bool take(std::string_view word) {
    skip_spaces();
    if (text_.substr(0, word.size()) != word) return false;
    text_.remove_prefix(word.size());
    return true;
  }
  std::optional<std::string_view> string() {
    const char quote = take('\'') ? '\'' : '"';
    if (quote == '"' && !take('"')) return std::nullopt;
    const std::size_t length = text_.find(quote);
    if (length == std::string_view::npos) return std::nullopt;
    const std::string_view result = text_.substr(0, length);
    text_.remove_prefix(length + 1);
    return result;
  }
  std::optional<std::vector<std::size_t>> tuple() {
    if (!take('(')) return std::nullopt;
    std::vector<std::size_t> result;
    while (!take(')')) {
      skip_spaces();
      std::size_t value = 0;
      const auto [end, error] = std::from_chars(text_.data(), text_.data() + text_.size(), value);
      if (error != std::errc{}) return std::nullopt;
      text_.remove_prefix(static_cast<std::size_t>(end - text_.data()));
      take('L');  // Python 2
      result.push_back(value);
      if (!take(',') && (text_.empty() || text_.front() != ')')) return std::nullopt;
    }
    return result;
  }
  std::string_view rest() const { return text_; }

 private:
  void skip_spaces() {
    while (!text_.empty() && (text_.front() == ' ' || text_.front() == '\n')) text_.remove_prefix(1);
  }

  std::string_view text_;
};

struct Description {
  std::optional<std::string> type;
  std::optional<bool> fortran_order;
  std::optional<std::vector<std::size_t>> shape;
};

[[noreturn]] void refuse_header(const std::string& name, std::string_view text) {
  throw DataError(name + ": the header of the .npy file is damaged at " + shown(text));
}

Description parse(const std::string& name, std::string_view text) {
  DictionaryReader reader(text);
  Description result;
  if (!reader.take('{')) refuse_header(name, reader.rest());
  while (!reader.take('}')) {
    const std::optional<std::string_view> key = reader.string();
    if (!key || !reader.take(':')) refuse_header(name, reader.rest());
    if (key == "descr") {
      const std::optional<std::string_view> type = reader.string();
      if (!type) throw DataError(name + ": the array has named fields (a structured dtype), expected plain numbers");
      result.type = std::string(*type);
    } else if (key == "fortran_order") {
      const bool yes = reader.take(std::string_view("True"));
      if (!yes && !reader.take(std::string_view("False"))) refuse_header(name, reader.rest());
      result.fortran_order = yes;
    } else if (key == "shape") {
      result.shape = reader.tuple();
      if (!result.shape) refuse_header(name, reader.rest());
    } else {
      throw DataError(name + ": the header of the .npy file has the unknown key " + shown(*key));
    }
    if (!reader.take(',') && (reader.rest().empty() || reader.rest().front() != '}')) {
      refuse_header(name, reader.rest());
    }
  }
  if (!result.type || !result.fortran_order || !result.shape) {
    throw DataError(name + ": the header of the .npy file lacks one of descr, fortran_order, shape");
  }
  return result;
}

// "<f8": byte order, kind, bytes.
void set_type(const std::string& name, const std::string& type, NpyHeader& header) {
  static constexpr std::array<std::string_view, 11> supported = {"f4", "f8", "i1", "i2", "i4", "i8",
                                                                 "u1", "u2", "u4", "u8", "b1"};
  const std::string_view item = std::string_view(type).substr(std::min<std::size_t>(1, type.size()));
  const char order = type.empty() ? ' ' : type.front();
  const bool known = std::find(supported.begin(), supported.end(), item) != supported.end();
  if (!known || std::string_view("<>=|").find(order) == std::string_view::npos || (order == '|' && item[1] != '1')) {
    throw DataError(name + ": the array has dtype " + shown(type) +
                    ", expected float32, float64, an integer or bool (in Python: array.astype(\"float64\"))");
  }
  header.kind = item[0];
  header.item_bytes = static_cast<std::size_t>(item[1] - '0');
  header.big_endian = order == '>' || (order == '=' && std::endian::native == std::endian::big);
}

void set_shape(const std::string& name, const std::vector<std::size_t>& shape, NpyHeader& header) {
  if (shape.empty() || shape.size() > 2) {
    throw DataError(name + ": the array has " + std::to_string(shape.size()) + " dimensions, expected (rows, columns)");
  }
  header.rows = shape[0];
  header.columns = shape.size() == 2 ? shape[1] : 1;
  if (header.rows == 0) throw DataError(name + ": the array has no rows");
  if (header.columns == 0) throw DataError(name + ": the array has no columns");
  constexpr auto most = static_cast<std::size_t>(std::numeric_limits<std::ptrdiff_t>::max());
  if (header.rows > most / sizeof(double) / header.columns) {
    throw DataError(name + ": the header of the .npy file claims " + std::to_string(header.rows) + " rows of " +
                    std::to_string(header.columns) + " columns, more than any memory holds");
  }
}

std::string read_exactly(ByteSource& source, std::size_t count) {
  std::string bytes(count, '\0');
  if (source.read(bytes.data(), count) != count) throw DataError(source.name() + ": the .npy file ends in its header");
  return bytes;
}

}  // namespace

NpyHeader read_npy_header(ByteSource& source) {
  const std::string& name = source.name();
  const std::string start = read_exactly(source, magic.size() + 2);
  if (start.substr(0, magic.size()) != magic)
    throw DataError(name + ": is no .npy file: it begins with " + shown(start));
  const int version = static_cast<unsigned char>(start[magic.size()]);
  if (version < 1 || version > 3) {
    throw DataError(name + ": is a .npy file of version " + std::to_string(version) + ", expected 1, 2 or 3");
  }
  std::size_t length = 0;
  const std::string length_bytes = read_exactly(source, version == 1 ? 2 : 4);
  for (std::size_t i = length_bytes.size(); i-- > 0;)
    length = length << 8 | static_cast<unsigned char>(length_bytes[i]);
  constexpr std::size_t longest = std::size_t{1} << 20;
  if (length > longest) {
    throw DataError(name + ": the .npy file claims a header of " + std::to_string(length) + " bytes, a damaged length");
  }
  const Description description = parse(name, read_exactly(source, length));
  NpyHeader header;
  set_type(name, *description.type, header);
  set_shape(name, *description.shape, header);
  header.fortran_order = *description.fortran_order;
  return header;
}

std::string truncated(const std::string& file, const NpyHeader& header) {
  return file + ": the .npy file ends before its " + count_of(header.rows, "row") + " of " +
         count_of(header.columns, "column") + " do";
}

std::string longer(const std::string& file, const NpyHeader& header) {
  return file + ": the .npy file goes on after its " + count_of(header.rows, "row") + " of " +
         count_of(header.columns, "column") + ", expected one array";
}

std::string npy_header_of(std::size_t rows, std::size_t columns, std::size_t item_bytes) {
  std::string text = std::string("{'descr': '") + (std::endian::native == std::endian::little ? '<' : '>') + "f" +
                     std::to_string(item_bytes) + "', 'fortran_order': False, 'shape': (" + std::to_string(rows) +
                     ", " + std::to_string(columns) + "), }";
  // Two numbers of twenty digits leave ten bytes free; the items begin at a multiple of 64, as the format asks.
  const std::size_t before = magic.size() + 4;  // magic, version, length
  text.resize(npy_header_bytes - before - 1, ' ');
  text += '\n';
  return std::string(magic) + '\x01' + '\0' + static_cast<char>(text.size() & 0xff) +
         static_cast<char>(text.size() >> 8) + text;
}

}  // namespace latent::input
