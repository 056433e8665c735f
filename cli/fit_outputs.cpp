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
#include <latent/subset.hpp>

#include "data.hpp"
#include "data_files.hpp"
#include "output.hpp"

namespace latent::cli {
namespace {

constexpr std::array outputs{"output", "trace", "plot", "checkpoint"};

// Every `step`-th row is drawn, so that the picture takes little memory and time however many there are.
std::size_t step_of_drawn(std::size_t rows) {
  constexpr std::size_t all_up_to = std::size_t{1} << 20, most = std::size_t{1} << 18;
  return rows <= all_up_to ? 1 : (rows + most - 1) / most;
}

// One for every `step`-th row: all alike unless rows are what the model has a posterior of.
std::vector<std::size_t> labels_of(const AnyModel& model, const RowData& data, std::size_t step) {
  const std::size_t count = (data.rows.size() + step - 1) / step;
  if (!model.has_posterior() || model.needs().groups) return std::vector<std::size_t>(count, 0);
  std::vector<std::size_t> labels;
  labels.reserve(count);
  model.predict(data, Decoding::posterior, [&](std::size_t first, const Prediction& prediction) {
    for (std::size_t i = (step - first % step) % step; i < prediction.labels.size(); i += step) {
      labels.push_back(prediction.labels[i]);
    }
  });
  return labels;
}

void draw(const std::string& file, const FitResult& result, const Table& table, std::string title) {
  const AnyModel& model = *result.model;
  FitPicture picture;
  picture.rows = table.view();
  RowMajorMatrix drawn;
  const std::size_t step = step_of_drawn(table.rows());
  if (step > 1) {
    std::vector<std::size_t> indices;
    for (std::size_t i = 0; i < table.rows(); i += step) indices.push_back(i);
    drawn = take(table.view(), indices);
    picture.rows = drawn;
    title += ", one row of " + std::to_string(step);
  }
  picture.names = table.names;
  picture.labels = labels_of(model, row_data(table), step);
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
    Json fit = fit_to_json(result);
    if (!result.data.is_null()) fit["data"] = result.data;
    const Json json = model_to_json(result.model_name, *result.model, columns, fit);
    write_file_atomically(arguments.text("output"), json_text(json) + "\n");
  }
  if (arguments.has("trace")) {
    AtomicFile file(arguments.text("trace"));
    write_csv(file.stream(), result.report.trace);
    file.commit();
  }
  if (arguments.has("plot")) {
    draw(arguments.text("plot"), result, table, result.model_name + ": " + data_name(data_text(arguments)));
  }
}

}  // namespace latent::cli
