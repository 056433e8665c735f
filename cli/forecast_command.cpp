#include <ostream>
#include <string>
#include <vector>

#include <latent/error.hpp>
#include <latent/model_file.hpp>
#include <latent/text.hpp>

#include "command.hpp"
#include "data.hpp"
#include "data_files.hpp"
#include "output.hpp"
#include "sequence_data.hpp"

namespace latent::cli {
namespace {

Usage forecast_usage() {
  return {
      "latent forecast",
      {"FITTED", "DATA"},
      "Prints what is to come after each sequence of DATA, as CSV: the probability of each state, and the expected "
      "value of each column if the model has means. FITTED is a model file of a model of sequences; DATA a CSV, TSV "
      "or NumPy .npy file, several .npy files or a folder of them, or - for standard input.",
      {{"Forecast", {{"steps", "H", "rows to look ahead", "1"}}}, table_options(), {"Output", {output_option()}}},
      true};
}

void write_heading(std::ostream& out, const StoredModel& stored, const Table& table, const SequenceNames& names,
                   bool means) {
  out << names.heading() << "step";
  for (std::size_t k = 1; k <= stored.model->components(); ++k) out << ",p" << k;
  if (means) {
    for (const std::string& name : stored.columns.empty() ? table.names : stored.columns) {
      out << ',' << delimited_cell(name);
    }
  }
  out << '\n';
}

void write_steps(std::ostream& out, const std::string& sequence, const Forecast& forecast) {
  for (Eigen::Index step = 0; step < forecast.probabilities.rows(); ++step) {
    out << sequence << step + 1;
    for (const double p : forecast.probabilities.row(step)) out << ',' << number(p);
    if (forecast.means.size() > 0) {
      for (const double mean : forecast.means.row(step)) out << ',' << number(mean);
    }
    out << '\n';
  }
}

int forecast(const Arguments& arguments, Entries entries) {
  const std::size_t steps = arguments.whole_number("steps", 1);
  const StoredModel stored = read_model_file(arguments.text("FITTED"), entries);
  if (!stored.model->needs().sequences) {
    throw ModelError(arguments.text("FITTED") + ": is a model " + stored.name +
                     ", of rows without order: there is no next row to forecast");
  }
  const Table table = read_table_for(stored, arguments);
  std::vector<Forecast> forecasts;
  with_data_named(data_text(arguments), table, [&] { forecasts = stored.model->forecast(row_data(table), steps); });
  write_result(arguments, {"FITTED", "DATA", "lengths"}, [&](std::ostream& out) {
    const SequenceNames names(table, stored.model->needs());
    write_heading(out, stored, table, names, !forecasts.empty() && forecasts.front().means.size() > 0);
    for (std::size_t i = 0; i < forecasts.size(); ++i) write_steps(out, names.cell(i), forecasts[i]);
  });
  return success;
}

}  // namespace

int forecast_command(const Words& words, Entries entries) {
  return run_or_help(forecast_usage(), words, [&](const Arguments& arguments) { return forecast(arguments, entries); });
}

}  // namespace latent::cli
