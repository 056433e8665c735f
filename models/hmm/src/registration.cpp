#include <algorithm>
#include <cmath>
#include <sstream>
#include <string>
#include <utility>

#include <latent/components/families.hpp>
#include <latent/error.hpp>
#include <latent/hmm/bank_entry.hpp>
#include <latent/hmm/registration.hpp>
#include <latent/text.hpp>

#include "chains.hpp"

namespace latent {
namespace {

double concentration_of(const OptionTexts& options, const std::string& name) {
  const double value = options.real_number(name);
  if (value >= 1 && std::isfinite(value)) return value;
  throw OptionError(name + " is '" + options.text(name) + "', it must be a number, 1 (no prior) or more");
}

InitialState initial_of(const OptionTexts& options) {
  const std::string& text = options.text("initial");
  if (text != "free" && text != "stationary") {
    throw OptionError("initial is '" + text + "', it must be free or stationary");
  }
  return text == "free" ? InitialState::free : InitialState::stationary;
}

}  // namespace

ChainSettings chain_settings(const OptionTexts& options) {
  ChainSettings settings;
  settings.topology = topology(options.text("topology"));
  settings.start = mixture_start(options.text("start"));
  settings.chain.initial = initial_of(options);
  settings.chain.initial_prior = concentration_of(options, "initial-prior");
  settings.chain.transition_prior = concentration_of(options, "transition-prior");
  settings.memory = options.whole_number("memory", 1) << 20;
  if (settings.chain.initial == InitialState::stationary && settings.topology.kind == Topology::Kind::left_right) {
    throw OptionError("initial is 'stationary', of a left-right topology it must be free: the first state is left");
  }
  std::istringstream names(options.text("fix"));
  for (std::string name; std::getline(names, name, ',');) {
    if (name == "initial") {
      settings.chain.fix_initial = true;
    } else if (name == "transitions") {
      settings.chain.fix_transitions = true;
    } else if (name == "emissions") {
      settings.fix_emissions = true;
    } else if (name != "nothing") {
      throw OptionError("fix is '" + options.text("fix") + "', it must name some of initial, transitions, emissions");
    }
  }
  return settings;
}

std::vector<ModelOption> chain_options() {
  return {
      {"topology", "SHAPE",
       "which transitions there are: full, left-right (to the same or the next state, left-right:W to the W next), "
       "banded:W (to at most W away)",
       "full"},
      {"initial", "HOW", "probabilities of the first state: free, or stationary (those of the transitions)", "free"},
      {"initial-prior", "C", "concentration of a Dirichlet prior on the first state; 1: none", "1"},
      {"transition-prior", "C", "the same on every row of the transitions", "1"},
      {"fix", "LIST", "what keeps its value at the start: initial, transitions, emissions", "nothing"},
      {"memory", "MIB", "for the rows of sequences at hand, a thread; longer sequences are gone through in stretches",
       "256"},
      mixture_start_option()};
}

namespace {

std::unique_ptr<AnyModel> make(const OptionTexts& options, const TableColumns& columns, const RowData* data) {
  const std::size_t states = options.whole_number("states", 1), parts = options.whole_number("mixture", 1);
  const double concentration = concentration_of(options, "emission-prior");
  const bool gaussian = family_of(options) == Family::gaussian;
  if (parts > 1 && !gaussian) {
    throw OptionError("mixture is '" + options.text("mixture") + "', it must be 1 unless the family is gaussian");
  }
  if (concentration != 1 && family_of(options) != Family::categorical) {
    throw OptionError("emission-prior is '" + options.text("emission-prior") +
                      "', it must be 1 unless the family is categorical");
  }
  const std::size_t width = std::max<std::size_t>(1, columns.size());
  require_family_options(options, width);
  const BankFile file{0, stored_family(options, data), needs_of_family(options), levels_of(options, data)};
  if (parts > 1) return chain_of_mixtures(options, width, data, states, parts, file);
  return gaussian ? chain_of_gaussians(options, width, data, states, file)
                  : chain_of_other_family(options, width, data, states, concentration, file);
}

}  // namespace

ModelEntry hidden_markov_entry() {
  std::vector<ModelOption> options{{"states", "S", "number of hidden states"}};
  for (const ModelOption& option : family_options()) options.push_back(option);
  options.push_back({"mixture", "M", "Gaussians in the mixture that each state emits", "1"});
  for (const ModelOption& option : chain_options()) {
    if (option.name == "fix") {
      options.push_back({"emission-prior", "C", "the same on the symbols of every state (categorical)", "1"});
    }
    options.push_back(option);
  }
  const auto needs = [](const OptionTexts& texts) {
    DataNeeds wanted = needs_of_family(texts);
    wanted.sequences = wanted.missing_cells = true;
    return wanted;
  };
  return {"hmm", "hidden Markov model", options, make, needs};
}

}  // namespace latent
