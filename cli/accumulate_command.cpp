#include <algorithm>
#include <iostream>
#include <optional>
#include <string>
#include <vector>

#include <latent/accumulator.hpp>
#include <latent/data_identity.hpp>
#include <latent/error.hpp>
#include <latent/file_rows.hpp>
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
      "that the model was fitted to is known by its name and size, or by the .npy files beside it, if these have as "
      "many rows as the model was fitted to; each of several files is a part.",
      {table_options(),
       {"Sums",
        {{"of", "DATA",
          "the whole of which DATA is a part: a folder, or each file of it in its order by an --of of its own", "",
          false, true},
         {"threads", "N", "threads to use; the result does not depend on it [all]"}}},
       {"Output", {{"output", "FILE", "the accumulator file", "", true}}}}};
  usage.last_many = true;
  return usage;
}

// The columns are those of the fit, unless others are asked for.
Arguments as_in_fit(Arguments arguments, const StoredModel& stored) {
  const Json fit = stored.fit.is_object() ? stored.fit : Json::object();
  const Json options = fit.value("options", Json::object());
  for (const char* option : {"columns", "weights", "sequence", "known-states"}) {
    if (arguments.given(option) || !options.is_object() || !options.contains(option)) continue;
    const std::string text = options[option].is_string() ? options[option].get<std::string>() : "";
    // By names the model's own columns are found; parts need not have any.
    const bool named = text.find_first_not_of("0123456789,-") != std::string::npos;
    if (!text.empty() && !(named && std::string(option) == "columns")) arguments.set(option, text);
  }
  if (options.is_object() && options.contains("lengths") && !arguments.given("lengths")) {
    throw OptionError(
        "lengths is missing: the model was fitted to sequences of given lengths, of which a part has its own");
  }
  return arguments;
}

// That of the .npy files of the folder that `file` is in, if they have as many rows as the model was fitted to: then it
// was fitted to the same rows in another form. Else empty.
DataLayout layout_of_folder(const std::filesystem::path& file, const StoredModel& stored) {
  const DataNeeds needs = stored.model->needs();
  const Json fit = stored.fit.is_object() ? stored.fit : Json::object();
  if (needs.sequences || needs.groups || file.extension() != ".npy" || !fit.contains("observations")) return {};
  const std::filesystem::path folder = file.has_parent_path() ? file.parent_path() : ".";
  std::vector<std::filesystem::path> files = npy_files_of(folder);
  if (!file.has_parent_path()) std::ranges::for_each(files, [](auto& each) { each = each.filename(); });
  try {
    DataLayout layout = layout_of(files, needs);
    if (fit["observations"] == layout.observations()) return layout;
  } catch (const DataError&) {  // some other file there
  }
  return {};
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
    if (fitted.empty()) {
      throw DataError(
          "the model was fitted to files of which a sequence goes on in the next; files of whole sequences "
          "can be accumulated");
    }
    if (fitted.has(file)) {
      throw DataError("has " + count_of(observations, "observation") +
                      ", the model was fitted to a file of that name with others, or to several; say by --of what data "
                      "it is a part of");
    }
  }
  if (const auto place = layout_of_folder(file, stored).place_of(file, observations)) return *place;
  return place_alone(file, observations, identity_of(rows));
}

// "s/1.npy: observations 1 to 150 of 272".
std::string account_of(const std::string& file, std::size_t observations, const DataPlace& place) {
  const std::string name = data_name(file) + ": ";
  if (observations == place.observations) return name + "all " + count_of(observations, "observation") + "\n";
  const std::string first = std::to_string(place.first + 1), last = std::to_string(place.first + observations);
  return name + (observations == 1 ? "observation " + first : "observations " + first + " to " + last) + " of " +
         std::to_string(place.observations) + "\n";
}

int accumulate(const Arguments& said, Entries entries) {
  std::optional<std::size_t> threads;
  if (said.has("threads")) threads = said.whole_number("threads", 1);
  check_output(said, "output", {"FITTED", "DATA"});
  const StoredModel stored = read_model_file(said.text("FITTED"), entries);
  const Arguments arguments = as_in_fit(said, stored);
  Accumulator accumulator(model_to_json(stored.name, *stored.model, stored.columns, stored.fit), entries);
  std::string told;
  for (const std::filesystem::path& file : files_of(arguments.all("DATA"))) {
    const Table table = read_table_for(stored, {file.string()}, arguments);
    with_data_named(file.string(), table, [&] {
      const RowData rows = row_data(table);
      const std::size_t observations = stored.model->observations(rows);
      const DataPlace place = place_of(file, observations, rows, stored, arguments);
      accumulator.add(place.data, place.observations, rows, place.first, threads);
      told += account_of(file.string(), observations, place);
    });
  }
  accumulator.write(arguments.text("output"));
  std::cout << told;
  return success;
}

}  // namespace

int accumulate_command(const Words& words, Entries entries) {
  return run_or_help(accumulate_usage(), words,
                     [&](const Arguments& arguments) { return accumulate(arguments, entries); });
}

}  // namespace latent::cli
