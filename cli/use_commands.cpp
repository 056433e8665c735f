#include <cmath>
#include <iostream>

#include <latent/atomic_file.hpp>
#include <latent/error.hpp>
#include <latent/model_file.hpp>
#include <latent/text.hpp>

#include "arguments.hpp"
#include "command.hpp"
#include "data.hpp"
#include "posterior.hpp"
#include "print_model.hpp"

// The commands that use a fitted model.

namespace latent::cli {
namespace {

// Writes to --output, or to standard output.
template <class Write>
void write_result(const Arguments& arguments, const Write& write) {
  if (!arguments.has("output")) return write(std::cout);
  AtomicFile file(arguments.text("output"));
  write(file.stream());
  file.commit();
}

const Option output_option{"output", "FILE", "write there instead of to standard output"};
const Option help_option{"help", "", "show this"};

}  // namespace

int predict_command(const Words& words, Entries entries) {
  const Usage usage{"latent predict FITTED DATA [options]",
                    "Prints the most probable component of every row (counted from 1) and its responsibilities.",
                    {"FITTED", "DATA"},
                    {table_options(), {"Output", {output_option, help_option}}}};
  const Arguments arguments(usage, words);
  if (arguments.help()) {
    std::cout << help_text(usage);
    return success;
  }
  const StoredModel stored = read_model_file(arguments.text("FITTED"), entries);
  const Table table = read_table_for(stored, arguments.text("DATA"), arguments);
  write_result(arguments, [&](std::ostream& out) {
    out << "component";
    for (std::size_t k = 1; k <= stored.model->components(); ++k) out << ",p" << k;
    out << '\n';
    for_each_prediction(*stored.model, table.view(), [&](std::size_t first, const Prediction& prediction) {
      for (Eigen::Index i = 0; i < prediction.responsibilities.rows(); ++i) {
        if (!std::isfinite(prediction.log_likelihoods[i])) {
          throw DataError(arguments.text("DATA") + ": row " + std::to_string(first + static_cast<std::size_t>(i) + 1) +
                          " is impossible under every component of the model");
        }
        Eigen::Index best = 0;
        prediction.responsibilities.row(i).maxCoeff(&best);
        out << best + 1;
        for (double r : prediction.responsibilities.row(i)) out << ',' << number(r);
        out << '\n';
      }
    });
  });
  return success;
}

int score_command(const Words& words, Entries entries) {
  const Usage usage{"latent score FITTED DATA [options]",
                    "Prints the log-likelihood of the data under the model.",
                    {"FITTED", "DATA"},
                    {table_options(),
                     {"Output",
                      {{"per-observation", "", "one log-likelihood a row"}, {"json", "", "print a JSON object"}, output_option, help_option}}}};
  const Arguments arguments(usage, words);
  if (arguments.help()) {
    std::cout << help_text(usage);
    return success;
  }
  const StoredModel stored = read_model_file(arguments.text("FITTED"), entries);
  const Table table = read_table_for(stored, arguments.text("DATA"), arguments);
  if (arguments.flag("per-observation")) {
    write_result(arguments, [&](std::ostream& out) {
      out << "log_likelihood\n";
      for_each_prediction(*stored.model, table.view(), [&](std::size_t, const Prediction& prediction) {
        for (double value : prediction.log_likelihoods) out << number(value) << '\n';
      });
    });
    return success;
  }
  const Sample<Observations> sample(table.view(), table.weights_view());
  const double log_likelihood = stored.model->log_likelihood(sample);
  const double mean = log_likelihood / sample.total_weight();
  write_result(arguments, [&](std::ostream& out) {
    if (arguments.flag("json")) {
      out << Json{{"log_likelihood", log_likelihood}, {"per_observation", mean}, {"observations", sample.size()},
                  {"total_weight", sample.total_weight()}}.dump(2) << '\n';
    } else {
      out << "log-likelihood   " << number(log_likelihood) << "\nper observation  " << number(mean) << "\nobservations     "
          << sample.size() << '\n';
    }
  });
  return success;
}

int sample_command(const Words& words, Entries entries) {
  const Usage usage{"latent sample FITTED --count N [options]",
                    "Draws rows from a fitted model.",
                    {"FITTED"},
                    {{"Sample",
                      {{"count", "N", "rows to draw"}, {"seed", "N", "of the random numbers", "1"},
                       {"labels", "", "add a column with the component of each row"}}},
                     {"Output", {{"output", "FILE", "write there (.npy: NumPy, else CSV) instead of to standard output"}, help_option}}}};
  const Arguments arguments(usage, words);
  if (arguments.help()) {
    std::cout << help_text(usage);
    return success;
  }
  const StoredModel stored = read_model_file(arguments.text("FITTED"), entries);
  Random random = random_stream(arguments.whole_number("seed"));
  Simulation drawn = stored.model->simulate(arguments.whole_number("count"), random);
  std::vector<std::string> names = stored.columns;
  for (Eigen::Index j = static_cast<Eigen::Index>(names.size()); j < drawn.rows.cols(); ++j) names.push_back("x" + std::to_string(j + 1));
  if (arguments.flag("labels")) {
    const Eigen::Index last = drawn.rows.cols();
    drawn.rows.conservativeResize(Eigen::NoChange, last + 1);
    for (Eigen::Index i = 0; i < drawn.rows.rows(); ++i) {
      drawn.rows(i, last) = static_cast<double>(drawn.labels[static_cast<std::size_t>(i)] + 1);
    }
    names.emplace_back("component");
  }
  const bool npy = arguments.has("output") && arguments.text("output").ends_with(".npy");
  write_result(arguments, [&](std::ostream& out) {
    if (npy) return write_npy(out, drawn.rows);
    write_delimited(out, names, drawn.rows);
  });
  return success;
}

int inspect_command(const Words& words, Entries entries) {
  const Usage usage{"latent inspect FITTED", "Prints a fitted model.", {"FITTED"}, {{"Output", {help_option}}}};
  const Arguments arguments(usage, words);
  if (arguments.help()) {
    std::cout << help_text(usage);
    return success;
  }
  const StoredModel stored = read_model_file(arguments.text("FITTED"), entries);
  std::cout << "model  " << stored.name;
  const Json options = stored.model->options();
  for (const auto& [name, value] : options.items()) std::cout << ", " << name << " " << (value.is_string() ? value.get<std::string>() : value.dump());
  std::cout << "\nfree parameters  " << stored.model->free_parameters() << '\n';
  if (stored.fit.is_object()) {
    for (const auto& [name, value] : stored.fit.items()) {
      if (!value.is_structured()) std::cout << name << "  " << (value.is_string() ? value.get<std::string>() : value.dump()) << '\n';
    }
  }
  std::cout << '\n';
  print_parameters(std::cout, *stored.model, stored.columns);
  return success;
}

int models_command(const Words& words, Entries entries) {
  const Usage usage{"latent models", "Lists the models that can be fitted.", {}, {{"Output", {help_option}}}};
  const Arguments arguments(usage, words);
  if (arguments.help()) {
    std::cout << help_text(usage);
    return success;
  }
  for (const ModelEntry& entry : entries) std::cout << entry.name << "  " << entry.summary << '\n';
  return success;
}

}  // namespace latent::cli
