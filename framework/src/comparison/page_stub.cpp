#include <latent/comparison_page.hpp>

namespace latent {

std::string comparison_page(std::span<const Comparison>) {
  return "<!DOCTYPE html>\n<html lang=\"en\"><title>Comparison</title></html>\n";
}

}  // namespace latent
