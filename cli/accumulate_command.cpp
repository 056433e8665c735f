#include <iostream>
#include <optional>
#include <string>
#include <vector>

#include <latent/accumulator.hpp>
#include <latent/data_identity.hpp>
#include <latent/error.hpp>
#include <latent/model_file.hpp>
#include <latent/table.hpp>
#include <latent/text.hpp>

#include "command.hpp"
#include "data.hpp"
#include "data_files.hpp"
#include "data_layout.hpp"
#include "output.hpp"

namespace latent::cli {
namespace {

Usage accumulate_usage() {
  Usage usage{
      "latent accumulate",
      {"FITTED", "DATA"},
      "Makes the sums that an M-step needs of a part of the data, at the parameters of the model FITTED: a step of EM "
      "by programs that know nothing of each other, which merge adds up and maximize completes. A part of the data "
      "that the model was fitted to is known by its name and size; each of several files is a part.",
      {table_options(),
       {"Sums",
        {{"of", "DATA", "the whole of which DATA is a part: a folder, or as often as there are files", "", false, true},
         {"threads", "N", "threads to use; the result does not depend on it [all]"}}},
       {"Output", {{"output", "FILE", "the accumulator file", "", true}}}}};
  usage.last_many = true;
  return usage;
}

// The place of the part that was read from `file` in the data that --of names, or those the model was fitted to; else
// it is data of its own.
DataPlace place_of(const std::filesystem::path& file, std::size_t observations, const RowData& rows,
                   const StoredModel& stored, const Arguments& arguments) {
  if (arguments.has("of")) {
    const DataLayout whole = layout_of(files_of(arguments.all("of")), stored.model->needs());
    if (const auto place = whole.place_of(file, observations)) return *place;
    throw DataError("is no part of the data that --of names, with " + count_of(observations, "observation"));
  }
  if (stored.fit.is_object() && stored.fit.contains("data")) {
    const DataLayout fitted = DataLayout::from_json(stored.fit["data"]);
    if (const auto place = fitted.place_of(file, observations)) return *place;
  }
  return place_alone(file, observations, identity_of(rows));
}

int accumulate(const Arguments& arguments, Entries entries) {
  std::optional<std::size_t> threads;
  if (arguments.has("threads")) threads = arguments.whole_number("threads", 1);
  check_output(arguments, "output", {"FITTED", "DATA"});
  const StoredModel stored = read_model_file(arguments.text("FITTED"), entries);
  Accumulator accumulator(model_to_json(stored.name, *stored.model, stored.columns, stored.fit), entries);
  for (const std::filesystem::path& file : files_of(arguments.all("DATA"))) {
    const Table table = read_table_for(stored, {file.string()}, arguments);
    with_data_named(file.string(), table, [&] {
      const RowData rows = row_data(table);
      const std::size_t observations = stored.model->observations(rows);
      const DataPlace place = place_of(file, observations, rows, stored, arguments);
      accumulator.add(place.data, place.observations, rows, place.first, threads);
      std::cout << file.string() << ": ";
      if (observations == place.observations) {
        std::cout << "all " << count_of(observations, "observation") << "\n";
      } else {
        std::cout << "observations " << place.first + 1 << " to " << place.first + observations << " of "
                  << place.observations << "\n";
      }
    });
  }
  accumulator.write(arguments.text("output"));
  return success;
}

}  // namespace

int accumulate_command(const Words& words, Entries entries) {
  return run_or_help(accumulate_usage(), words,
                     [&](const Arguments& arguments) { return accumulate(arguments, entries); });
}

}  // namespace latent::cli
