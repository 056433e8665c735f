#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <latent/json_form.hpp>
#include <latent/row_data.hpp>
#include <latent/table.hpp>

// Of which files a data set consists, so that a program that sees one of them knows what part of the whole it is.

namespace latent::cli {

// Where a part stands in a data set.
struct DataPlace {
  std::string data;              // the name of the data set, different for different ones
  std::size_t observations = 0;  // of all the data
  std::size_t first = 0;         // of the part
};

class DataLayout {
 public:
  struct File {
    std::string name;
    std::size_t observations;  // rows, sequences or groups
  };

  DataLayout() = default;
  explicit DataLayout(std::vector<File> files) : files_(std::move(files)) {}

  bool empty() const { return files_.empty(); }
  bool has(const std::filesystem::path& file) const;  // one of that name, in whatever folder
  std::size_t observations() const;
  // Of a file of that name with so many observations; nothing if there is no such file, or more than one.
  std::optional<DataPlace> place_of(const std::filesystem::path& file, std::size_t observations) const;

  Json to_json() const;
  static DataLayout from_json(const Json& json);  // empty if it is none

 private:
  std::vector<File> files_;
};

// Of data of their own, which `identity` tells from others.
DataPlace place_alone(const std::filesystem::path& file, std::size_t observations, const Json& identity);

// That of .npy files of which the table has been read; empty if an observation goes on from one file to the next.
DataLayout layout_of(const std::vector<std::filesystem::path>& files, const Table& table, const DataNeeds& needs);

// That of .npy files of which each row, or each file, is an observation; by their headers alone.
DataLayout layout_of(const std::vector<std::filesystem::path>& files, const DataNeeds& needs);

}  // namespace latent::cli
