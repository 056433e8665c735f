#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <latent/any_model.hpp>
#include <latent/components/bank_entry.hpp>
#include <latent/hmm/hidden_markov.hpp>
#include <latent/typed_model.hpp>

// A hidden Markov model over a bank as programs know it, by name. What a bank may have: <latent/components/bank_entry.hpp>.

namespace latent {

// What of a hidden Markov model the options set that belongs to no bank.
struct ChainSettings {
  Topology topology{};
  ChainOptions chain{};
  bool fix_emissions = false;
  MixtureStart start = MixtureStart::kmeans_plus_plus;
  std::size_t memory = 0;  // bytes
};

// topology, initial, initial-prior, transition-prior, fix, memory, start.
std::vector<ModelOption> chain_options();
// Throws OptionError.
ChainSettings chain_settings(const OptionTexts& options);

// A model with the options states and those of the chain. Throws OptionError, DataError.
template <ComponentBank Bank>
std::unique_ptr<AnyModel> chain_of(const Bank& bank, const OptionTexts& options, std::size_t columns,
                                   const RowData* data, const BankFile& file) {
  HiddenMarkovModel<Bank> model;
  model.states = options.whole_number("states", 1);
  require_rows(data, model.states, "state");
  model.bank = bank;
  const ChainSettings settings = chain_settings(options);
  model.topology = settings.topology;
  model.chain = settings.chain;
  model.fix_emissions = settings.fix_emissions;
  model.start = settings.start;
  model.memory = settings.memory;
  DataNeeds needs = file.needs;
  needs.sequences = needs.missing_cells = true;
  Json stored{{"states", model.states}, {"dimensions", columns}, {"initial", options.text("initial")}};
  stored.update(file.options);

  using Parameters = typename HiddenMarkovModel<Bank>::Parameters;
  const auto shape = [bank, states = model.states, columns]() -> Parameters {
    const auto size = static_cast<Eigen::Index>(states);
    return {Eigen::VectorXd::Constant(size, 1.0 / static_cast<double>(states)),
            Eigen::MatrixXd::Constant(size, size, 1.0 / static_cast<double>(states)),
            parameters_of_shape(bank, columns, states)};
  };
  const auto s = static_cast<double>(model.states);
  const double numbers = file.numbers == 0 ? 0 : s + s * s + file.numbers;
  return std::make_unique<TypedModel<HiddenMarkovModel<Bank>>>(model, shape, numbers, std::move(stored), columns,
                                                               model.states, needs, file.levels);
}

template <ComponentBank Bank>
ModelEntry chain_entry(std::string name, std::string summary) {
  ModelEntry entry{std::move(name), std::move(summary), {{"states", "S", "number of hidden states"}}, nullptr};
  for (const ModelOption& option : options_of<Bank>()) entry.options.push_back(option);
  for (const ModelOption& option : chain_options()) entry.options.push_back(option);
  entry.needs = [](const OptionTexts&) { return DataNeeds{.sequences = true, .missing_cells = true}; };
  entry.make = [](const OptionTexts& options, const TableColumns& columns, const RowData* data) {
    const Bank bank = bank_with<Bank>(options, columns);
    return chain_of(bank, options, std::max<std::size_t>(1, columns.size()), data, {.options = options_to_json(bank)});
  };
  return entry;
}

}  // namespace latent
