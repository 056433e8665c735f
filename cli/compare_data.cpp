#include "compare_data.hpp"

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <memory>
#include <optional>
#include <set>
#include <system_error>
#include <utility>
#include <vector>

#include <latent/error.hpp>

#include "data.hpp"
#include "data_files.hpp"
#include "sequence_data.hpp"

namespace latent::cli {
namespace {

// Models that want the data read alike. Sequences make no difference: who has none does not look where they begin.
struct Group {
  DataNeeds needs;
  std::vector<std::size_t> models;
};

struct Groups {
  std::vector<Group> groups;
  std::vector<std::pair<std::size_t, std::string>> refused;  // models whose options are wrong, and why
};

Groups groups_of(std::span<const ModelToCompare> models) {
  Groups result;
  bool sequences = false;
  for (std::size_t m = 0; m < models.size(); ++m) {
    DataNeeds needs;
    try {
      needs = models[m].entry->needs(models[m].options);
      check_options(*models[m].entry, models[m].options);
    } catch (const OptionError& error) {
      result.refused.emplace_back(m, error.what());
      continue;
    }
    sequences = sequences || needs.sequences;
    const auto alike = [&](const Group& group) {
      DataNeeds other = group.needs;
      other.sequences = needs.sequences;
      return other == needs;
    };
    const auto group = std::ranges::find_if(result.groups, alike);
    if (group == result.groups.end()) {
      result.groups.push_back({needs, {m}});
    } else {
      group->models.push_back(m);
    }
  }
  for (Group& group : result.groups) group.needs.sequences = sequences;
  return result;
}

// The model, but of known states that it does not have it says so by their row and number.
ModelEntry with_known_states_checked(const ModelEntry& entry, const Table& table) {
  ModelEntry checked = entry;
  checked.make = [&entry, &table](const OptionTexts& options, const TableColumns& columns, const RowData* data) {
    std::unique_ptr<AnyModel> model = entry.make(options, columns, data);
    if (model->needs().sequences) check_known_states(table, model->components());
    return model;
  };
  return checked;
}

void name_columns(std::string& error, const Table& table) {
  if (!error.empty()) error = with_places_named(error, table);
}

Comparison compare_group(const std::string& file, const Arguments& arguments, const Group& group,
                         std::span<const ModelToCompare> models, std::span<const Acceleration> accelerations,
                         const FitOptions& options, const std::function<void()>& after_run) {
  Table table = read_data({file}, arguments, group.needs, table_options_of(arguments, {.needs = group.needs}));
  check_table(table, group.needs, file);
  cut_by_lengths(table, arguments, file);
  std::vector<ModelEntry> entries;
  entries.reserve(group.models.size());  // they are pointed to
  std::vector<ModelToCompare> asked;
  for (const std::size_t m : group.models) {
    entries.push_back(with_known_states_checked(*models[m].entry, table));
    asked.push_back(models[m]);
    asked.back().entry = &entries.back();
  }
  Comparison comparison = compare(row_data(table), columns_of(table), asked, accelerations, options,
                                  [&](const Comparison&) { after_run(); });
  for (ComparedModel& model : comparison.models) name_columns(model.error, table);
  for (Contender& contender : comparison.contenders) {
    for (ComparedRun& run : contender.runs) name_columns(run.error, table);
  }
  return comparison;
}

// Puts the models of a group and their contenders in their places among all.
void put(Comparison& all, Comparison part, const std::vector<std::size_t>& places, std::size_t accelerations) {
  const auto place_of = [&](std::size_t c) { return places[c / accelerations] * accelerations + c % accelerations; };
  for (std::size_t m = 0; m < places.size(); ++m) {
    for (Optimum& optimum : part.models[m].optima) {
      std::vector<std::size_t> runs(all.contenders.size(), 0);
      for (std::size_t c = 0; c < optimum.runs.size(); ++c) runs[place_of(c)] = optimum.runs[c];
      optimum.runs = std::move(runs);
    }
    all.models[places[m]] = std::move(part.models[m]);
  }
  for (std::size_t c = 0; c < part.contenders.size(); ++c) {
    part.contenders[c].model = places[c / accelerations];
    all.contenders[place_of(c)] = std::move(part.contenders[c]);
  }
  all.observations = std::max(all.observations, part.observations);
}

}  // namespace

void check_compared_data(const Arguments& arguments, std::span<const ModelToCompare> models) {
  const Groups found = groups_of(models);
  for (const Group& group : found.groups) table_options_of(arguments, {.needs = group.needs});
  std::set<std::string> seen;
  for (const std::string& file : arguments.all("DATA")) {
    if (!seen.insert(file).second) throw OptionError("DATA is given twice, " + data_name(file));
    if (file != "-") {
      if (!std::ifstream(file)) {
        throw DataError(file + ": cannot be opened: " + std::generic_category().message(errno));
      }
    } else if (found.groups.size() > 1) {
      throw OptionError("DATA is standard input, which can be read only once; these models want it read in " +
                        std::to_string(found.groups.size()) + " ways");
    }
  }
}

Comparison compare_on(const std::string& file, const Arguments& arguments, std::span<const ModelToCompare> models,
                      std::span<const Acceleration> accelerations, const FitOptions& options,
                      const std::function<void()>& after_run) {
  const Groups found = groups_of(models);
  Comparison all = failed_comparison(models, accelerations, options, "");
  all.data = data_name(file);
  const auto fail = [&](std::size_t m, const std::string& reason) {
    put(all, failed_comparison(models.subspan(m, 1), accelerations, options, reason), {m}, accelerations.size());
  };
  for (const auto& [m, reason] : found.refused) fail(m, reason);
  for (const Group& group : found.groups) {
    try {
      put(all, compare_group(file, arguments, group, models, accelerations, options, after_run), group.models,
          accelerations.size());
    } catch (const DataError& error) {
      for (const std::size_t m : group.models) fail(m, error.what());
    }
  }
  return all;
}

}  // namespace latent::cli
