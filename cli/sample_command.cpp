#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include <latent/error.hpp>
#include <latent/model_file.hpp>
#include <latent/random.hpp>
#include <latent/table.hpp>

#include "command.hpp"
#include "output.hpp"

namespace latent::cli {
namespace {

Usage sample_usage() {
  return {"latent sample",
          {"FITTED"},
          "Draws rows from a model and prints them as CSV. FITTED is a model file.",
          {{"Sample",
            {{"count", "N", "rows to draw", "", true},
             {"seed", "N", "of the random numbers: the same seed gives the same rows", "1"},
             {"labels", "", "add a column with the component that each row came from"}}},
           {"Output", {{"output", "FILE", "write to that file (.npy: as NumPy) instead of to standard output"}}}}};
}

// The rows, with their components as last column if `labels`.
RowMajorMatrix draw(const AnyModel& model, std::size_t count, bool labels, Random& random) {
  Simulation drawn = model.simulate(count, random);
  if (!labels) return std::move(drawn.rows);
  const Eigen::Index last = drawn.rows.cols();
  drawn.rows.conservativeResize(Eigen::NoChange, last + 1);
  for (Eigen::Index i = 0; i < drawn.rows.rows(); ++i) {
    drawn.rows(i, last) = static_cast<double>(drawn.labels[static_cast<std::size_t>(i)] + 1);
  }
  return std::move(drawn.rows);
}

std::vector<std::string> column_names(const StoredModel& stored, bool labels) {
  std::vector<std::string> names = stored.columns;
  for (std::size_t j = names.size(); j < stored.model->columns(); ++j) names.push_back("x" + std::to_string(j + 1));
  if (labels) names.emplace_back("component");
  return names;
}

int sample(const Arguments& arguments, Entries entries) {
  const std::size_t count = arguments.whole_number("count", 1);
  Random random = random_stream(arguments.whole_number("seed", 0));
  const StoredModel stored = read_model_file(arguments.text("FITTED"), entries);
  const bool labels = arguments.has("labels");
  const bool npy = arguments.text_or_empty("output").ends_with(".npy");
  write_result(arguments, {"FITTED"}, [&](std::ostream& out) {
    if (npy) return write_npy(out, draw(*stored.model, count, labels, random));
    constexpr std::size_t step = 4096;  // rows at a time
    std::vector<std::string> header = column_names(stored, labels);
    for (std::size_t first = 0; first < count && out; first += step) {
      write_delimited(out, header, draw(*stored.model, std::min(step, count - first), labels, random));
      header.clear();
    }
  });
  return success;
}

}  // namespace

int sample_command(const Words& words, Entries entries) {
  return run_or_help(sample_usage(), words, [&](const Arguments& arguments) { return sample(arguments, entries); });
}

}  // namespace latent::cli
