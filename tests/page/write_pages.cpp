// Writes the pages of the test, for people to look at: write_pages FOLDER. With `large` after it, one of many models
// and starts.
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

#include <latent/comparison_page.hpp>

#include "page/samples.hpp"

namespace {

void write(const std::filesystem::path& file, const std::vector<latent::Comparison>& comparisons) {
  std::ofstream out(file, std::ios::binary);
  out << latent::comparison_page(comparisons);
  out.close();
  if (!out) throw std::runtime_error(file.string() + " cannot be written");
  std::cout << file.string() << ": " << std::filesystem::file_size(file) / 1024 << " KiB\n";
}

}  // namespace

int main(int count, char** words) {
  const std::filesystem::path folder = count > 1 ? words[1] : ".";
  std::filesystem::create_directories(folder);
  if (count > 2 && std::string(words[2]) == "large") {
    write(folder / "large.html", {samples::large()});
    return 0;
  }
  write(folder / "easy.html", {samples::easy()});
  write(folder / "all.html", {samples::hard(), samples::easy(), samples::failing(), samples::small()});
  write(folder / "nothing.html", {});
}
