#include <algorithm>
#include <cmath>
#include <numeric>
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

Usage score_usage() {
  return {
      "latent score",
      {"FITTED", "DATA"},
      "Prints the log-likelihood of DATA under a model. FITTED is a model file; DATA a CSV, TSV or NumPy .npy file, "
      "several .npy files or a folder of them, or - for standard input.",
      {table_options(),
       {"Output",
        {{"per-observation", "", "print the log-likelihood of every row, or sequence, instead"},
         {"json", "", "print a JSON object"},
         output_option()}}},
      true};
}

// One line an observation: a row, or a sequence or group of them.
void score_each(const AnyModel& model, const Table& table, std::ostream& out) {
  const SequenceNames names(table, model.needs());
  out << names.heading() << "log_likelihood\n";
  std::size_t observation = 0;
  model.score(row_data(table), [&](std::size_t, const Prediction& prediction) {
    for (const double value : prediction.log_likelihoods) out << names.cell(observation++) << number(value) << '\n';
  });
}

void score_all(const AnyModel& model, const Table& table, const Arguments& arguments, std::ostream& out) {
  const double log_likelihood = model.log_likelihood(row_data(table));
  if (!std::isfinite(log_likelihood)) {
    throw DataError("the log-likelihood is " + number(log_likelihood) +
                    ": some row is impossible under the model; --per-observation shows which");
  }
  const bool sequences = model.needs().sequences, groups = model.needs().groups;
  const std::size_t together = std::max<std::size_t>(1, table.sequence_begins.size());
  const std::size_t observations = sequences || groups ? together : table.rows();
  double weight = Sample<Observations>(table.view(), table.weights_view()).total_weight();
  if (groups) {
    const std::vector<double> weights = weights_of_sequences(row_data(table));
    weight = weights.empty() ? static_cast<double>(together) : std::reduce(weights.begin(), weights.end());
  }
  if (arguments.has("json")) {
    Json json{{"log_likelihood", log_likelihood},
              {sequences ? "per_row" : "per_observation", log_likelihood / weight},
              {"observations", observations}};
    if (sequences) json["rows"] = table.rows();
    json["total_weight"] = weight;
    out << json_text(json) << '\n';
  } else {
    out << "log-likelihood   " << number(log_likelihood) << (sequences ? "\nper row          " : "\nper observation  ")
        << number(log_likelihood / weight) << (sequences ? "\nsequences        " : "\nobservations     ")
        << observations << '\n';
    if (sequences) out << "rows             " << table.rows() << '\n';
  }
}

int score(const Arguments& arguments, Entries entries) {
  const bool each = arguments.has("per-observation");
  if (each && arguments.has("json")) throw OptionError("per-observation and json exclude each other");
  const StoredModel stored = read_model_file(arguments.text("FITTED"), entries);
  const Table table = read_table_for(stored, arguments);
  write_result(arguments, {"FITTED", "DATA", "lengths"}, [&](std::ostream& out) {
    with_data_named(data_text(arguments), table, [&] {
      each ? score_each(*stored.model, table, out) : score_all(*stored.model, table, arguments, out);
    });
  });
  return success;
}

}  // namespace

int score_command(const Words& words, Entries entries) {
  return run_or_help(score_usage(), words, [&](const Arguments& arguments) { return score(arguments, entries); });
}

}  // namespace latent::cli
