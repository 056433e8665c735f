#include <cmath>
#include <string>

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

Usage predict_usage() {
  return {"latent predict",
          {"FITTED", "DATA"},
          "Prints, for every row of DATA (or group of rows that is one observation), its most probable component or "
          "state (counted from 1) and the probability of each, as CSV. FITTED is a model file; DATA a CSV, TSV or "
          "NumPy .npy file, several .npy files or a folder of them, or - for standard input.",
          {{"Prediction",
            {{"decode", "HOW",
              "of the states of a sequence: posterior (of each row, given its whole sequence), viterbi (the most "
              "probable path, without probabilities), or filtered (of each row, given the rows up to it)",
              name_of(Decoding::posterior)}}},
           table_options(),
           {"Output", {output_option()}}},
          true};
}

// Writes predictions as they come: observations, or of a model of sequences one sequence after the other.
class PredictionWriter {
 public:
  PredictionWriter(std::ostream& out, const AnyModel& model, const Table& table, Decoding decoding)
      : out_(out),
        sequences_(model.needs().sequences),
        groups_(model.needs().groups),
        probabilities_(decoding != Decoding::viterbi),
        names_(table, model.needs()) {}

  void write(std::size_t first, const Prediction& prediction) {
    if (!begun_) write_heading(prediction.responsibilities.cols());
    if (!sequences_) refuse_impossible(first, prediction);
    for (std::size_t i = 0; i < prediction.labels.size(); ++i) {
      out_ << names_.cell(groups_ ? first + i : count_) << prediction.labels[i] + 1;
      if (prediction.responsibilities.size() > 0) {
        for (const double p : prediction.responsibilities.row(static_cast<Eigen::Index>(i))) out_ << ',' << number(p);
      }
      out_ << '\n';
    }
    ++count_;
  }

 private:
  void write_heading(Eigen::Index components) {
    begun_ = true;
    out_ << names_.heading() << (sequences_ ? "state" : "component");
    for (Eigen::Index k = 1; probabilities_ && k <= components; ++k) out_ << ",p" << k;
    out_ << '\n';
  }

  void refuse_impossible(std::size_t first, const Prediction& prediction) const {
    for (Eigen::Index i = 0; i < prediction.log_likelihoods.size(); ++i) {
      if (std::isfinite(prediction.log_likelihoods[i])) continue;
      throw DataError((groups_ ? "observation " : "row ") + std::to_string(first + static_cast<std::size_t>(i) + 1) +
                      " is impossible under every component of the model");
    }
  }

  std::ostream& out_;
  bool sequences_, groups_, probabilities_, begun_ = false;
  SequenceNames names_;
  std::size_t count_ = 0;  // visits, each of one sequence if there are sequences
};

int predict(const Arguments& arguments, Entries entries) {
  const Decoding how = decoding(arguments.text("decode"));
  const StoredModel stored = read_model_file(arguments.text("FITTED"), entries);
  const Table table = read_table_for(stored, arguments);
  write_result(arguments, {"FITTED", "DATA", "lengths"}, [&](std::ostream& out) {
    with_data_named(data_text(arguments), table, [&] {
      PredictionWriter writer(out, *stored.model, table, how);
      stored.model->predict(row_data(table), how,
                            [&](std::size_t first, const Prediction& prediction) { writer.write(first, prediction); });
    });
  });
  return success;
}

}  // namespace

int predict_command(const Words& words, Entries entries) {
  return run_or_help(predict_usage(), words, [&](const Arguments& arguments) { return predict(arguments, entries); });
}

}  // namespace latent::cli
