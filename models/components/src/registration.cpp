#include <string>
#include <utility>

#include <latent/components/families.hpp>
#include <latent/components/mixture.hpp>
#include <latent/components/registration.hpp>
#include <latent/error.hpp>
#include <latent/text.hpp>
#include <latent/typed_model.hpp>

namespace latent {
namespace {

Json stored_options(const OptionTexts& options, std::size_t columns, std::size_t components, const RowData* data) {
  Json stored{{"components", components}, {"dimensions", columns}};
  stored.update(stored_family(options, data));
  return stored;
}

}  // namespace

std::unique_ptr<AnyModel> make_mixture(const OptionTexts& options, std::size_t columns, const RowData* data) {
  const std::size_t components = options.whole_number("components", 1);
  if (data && data->rows.size() < components) {
    throw DataError("has " + count_of(data->rows.size(), "row") + ", too few for " + count_of(components, "component"));
  }
  const MixtureStart start = mixture_start(options.text("start"));
  return visit_bank(
      options, columns, data, components,
      [&]<class Bank>(const Bank& bank, double numbers) -> std::unique_ptr<AnyModel> {
        const Mixture<Bank> model{components, bank, start};
        const auto shape = [bank, components, columns]() -> typename Mixture<Bank>::Parameters {
          return {Eigen::VectorXd::Constant(static_cast<Eigen::Index>(components), 1 / static_cast<double>(components)),
                  parameters_of_shape(bank, columns, components)};
        };
        return std::make_unique<TypedModel<Mixture<Bank>>>(
            model, shape, static_cast<double>(components) + numbers, stored_options(options, columns, components, data),
            columns, components, needs_of_family(options), symbols_of(options, data));
      });
}

ModelOption mixture_start_option() {
  return {"start", "HOW",
          "kmeans++ (then k-means), points (nearest of K random rows), random (responsibilities), or the "
          "FILE of a fitted or hand-written model",
          name_of(MixtureStart::kmeans_plus_plus)};
}

ModelEntry mixture_entry() {
  std::vector<ModelOption> options = family_options();
  options.insert(options.begin(), {"components", "K", "number of components"});
  options.push_back(mixture_start_option());
  return {"mixture", "mixture of densities of one family", options, make_mixture, needs_of_family};
}

}  // namespace latent
