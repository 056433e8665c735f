#include "data_layout.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include <latent/digest.hpp>
#include <latent/file_rows.hpp>

namespace latent::cli {
namespace fs = std::filesystem;

namespace {

// Half of a digest, which is enough to tell names apart.
std::string hexadecimal(std::uint64_t digest) {
  char digits[16];
  return std::string(digits, std::to_chars(digits, digits + sizeof digits, digest >> 32, 16).ptr);
}

DataLayout layout_of_rows(const std::vector<fs::path>& files, const std::vector<std::size_t>& begins,
                          std::size_t rows) {
  std::vector<DataLayout::File> sizes;
  for (std::size_t i = 0; i < files.size(); ++i) {
    sizes.push_back({files[i].string(), (i + 1 < begins.size() ? begins[i + 1] : rows) - begins[i]});
  }
  return DataLayout(std::move(sizes));
}

}  // namespace

std::size_t DataLayout::observations() const {
  std::size_t sum = 0;
  for (const File& file : files_) sum += file.observations;
  return sum;
}

bool DataLayout::has(const fs::path& file) const {
  return std::ranges::any_of(files_, [&](const File& one) { return fs::path(one.name).filename() == file.filename(); });
}

std::optional<DataPlace> DataLayout::place_of(const fs::path& file, std::size_t observations) const {
  // By the whole name if that is there, else by that in its folder: the data may have moved.
  const bool exact = std::ranges::count(files_, file.string(), &File::name) > 0;
  const auto is_it = [&](const File& one) {
    const bool same_name = exact ? one.name == file.string() : fs::path(one.name).filename() == file.filename();
    return same_name && one.observations == observations;
  };
  const auto found = std::ranges::find_if(files_, is_it);
  if (found == files_.end() || std::find_if(found + 1, files_.end(), is_it) != files_.end()) return std::nullopt;

  DataPlace place{fs::path(files_.front().name).filename().string(), this->observations()};
  for (auto before = files_.begin(); before != found; ++before) place.first += before->observations;
  Digest digest;
  for (const File& one : files_) {
    digest.add(fs::path(one.name).filename().string());
    digest.add(std::uint64_t{one.observations});
  }
  if (files_.size() > 1) place.data += " and " + std::to_string(files_.size() - 1) + " more";
  place.data += " (" + hexadecimal(digest.value()) + ")";
  return place;
}

DataPlace place_alone(const fs::path& file, std::size_t observations, const Json& identity) {
  Digest digest;
  digest.add(identity.dump());
  return {file.filename().string() + " (" + hexadecimal(digest.value()) + ")", observations};
}

Json DataLayout::to_json() const {
  Json json = Json::array();
  for (const File& file : files_) json.push_back({{"file", file.name}, {"observations", file.observations}});
  return json;
}

DataLayout DataLayout::from_json(const Json& json) {
  std::vector<File> files;
  if (!json.is_array()) return {};
  for (const Json& file : json) {
    if (!file.is_object() || !file.contains("file") || !file.contains("observations")) return {};
    if (!file["file"].is_string() || !file["observations"].is_number_unsigned()) return {};
    files.push_back({file["file"].get<std::string>(), file["observations"].get<std::size_t>()});
  }
  return DataLayout(std::move(files));
}

DataLayout layout_of(const std::vector<fs::path>& files, const Table& table, const DataNeeds& needs) {
  const std::vector<std::size_t> begins = table.files ? table.files->shard_begins() : FileRows(files).shard_begins();
  if (!needs.sequences && !needs.groups) return layout_of_rows(files, begins, table.rows());
  std::vector<std::size_t> observations;  // the first of each file
  for (const std::size_t begin : begins) {
    const auto found = std::ranges::lower_bound(table.sequence_begins, begin);
    if (found == table.sequence_begins.end() || *found != begin) return {};
    observations.push_back(static_cast<std::size_t>(found - table.sequence_begins.begin()));
  }
  return layout_of_rows(files, observations, table.sequence_begins.size());
}

DataLayout layout_of(const std::vector<fs::path>& files, const DataNeeds& needs) {
  std::vector<DataLayout::File> sizes;
  const bool groups = needs.sequences || needs.groups;
  for (const fs::path& file : files) {
    sizes.push_back({file.string(), groups ? 1 : FileRows(std::vector<fs::path>{file}).rows()});
  }
  return DataLayout(std::move(sizes));
}

}  // namespace latent::cli
