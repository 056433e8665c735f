#pragma once

#include <string>
#include <vector>

#include <Eigen/Core>
#include <latent/any_model.hpp>
#include <latent/model_entry.hpp>
#include <latent/version.hpp>

// A model in a shared library, for programs that load it while they run. The library is one .cpp file that ends with
//
//   LATENT_PLUGIN(latent::model_entry<Linkage>("linkage", "genetic linkage"))
//
// or several entries, with commas between them, and one line of CMake:
//
//   latent_add_plugin(linkage linkage.cpp)
//
// `latent --plugin ./linkage.so fit linkage families.csv` then fits it, and every other command knows it too; programs of
// one's own call load_plugin (<latent/load_plugin.hpp>).

namespace latent {

// What a plugin and the program that loads it must have in common: the version, the public headers, and the alignment of
// Eigen's matrices (which follows from the processor compiled for).
inline std::string plugin_interface() {
  return std::string("latent ") + version + ", interface " + interface_digest + ", alignment " +
         std::to_string(EIGEN_MAX_ALIGN_BYTES);
}

}  // namespace latent

// Two functions that a program finds by their names: no type of C++ crosses before the first has been compared.
#define LATENT_PLUGIN(...)                                                                  \
  extern "C" __attribute__((visibility("default"))) const char* latent_plugin_interface() { \
    static const std::string interface = latent::plugin_interface();                        \
    return interface.c_str();                                                               \
  }                                                                                         \
  extern "C" __attribute__((visibility("default"))) void latent_plugin_models(              \
      std::vector<latent::ModelEntry>& models) {                                            \
    for (latent::ModelEntry & entry : std::vector<latent::ModelEntry>{__VA_ARGS__}) {       \
      models.push_back(std::move(entry));                                                   \
    }                                                                                       \
  }
