#include <cmath>
#include <string>

#include <latent/error.hpp>
#include <latent/model_file.hpp>
#include <latent/text.hpp>

#include "command.hpp"
#include "data.hpp"
#include "output.hpp"

namespace latent::cli {
namespace {

Usage predict_usage() {
  return {"latent predict",
          {"FITTED", "DATA"},
          "Prints, for every row of DATA, its most probable component (counted from 1) and the probability of each "
          "component, as CSV. FITTED is a model file; DATA a CSV, TSV or NumPy .npy file, or - for standard input.",
          {table_options(), {"Output", {output_option()}}}};
}

void write_row(std::ostream& out, std::size_t label, const Eigen::Ref<const Eigen::RowVectorXd>& responsibilities) {
  out << label + 1;
  for (const double r : responsibilities) out << ',' << number(r);
  out << '\n';
}

int predict(const Arguments& arguments, Entries entries) {
  const StoredModel stored = read_model_file(arguments.text("FITTED"), entries);
  const Table table = read_table_for(stored, arguments.text("DATA"), table_options_of(arguments));
  write_result(arguments, {"FITTED", "DATA"}, [&](std::ostream& out) {
    out << "component";
    for (std::size_t k = 1; k <= stored.model->components(); ++k) out << ",p" << k;
    out << '\n';
    stored.model->predict(row_data(table), Decoding::posterior, [&](std::size_t first, const Prediction& prediction) {
      for (Eigen::Index i = 0; i < prediction.responsibilities.rows(); ++i) {
        if (!std::isfinite(prediction.log_likelihoods[i])) {
          throw DataError(data_name(arguments.text("DATA")) + ": row " +
                          std::to_string(first + static_cast<std::size_t>(i) + 1) +
                          " is impossible under every component of the model");
        }
        write_row(out, prediction.labels[static_cast<std::size_t>(i)], prediction.responsibilities.row(i));
      }
    });
  });
  return success;
}

}  // namespace

int predict_command(const Words& words, Entries entries) {
  return run_or_help(predict_usage(), words, [&](const Arguments& arguments) { return predict(arguments, entries); });
}

}  // namespace latent::cli
