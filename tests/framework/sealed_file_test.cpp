#include <bit>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <latent/digest.hpp>
#include <latent/error.hpp>
#include <latent/sealed_file.hpp>

#include "support/temporary_folder.hpp"

namespace {

namespace fs = std::filesystem;
using latent::Json;

void put(const fs::path& file, const std::string& bytes) { std::ofstream(file, std::ios::binary) << bytes; }

// Without the file's name.
std::string refusal(const fs::path& file, const std::string& kind = "checkpoint", std::uint32_t version = 1) {
  try {
    latent::read_sealed_file(file, kind, version);
  } catch (const latent::FileError& error) {
    const std::string message = error.what(), prefix = file.string() + ": ";
    REQUIRE(message.starts_with(prefix));
    CHECK(message.find('\n') == std::string::npos);
    return message.substr(prefix.size());
  }
  return "no refusal";
}

std::vector<double> awkward_numbers() {
  using limits = std::numeric_limits<double>;
  return {0.0,
          -0.0,
          0.1,
          limits::denorm_min(),
          limits::max(),
          limits::infinity(),
          -limits::infinity(),
          limits::quiet_NaN(),
          -limits::quiet_NaN(),
          std::bit_cast<double>(std::uint64_t{0x7ff8000000abcdef}),
          std::nextafter(1.0, 2.0),
          static_cast<double>(0.1F)};
}

Json some_content() {
  Json content;
  content["name"] = "a fit";
  content["count"] = std::uint64_t{1} << 63;
  content["negative"] = -3;
  content["half"] = 0.5;
  content["third"] = 1.0 / 3;
  content["numbers"] = latent::packed(awkward_numbers());
  return content;
}

TEST_SUITE("framework/sealed_file") {
  TEST_CASE("sealed file: what was written is read, numbers bit for bit") {
    const TemporaryFolder folder;
    latent::write_sealed_file(folder / "a", "checkpoint", 1, some_content());
    const Json read = latent::read_sealed_file(folder / "a", "checkpoint", 1);
    CHECK(read == some_content());
    const std::vector<double> numbers = latent::unpacked(read.at("numbers")), expected = awkward_numbers();
    REQUIRE(numbers.size() == expected.size());
    for (std::size_t i = 0; i < numbers.size(); ++i) {
      CHECK(std::bit_cast<std::uint64_t>(numbers[i]) == std::bit_cast<std::uint64_t>(expected[i]));
    }
    CHECK(std::bit_cast<std::uint64_t>(read.at("third").get<double>()) == std::bit_cast<std::uint64_t>(1.0 / 3));
  }

  TEST_CASE("sealed file: packed numbers take eight bytes each") {
    const TemporaryFolder folder;
    latent::write_sealed_file(folder / "a", "accumulator", 1, {{"sums", latent::packed(std::vector<double>(100000))}});
    CHECK(fs::file_size(folder / "a") < 800000 + 100);
  }

  TEST_CASE("sealed file: every shorter file is refused as truncated") {
    const TemporaryFolder folder;
    latent::write_sealed_file(folder / "a", "checkpoint", 1, some_content());
    const std::string bytes = content_of(folder / "a");
    for (std::size_t size = 0; size < bytes.size(); ++size) {
      put(folder / "b", bytes.substr(0, size));
      CAPTURE(size);
      REQUIRE(refusal(folder / "b").starts_with("is truncated: "));
    }
    put(folder / "b", bytes + '\0');
    CHECK(refusal(folder / "b") == "is damaged: something follows its end");
  }

  TEST_CASE("sealed file: no flipped bit goes unnoticed") {
    const TemporaryFolder folder;
    latent::write_sealed_file(folder / "a", "checkpoint", 1, some_content());
    const std::string bytes = content_of(folder / "a");
    for (std::size_t at = 0; at < bytes.size(); ++at) {
      for (int bit = 0; bit < 8; ++bit) {
        std::string damaged = bytes;
        damaged[at] = static_cast<char>(damaged[at] ^ (1 << bit));
        put(folder / "b", damaged);
        CAPTURE(at);
        REQUIRE(refusal(folder / "b") != "no refusal");
      }
    }
  }

  TEST_CASE("sealed file: what is no such file, or another, is said so") {
    const TemporaryFolder folder;
    CHECK(refusal(folder / "none") == "cannot be opened: No such file or directory");
    CHECK(refusal(folder / ".").starts_with("is a directory, expected is a checkpoint file"));
    put(folder / "data.csv", "1,2\n3,4\n");
    CHECK(refusal(folder / "data.csv") == "is not a checkpoint file");
    CHECK(refusal(folder / "data.csv", "accumulator") == "is not an accumulator file");
    latent::write_sealed_file(folder / "a", "accumulator", 1, some_content());
    CHECK(refusal(folder / "a") == "is an accumulator file, expected is a checkpoint file");
    latent::write_sealed_file(folder / "a", "checkpoint", 7, some_content());
    CHECK(refusal(folder / "a") == "is a checkpoint of version 7, this program reads version 1");
  }

  TEST_CASE("sealed file: a length that no file has is not believed") {
    const TemporaryFolder folder;
    latent::write_sealed_file(folder / "a", "checkpoint", 1, some_content());
    std::string bytes = content_of(folder / "a");
    bytes[8 + 16 + 8 + 6] = 0x7f;  // of the length, the second highest byte
    put(folder / "a", bytes);
    CHECK(refusal(folder / "a").starts_with("is truncated: "));
  }

  TEST_CASE("sealed file: unpacked refuses what is not packed") {
    CHECK_THROWS_AS(latent::unpacked(Json(1.5)), latent::FileError);
    CHECK_THROWS_AS(latent::unpacked(Json::binary({1, 2, 3})), latent::FileError);
    CHECK(latent::unpacked(latent::packed({})).empty());
  }
}

TEST_SUITE("framework/digest") {
  TEST_CASE("digest: it tells order, length, and the sign of zero") {
    const auto of = [](const auto&... parts) {
      latent::Digest digest;
      (digest.add(parts), ...);
      return digest.value();
    };
    using text = std::string_view;
    CHECK(of(text("ab"), text("c")) != of(text("a"), text("bc")));
    CHECK(of(text("")) != of());
    CHECK(of(text("a")) != of(text("a\0", 2)));
    CHECK(of(1.0, 2.0) != of(2.0, 1.0));
    CHECK(of(0.0) != of(-0.0));
    CHECK(of(1.0, 2.0) == of(1.0, 2.0));
    // The highest bits of two words, which a product alone would leave to cancel.
    const std::uint64_t high = std::uint64_t{1} << 63;
    CHECK(of(std::uint64_t{0}, std::uint64_t{0}) != of(high, high));
  }
}

}  // namespace
