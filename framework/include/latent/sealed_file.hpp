#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include <latent/json_form.hpp>

// Files that a program writes for a program: what kind they are of, in which version, how long, and a digest of it all,
// so that what is no such file, was cut off or has a flipped bit is never taken for one. The content is JSON as CBOR
// (RFC 8949); numbers that must come back bit for bit, NaN included, and long rows of them are packed.

namespace latent {

// Doubles as bytes, 8 each. unpacked() throws FileError for what packed() did not make.
Json packed(std::span<const double> numbers);
std::vector<double> unpacked(const Json& json);

// The file appears whole or not at all (<latent/atomic_file.hpp>). `kind`: at most 16 small letters and
// spaces, which messages put before "file": "checkpoint", "accumulator". Throws Error.
void write_sealed_file(const std::filesystem::path& file, const std::string& kind, std::uint32_t version,
                       const Json& content);

// The content of a file of that kind and version. Throws FileError, one line with the file and what is wrong: it cannot
// be read, is no sealed file, of another kind or version, truncated or damaged.
Json read_sealed_file(const std::filesystem::path& file, const std::string& kind, std::uint32_t version);

}  // namespace latent
