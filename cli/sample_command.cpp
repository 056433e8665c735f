#include <algorithm>
#include <memory>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include <latent/error.hpp>
#include <latent/model_file.hpp>
#include <latent/random.hpp>
#include <latent/table.hpp>
#include <latent/text.hpp>

#include "command.hpp"
#include "output.hpp"
#include "sequence_data.hpp"

namespace latent::cli {
namespace {

Usage sample_usage() {
  return {"latent sample",
          {"FITTED"},
          "Draws rows from a model and prints them as CSV. FITTED is a model file.",
          {{"Sample",
            {{"count", "N", "observations to draw: rows, groups of rows, or of a model of sequences rows of each", "",
              true},
             {"sequences", "N", "draw that many sequences, and add a first column with their numbers [one sequence]"},
             {"seed", "N", "of the random numbers: the same seed gives the same rows", "1"},
             {"labels", "", "add a last column with the component or state that each row came from"}}},
           {"Output", {{"output", "FILE", "write to that file (.npy: as NumPy) instead of to standard output"}}}}};
}

// What stands beside the values of a row.
struct Columns {
  bool sequence, labels;
  std::vector<std::string> names;  // of all columns

  Columns(const Arguments& arguments, const StoredModel& stored)
      : sequence(arguments.has("sequences") || stored.model->needs().groups), labels(arguments.has("labels")) {
    const DataNeeds needs = stored.model->needs();
    if (sequence) names.push_back(sequence_column(needs));
    names.insert(names.end(), stored.columns.begin(), stored.columns.end());
    for (std::size_t j = stored.columns.size(); j < stored.model->columns(); ++j) {
      names.push_back(j < needs.columns.size() ? needs.columns[j].name : "x" + std::to_string(j + 1));
    }
    if (labels) names.emplace_back(needs.sequences ? "state" : "component");
  }

  // The rows as numbers: the number of their sequence, or group, counted from `first_number`, the values, their labels.
  RowMajorMatrix rows_of(const Simulation& drawn, std::size_t first_number) const {
    if (labels && drawn.labels.empty()) throw Error("this model does not say which component a row was drawn from");
    const Eigen::Index first = sequence ? 1 : 0, last = first + drawn.rows.cols();
    RowMajorMatrix rows(drawn.rows.rows(), last + (labels ? 1 : 0));
    rows.middleCols(first, drawn.rows.cols()) = drawn.rows;
    if (sequence && drawn.lengths.empty()) rows.col(0).setConstant(static_cast<double>(first_number));
    Eigen::Index at = 0;
    for (std::size_t i = 0; i < drawn.lengths.size(); ++i) {
      const auto length = static_cast<Eigen::Index>(drawn.lengths[i]);
      rows.col(0).segment(at, length).setConstant(static_cast<double>(first_number + i));
      at += length;
    }
    for (Eigen::Index i = 0; labels && i < rows.rows(); ++i) {
      rows(i, last) = static_cast<double>(drawn.labels[static_cast<std::size_t>(i)] + 1);
    }
    return rows;
  }
};

// Receives rows as they are drawn; finish() after the last.
class RowWriter {
 public:
  virtual ~RowWriter() = default;
  virtual void write(const RowMajorMatrix& rows) = 0;
  virtual void finish() {}
};

// A .npy file says first how many rows it has.
class NpyWriter final : public RowWriter {
 public:
  explicit NpyWriter(std::ostream& out) : out_(out) {}
  void write(const RowMajorMatrix& rows) override {
    all_.conservativeResize(all_.rows() + rows.rows(), rows.cols());
    all_.bottomRows(rows.rows()) = rows;
  }
  void finish() override { write_npy(out_, all_); }

 private:
  std::ostream& out_;
  RowMajorMatrix all_;
};

class TextWriter final : public RowWriter {
 public:
  TextWriter(std::ostream& out, std::vector<std::string> names) : out_(out), names_(std::move(names)) {}
  void write(const RowMajorMatrix& rows) override {
    write_delimited(out_, names_, rows);
    names_.clear();
  }

 private:
  std::ostream& out_;
  std::vector<std::string> names_;  // until they are written
};

// Of columns whose values are places among texts the texts are written.
class SymbolWriter final : public RowWriter {
 public:
  SymbolWriter(std::ostream& out, const Columns& columns, const std::vector<std::vector<std::string>>& levels)
      : out_(out), names_(columns.names), cells_(columns.names.size()) {
    for (std::size_t j = 0; j < levels.size(); ++j) {
      for (const std::string& text : levels[j]) cells_[j + (columns.sequence ? 1 : 0)].push_back(delimited_cell(text));
    }
  }

  void write(const RowMajorMatrix& rows) override {
    for (std::size_t j = 0; j < names_.size(); ++j) out_ << (j > 0 ? "," : "") << delimited_cell(names_[j]);
    if (!names_.empty()) out_ << '\n';
    names_.clear();
    for (Eigen::Index i = 0; i < rows.rows(); ++i) {
      for (Eigen::Index j = 0; j < rows.cols(); ++j) {
        const double value = rows(i, j);
        const std::vector<std::string>& texts = cells_[static_cast<std::size_t>(j)];
        out_ << (j > 0 ? "," : "") << (texts.empty() ? number(value) : texts.at(static_cast<std::size_t>(value)));
      }
      out_ << '\n';
    }
  }

 private:
  std::ostream& out_;
  std::vector<std::string> names_;               // until they are written
  std::vector<std::vector<std::string>> cells_;  // one list a column, empty for numbers
};

std::unique_ptr<RowWriter> row_writer(std::ostream& out, const Arguments& arguments, const AnyModel& model,
                                      const Columns& columns) {
  const bool texts = std::ranges::any_of(model.levels(), [](const auto& list) { return !list.empty(); });
  const bool npy = arguments.text_or_empty("output").ends_with(".npy");
  if (npy && texts) {
    throw OptionError("output is '" + arguments.text("output") + "', a .npy file holds no texts: write CSV");
  }
  if (npy) return std::make_unique<NpyWriter>(out);
  if (!texts) return std::make_unique<TextWriter>(out, columns.names);
  return std::make_unique<SymbolWriter>(out, columns, model.levels());
}

int sample(const Arguments& arguments, Entries entries) {
  const std::size_t count = arguments.whole_number("count", 1);
  const std::size_t sequences = arguments.has("sequences") ? arguments.whole_number("sequences", 1) : 1;
  Random random = random_stream(arguments.whole_number("seed", 0));
  const StoredModel stored = read_model_file(arguments.text("FITTED"), entries);
  if (arguments.has("sequences") && !stored.model->needs().sequences) {
    throw OptionError("sequences is '" + arguments.text("sequences") + "', but the model is one of rows without order");
  }
  const Columns columns(arguments, stored);
  write_result(arguments, {"FITTED"}, [&](std::ostream& out) {
    const std::unique_ptr<RowWriter> writer = row_writer(out, arguments, *stored.model, columns);
    std::size_t next = 1;
    for (std::size_t i = 0; i < sequences; ++i) {
      stored.model->simulate(count, random, [&](const Simulation& drawn) {
        writer->write(columns.rows_of(drawn, next));
        next += drawn.lengths.size();
      });
      if (!stored.model->needs().groups) ++next;
    }
    writer->finish();
  });
  return success;
}

}  // namespace

int sample_command(const Words& words, Entries entries) {
  return run_or_help(sample_usage(), words, [&](const Arguments& arguments) { return sample(arguments, entries); });
}

}  // namespace latent::cli
