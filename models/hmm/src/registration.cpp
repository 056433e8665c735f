#include <cmath>
#include <sstream>
#include <string>
#include <utility>

#include <latent/components/families.hpp>
#include <latent/components/mixture_bank.hpp>
#include <latent/components/registration.hpp>
#include <latent/error.hpp>
#include <latent/hmm/hidden_markov.hpp>
#include <latent/hmm/registration.hpp>
#include <latent/text.hpp>
#include <latent/typed_model.hpp>

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

// All that does not depend on the bank.
template <class Model>
void take_options(const OptionTexts& options, Model& model) {
  model.topology = topology(options.text("topology"));
  model.start = mixture_start(options.text("start"));
  model.chain.initial = initial_of(options);
  model.chain.initial_prior = concentration_of(options, "initial-prior");
  model.chain.transition_prior = concentration_of(options, "transition-prior");
  model.memory = options.whole_number("memory", 1) << 20;
  if (model.chain.initial == InitialState::stationary && model.topology.kind == Topology::Kind::left_right) {
    throw OptionError("initial is 'stationary', of a left-right topology it must be free: the first state is left");
  }
  std::istringstream names(options.text("fix"));
  for (std::string name; std::getline(names, name, ',');) {
    if (name == "initial") {
      model.chain.fix_initial = true;
    } else if (name == "transitions") {
      model.chain.fix_transitions = true;
    } else if (name == "emissions") {
      model.fix_emissions = true;
    } else if (name != "nothing") {
      throw OptionError("fix is '" + options.text("fix") + "', it must name some of initial, transitions, emissions");
    }
  }
}

template <class Bank>
std::unique_ptr<AnyModel> make_with(const Bank& bank, double bank_numbers, const OptionTexts& options,
                                    std::size_t columns, const RowData* data) {
  HiddenMarkovModel<Bank> model;
  model.states = options.whole_number("states", 1);
  model.bank = bank;
  take_options(options, model);
  DataNeeds needs = needs_of_family(options);
  needs.sequences = needs.missing_cells = true;
  Json stored{{"states", model.states}, {"dimensions", columns}, {"initial", options.text("initial")}};
  stored.update(stored_family(options, data));
  if (const std::size_t parts = options.whole_number("mixture", 1); parts > 1) stored["mixture"] = parts;

  using Parameters = typename HiddenMarkovModel<Bank>::Parameters;
  const auto shape = [bank, states = model.states, columns]() -> Parameters {
    const auto size = static_cast<Eigen::Index>(states);
    return {Eigen::VectorXd::Constant(size, 1.0 / static_cast<double>(states)),
            Eigen::MatrixXd::Constant(size, size, 1.0 / static_cast<double>(states)),
            parameters_of_shape(bank, columns, states)};
  };
  const auto s = static_cast<double>(model.states);
  return std::make_unique<TypedModel<HiddenMarkovModel<Bank>>>(model, shape, s + s * s + bank_numbers, stored, columns,
                                                               model.states, needs, symbols_of(options, data));
}

std::unique_ptr<AnyModel> make(const OptionTexts& options, std::size_t columns, const RowData* data) {
  const std::size_t states = options.whole_number("states", 1), parts = options.whole_number("mixture", 1);
  const double concentration = concentration_of(options, "emission-prior");
  if (parts > 1 && family_of(options) != Family::gaussian) {
    throw OptionError("mixture is '" + options.text("mixture") + "', it must be 1 unless the family is gaussian");
  }
  if (concentration != 1 && family_of(options) != Family::categorical) {
    throw OptionError("emission-prior is '" + options.text("emission-prior") +
                      "', it must be 1 unless the family is categorical");
  }
  if (data && data->rows.size() < states) {
    throw DataError("has " + count_of(data->rows.size(), "row") + ", too few for " + count_of(states, "state"));
  }
  if (parts == 1) {
    return visit_bank(options, columns, data, states, [&]<class Bank>(Bank bank, double numbers) {
      if constexpr (BankOfSymbols<Bank>) bank.concentration = concentration;
      return make_with(bank, numbers, options, columns, data);
    });
  }
  return visit_gaussians(options, columns, data, states * parts, [&]<class Bank>(const Bank& bank, double numbers) {
    const MixtureBank<Bank> mixtures{.bank = bank, .components = parts};
    return make_with(mixtures, numbers + static_cast<double>(states * parts), options, columns, data);
  });
}

}  // namespace

ModelEntry hidden_markov_entry() {
  std::vector<ModelOption> options{{"states", "S", "number of hidden states"}};
  for (const ModelOption& option : family_options()) options.push_back(option);
  const std::vector<ModelOption> rest{
      {"mixture", "M", "Gaussians in the mixture that each state emits", "1"},
      {"topology", "SHAPE",
       "which transitions there are: full, left-right (to the same or the next state, left-right:W to the W next), "
       "banded:W (to at most W away)",
       "full"},
      {"initial", "HOW", "probabilities of the first state: free, or stationary (those of the transitions)", "free"},
      {"initial-prior", "C", "concentration of a Dirichlet prior on the first state; 1: none", "1"},
      {"transition-prior", "C", "the same on every row of the transitions", "1"},
      {"emission-prior", "C", "the same on the symbols of every state (categorical)", "1"},
      {"fix", "LIST", "what keeps its value at the start: initial, transitions, emissions", "nothing"},
      {"memory", "MIB", "for the rows of sequences at hand, a thread; longer sequences are gone through in stretches",
       "256"},
      mixture_start_option()};
  options.insert(options.end(), rest.begin(), rest.end());
  const auto needs = [](const OptionTexts& texts) {
    DataNeeds wanted = needs_of_family(texts);
    wanted.sequences = wanted.missing_cells = true;
    return wanted;
  };
  return {"hmm", "hidden Markov model", options, make, needs};
}

}  // namespace latent
