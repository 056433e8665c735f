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

// The rows, with their components as last column.
RowMajorMatrix with_labels(const Simulation& drawn) {
  const Eigen::Index last = drawn.rows.cols();
  RowMajorMatrix rows(drawn.rows.rows(), last + 1);
  rows.leftCols(last) = drawn.rows;
  for (Eigen::Index i = 0; i < rows.rows(); ++i) {
    rows(i, last) = static_cast<double>(drawn.labels[static_cast<std::size_t>(i)] + 1);
  }
  return rows;
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
    std::vector<std::string> header = column_names(stored, labels);
    RowMajorMatrix all;  // a .npy file says first how many rows it has
    stored.model->simulate(count, random, [&](const Simulation& drawn) {
      const RowMajorMatrix rows = labels ? with_labels(drawn) : drawn.rows;
      if (npy) {
        all.conservativeResize(all.rows() + rows.rows(), rows.cols());
        all.bottomRows(rows.rows()) = rows;
      } else {
        write_delimited(out, header, rows);
        header.clear();
      }
    });
    if (npy) write_npy(out, all);
  });
  return success;
}

}  // namespace

int sample_command(const Words& words, Entries entries) {
  return run_or_help(sample_usage(), words, [&](const Arguments& arguments) { return sample(arguments, entries); });
}

}  // namespace latent::cli
