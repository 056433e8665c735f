#include "fit_outputs.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <span>
#include <string>
#include <system_error>
#include <vector>

#include <Eigen/Core>
#include <latent/atomic_file.hpp>
#include <latent/error.hpp>
#include <latent/model_file.hpp>
#include <latent/plot.hpp>

#include "data.hpp"
#include "output.hpp"

namespace latent::cli {
namespace {

constexpr std::array outputs{"output", "trace", "plot", "checkpoint"};

// One a row: all alike unless rows are what the model has a posterior of.
std::vector<std::size_t> labels_of(const AnyModel& model, const RowData& data) {
  if (!model.has_posterior() || model.needs().groups) return std::vector<std::size_t>(data.rows.size(), 0);
  std::vector<std::size_t> labels;
  labels.reserve(data.rows.size());
  model.predict(data, Decoding::posterior, [&labels](std::size_t, const Prediction& prediction) {
    labels.insert(labels.end(), prediction.labels.begin(), prediction.labels.end());
  });
  return labels;
}

void draw(const std::string& file, const FitResult& result, const Table& table, std::string title) {
  const AnyModel& model = *result.model;
  FitPicture picture;
  picture.rows = table.view();
  picture.names = table.names;
  picture.labels = labels_of(model, row_data(table));
  picture.components = std::max(model.components(), *std::ranges::max_element(picture.labels) + 1);
  picture.outlines = [&](std::size_t x, std::size_t y) { return model.outlines(x, y); };
  picture.densities = [&](std::size_t column, std::span<const double> grid) { return model.densities(column, grid); };
  picture.trace = result.report.trace;
  picture.title = std::move(title);
  write_plot(file, picture);
}

}  // namespace

void check_outputs(const Arguments& arguments) {
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    if (!arguments.has(outputs[i])) continue;
    check_output(arguments, outputs[i], {"DATA", "lengths"});
    for (std::size_t j = 0; j < i; ++j) {
      if (arguments.has(outputs[j])) refuse_same_file(arguments, outputs[i], outputs[j]);
    }
  }
  if (arguments.has("plot")) check_plot(arguments.text("plot"));
}

void write_outputs(const Arguments& arguments, const FitResult& result, const Table& table) {
  if (arguments.has("output")) {
    const std::vector<std::string> columns = table.has_header ? table.names : std::vector<std::string>{};
    const Json json = model_to_json(result.model_name, *result.model, columns, fit_to_json(result));
    write_file_atomically(arguments.text("output"), json_text(json) + "\n");
  }
  if (arguments.has("trace")) {
    AtomicFile file(arguments.text("trace"));
    write_csv(file.stream(), result.report.trace);
    file.commit();
  }
  if (arguments.has("plot")) {
    draw(arguments.text("plot"), result, table, result.model_name + ": " + data_name(arguments.text("DATA")));
  }
}

}  // namespace latent::cli
