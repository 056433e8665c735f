#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstddef>
#include <fstream>
#include <stdexcept>
#include <string_view>
#include <system_error>
#include <utility>

#include <latent/atomic_file.hpp>
#include <latent/digest.hpp>
#include <latent/error.hpp>
#include <latent/sealed_file.hpp>
#include <latent/text.hpp>

namespace latent {
namespace {

// The file: magic, kind (filled up with zeros), version, length of the content, digest of kind, version and content;
// then the content. Numbers have their lowest byte first.
constexpr std::string_view magic = "\x89latent\n";
constexpr std::size_t longest_kind = 16, word = 8;
constexpr std::size_t header_size = magic.size() + longest_kind + 3 * word;

void append(std::string& bytes, std::uint64_t number) {
  for (std::size_t i = 0; i < word; ++i) bytes.push_back(static_cast<char>(number >> (8 * i)));
}

std::uint64_t number_at(std::string_view bytes, std::size_t at) {
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < word; ++i) {
    number |= std::uint64_t{static_cast<unsigned char>(bytes[at + i])} << (8 * i);
  }
  return number;
}

struct Header {
  std::string kind;
  std::uint64_t version = 0, length = 0, digest = 0;
};

Header header_of(std::string_view bytes) {
  Header header;
  header.kind = bytes.substr(magic.size(), longest_kind);
  header.kind.erase(header.kind.find_last_not_of('\0') + 1);
  const std::size_t numbers = magic.size() + longest_kind;
  header.version = number_at(bytes, numbers);
  header.length = number_at(bytes, numbers + word);
  header.digest = number_at(bytes, numbers + 2 * word);
  return header;
}

std::uint64_t digest_of(const std::string& kind, std::uint64_t version, std::string_view content) {
  Digest digest;
  digest.add(kind);
  digest.add(version);
  digest.add(content);
  return digest.value();
}

// At most so many bytes, as many as there are: what a header asks for is not made before it is read.
std::string read_bytes(std::istream& stream, std::uint64_t most) {
  constexpr std::uint64_t step = 1 << 20;
  std::string bytes;
  while (bytes.size() < most && stream) {
    const std::size_t before = bytes.size();
    bytes.resize(before + static_cast<std::size_t>(std::min(step, most - before)));
    stream.read(bytes.data() + before, static_cast<std::streamsize>(bytes.size() - before));
    bytes.resize(before + static_cast<std::size_t>(stream.gcount()));
  }
  return bytes;
}

std::string with_article(const std::string& noun) {
  constexpr std::string_view vowels = "aeiou";
  return (!noun.empty() && vowels.find(noun.front()) != std::string_view::npos ? "an " : "a ") + noun;
}

bool is_kind(const std::string& kind) {
  return !kind.empty() && std::ranges::all_of(kind, [](char c) { return c == ' ' || (c >= 'a' && c <= 'z'); });
}

Json parsed(const std::string& content) {
  try {
    return Json::from_cbor(content);
  } catch (const Json::exception&) {
    throw FileError("is damaged: its content cannot be read");
  }
}

Json read(const std::filesystem::path& file, const std::string& kind, std::uint32_t version) {
  std::error_code none;
  if (std::filesystem::is_directory(file, none))
    throw FileError("is a directory, expected is " + with_article(kind) + " file");
  std::ifstream stream(file, std::ios::binary);
  if (!stream) throw FileError("cannot be opened: " + std::generic_category().message(errno));
  const std::string head = read_bytes(stream, header_size);
  if (!head.starts_with(magic.substr(0, head.size()))) throw FileError("is not " + with_article(kind) + " file");
  if (head.size() < header_size) {
    throw FileError("is truncated: it ends after " + count_of(head.size(), "byte") + ", in its header");
  }
  const Header header = header_of(head);
  if (!is_kind(header.kind)) throw FileError("is damaged: its header names no kind of file");
  if (header.kind != kind) {
    throw FileError("is " + with_article(header.kind) + " file, expected is " + with_article(kind) + " file");
  }
  if (header.version != version) {
    throw FileError("is a " + kind + " of version " + std::to_string(header.version) + ", this program reads version " +
                    std::to_string(version));
  }
  const std::string content = read_bytes(stream, header.length);
  if (content.size() < header.length) {
    throw FileError("is truncated: of " + count_of(header.length, "byte") + " of content there are " +
                    std::to_string(content.size()));
  }
  if (stream.peek() != std::ifstream::traits_type::eof()) throw FileError("is damaged: something follows its end");
  if (digest_of(kind, version, content) != header.digest) {
    throw FileError("is damaged: its content does not match its digest");
  }
  return parsed(content);
}

}  // namespace

Json packed(std::span<const double> numbers) {
  std::vector<std::uint8_t> bytes;
  bytes.reserve(numbers.size() * word);
  for (const double number : numbers) {
    const auto bits = std::bit_cast<std::uint64_t>(number);
    for (std::size_t i = 0; i < word; ++i) bytes.push_back(static_cast<std::uint8_t>(bits >> (8 * i)));
  }
  return Json::binary(std::move(bytes));
}

std::vector<double> unpacked(const Json& json) {
  if (!json.is_binary() || json.get_binary().size() % word != 0) throw FileError("holds no packed numbers");
  const auto& bytes = json.get_binary();
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  std::vector<double> numbers(bytes.size() / word);
  for (std::size_t i = 0; i < numbers.size(); ++i) numbers[i] = std::bit_cast<double>(number_at(text, i * word));
  return numbers;
}

void write_sealed_file(const std::filesystem::path& file, const std::string& kind, std::uint32_t version,
                       const Json& content) {
  if (!is_kind(kind) || kind.size() > longest_kind) throw std::invalid_argument("no kind of sealed file: " + kind);
  std::string bytes;
  Json::to_cbor(content, nlohmann::detail::output_adapter<char>(bytes));
  std::string head(magic);
  head += kind;
  head.resize(magic.size() + longest_kind, '\0');
  append(head, version);
  append(head, bytes.size());
  append(head, digest_of(kind, version, bytes));
  AtomicFile output(file);
  output.stream() << head << bytes;
  output.commit();
}

Json read_sealed_file(const std::filesystem::path& file, const std::string& kind, std::uint32_t version) {
  try {
    return read(file, kind, version);
  } catch (const FileError& error) {
    throw FileError(file.string() + ": " + error.what());
  }
}

}  // namespace latent
