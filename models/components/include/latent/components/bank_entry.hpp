#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <latent/any_model.hpp>
#include <latent/components/component_bank.hpp>
#include <latent/components/mixture.hpp>
#include <latent/components/registration.hpp>
#include <latent/error.hpp>
#include <latent/model_options.hpp>
#include <latent/text.hpp>
#include <latent/typed_model.hpp>

// A mixture over a bank as programs know it, by name. The bank may have options() and validate() (<latent/model_options.hpp>)
// and adapt(const TableColumns&), as a model may (<latent/model_entry.hpp>).

namespace latent {

// Parameters of the shape that such a bank has for that many columns, of any value.
template <class Bank>
typename Bank::Parameters parameters_of_shape(const Bank& bank, std::size_t columns, std::size_t components) {
  const RowMajorMatrix one_row = RowMajorMatrix::Zero(1, static_cast<Eigen::Index>(columns));
  return bank.pooled(one_row, {}, components);
}

// What the registration of a bank, besides the bank, knows of it.
struct BankFile {
  double numbers = 0;                                 // that its parameters hold; 0: not known
  Json options = Json::object();                      // that a model file has of it
  DataNeeds needs = {};                               // of a mixture
  std::vector<std::vector<std::string>> levels = {};  // of its columns, see AnyModel
};

// A mixture with the options components and start. Throws OptionError, DataError.
template <ComponentBank Bank>
std::unique_ptr<AnyModel> mixture_of(const Bank& bank, const OptionTexts& options, std::size_t columns,
                                     const RowData* data, const BankFile& file) {
  const std::size_t components = options.whole_number("components", 1);
  require_rows(data, components, "component");
  const Mixture<Bank> model{components, bank, mixture_start(options.text("start"))};
  const auto shape = [bank, components, columns]() -> typename Mixture<Bank>::Parameters {
    return {Eigen::VectorXd::Constant(static_cast<Eigen::Index>(components), 1 / static_cast<double>(components)),
            parameters_of_shape(bank, columns, components)};
  };
  Json stored{{"components", components}, {"dimensions", columns}};
  stored.update(file.options);
  const double numbers = file.numbers == 0 ? 0 : static_cast<double>(components) + file.numbers;
  return std::make_unique<TypedModel<Mixture<Bank>>>(model, shape, numbers, std::move(stored), columns, components,
                                                     file.needs, file.levels);
}

// A bank with those options, told of its columns if there are any.
template <ComponentBank Bank>
Bank bank_with(const OptionTexts& options, const TableColumns& columns) {
  Bank bank = with_options(Bank{}, options);
  if constexpr (requires { bank.adapt(columns); }) {
    if (columns.size() > 0) bank.adapt(columns);
  }
  return bank;
}

template <ComponentBank Bank>
ModelEntry mixture_entry(std::string name, std::string summary) {
  ModelEntry entry{std::move(name), std::move(summary), options_of<Bank>(), nullptr};
  entry.options.insert(entry.options.begin(), {"components", "K", "number of components"});
  entry.options.push_back(mixture_start_option());
  entry.starts_from_labels = true;
  entry.make = [](const OptionTexts& options, const TableColumns& columns, const RowData* data) {
    const Bank bank = bank_with<Bank>(options, columns);
    const std::size_t width = std::max<std::size_t>(1, columns.size());
    return mixture_of(bank, options, width, data, {.options = options_to_json(bank)});
  };
  return entry;
}

}  // namespace latent
