#include <cmath>
#include <ostream>
#include <string>

#include <latent/error.hpp>
#include <latent/model_file.hpp>
#include <latent/text.hpp>

#include "command.hpp"
#include "data.hpp"
#include "output.hpp"

namespace latent::cli {
namespace {

Usage score_usage() {
  return {
      "latent score",
      {"FITTED", "DATA"},
      "Prints the log-likelihood of DATA under a model. FITTED is a model file; DATA a CSV, TSV or NumPy .npy file, "
      "or - for standard input.",
      {table_options(),
       {"Output",
        {{"per-observation", "", "print the log-likelihood of every row instead"},
         {"json", "", "print a JSON object"},
         output_option()}}}};
}

void score_rows(const AnyModel& model, const Table& table, std::ostream& out) {
  out << "log_likelihood\n";
  model.predict(row_data(table), Decoding::posterior, [&](std::size_t, const Prediction& prediction) {
    for (const double value : prediction.log_likelihoods) out << number(value) << '\n';
  });
}

void score_all(const AnyModel& model, const Table& table, const Arguments& arguments, std::ostream& out) {
  const double log_likelihood = model.log_likelihood(row_data(table));
  if (!std::isfinite(log_likelihood)) {
    throw DataError(data_name(arguments.text("DATA")) + ": the log-likelihood is " + number(log_likelihood) +
                    ": some row is impossible under the model; --per-observation shows which");
  }
  const Sample<Observations> sample(table.view(), table.weights_view());
  const double mean = log_likelihood / sample.total_weight();
  if (arguments.has("json")) {
    out << json_text({{"log_likelihood", log_likelihood},
                      {"per_observation", mean},
                      {"observations", sample.size()},
                      {"total_weight", sample.total_weight()}})
        << '\n';
  } else {
    out << "log-likelihood   " << number(log_likelihood) << "\nper observation  " << number(mean)
        << "\nobservations     " << sample.size() << '\n';
  }
}

int score(const Arguments& arguments, Entries entries) {
  const bool rows = arguments.has("per-observation");
  if (rows && arguments.has("json")) throw OptionError("per-observation and json exclude each other");
  const StoredModel stored = read_model_file(arguments.text("FITTED"), entries);
  const Table table = read_table_for(stored, arguments.text("DATA"), table_options_of(arguments));
  write_result(arguments, {"FITTED", "DATA"}, [&](std::ostream& out) {
    rows ? score_rows(*stored.model, table, out) : score_all(*stored.model, table, arguments, out);
  });
  return success;
}

}  // namespace

int score_command(const Words& words, Entries entries) {
  return run_or_help(score_usage(), words, [&](const Arguments& arguments) { return score(arguments, entries); });
}

}  // namespace latent::cli
