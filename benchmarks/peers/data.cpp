#include <cstdint>
#include <filesystem>
#include <iostream>
#include <string>

#include <latent/atomic_file.hpp>
#include <latent/json_form.hpp>
#include <latent/table.hpp>

#include "gmm_problems.hpp"

// peer_data FOLDER: writes the data of the comparison with other software, for every case NAME.npy and NAME.json, a
// model file to start from; cases.json lists them. default_fit_1 to default_fit_5 are data sets for default options,
// with the true parameters.

using latent::Json;
namespace fs = std::filesystem;

namespace {

constexpr std::uint64_t default_fits = 5;

void write(const fs::path& file, const Json& json) {
  latent::write_file_atomically(file, latent::json_text(json) + "\n");
}

void write_case(const fs::path& folder, const std::string& name, std::string_view covariance,
                const latent::RowMajorMatrix& rows, const latent::benchmarks::Truth& start) {
  latent::AtomicFile data(folder / (name + ".npy"));
  latent::write_npy(data.stream(), rows);
  data.commit();
  const auto components = static_cast<std::size_t>(start.weights.size());
  latent::benchmarks::with_mixture(
      covariance, components, [&]<class Gaussians>(const latent::GaussianMixture<Gaussians>&) {
        write(folder / (name + ".json"),
              {{"format", "latent-model"},
               {"version", 1},
               {"model", "gmm"},
               {"options", {{"components", components}, {"dimensions", rows.cols()}, {"covariance", covariance}}},
               {"parameters", latent::to_json(latent::benchmarks::parameters_of<Gaussians>(start))}});
      });
}

void write_all(const fs::path& folder) {
  using namespace latent::benchmarks;
  fs::create_directories(folder);
  Json cases = Json::array();
  for (const IterationCase& shape : iteration_cases) {
    const std::string name = std::string(shape.covariance) + "_" + std::to_string(shape.rows) + "_" +
                             std::to_string(shape.dimensions) + "_" + std::to_string(shape.components);
    const Drawn drawn = draw(shape);
    write_case(folder, name, shape.covariance, drawn.rows, mid_fit(drawn.truth));
    cases.push_back({{"name", name},
                     {"covariance", shape.covariance},
                     {"rows", shape.rows},
                     {"dimensions", shape.dimensions},
                     {"components", shape.components},
                     {"iterations", shape.iterations}});
  }
  for (std::uint64_t seed = 1; seed <= default_fits; ++seed) {
    const Drawn drawn = draw_default_fit(1, seed);
    write_case(folder, "default_fit_" + std::to_string(seed), "full", drawn.rows, drawn.truth);
  }
  write(folder / "cases.json", cases);  // last: it says that all is there
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: peer_data FOLDER\n";
    return 2;
  }
  try {
    write_all(argv[1]);
  } catch (const std::exception& error) {
    std::cerr << "peer_data: " << error.what() << "\n";
    return 1;
  }
}
