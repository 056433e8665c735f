#include <algorithm>
#include <string>

#include <latent/components/bank_entry.hpp>
#include <latent/components/families.hpp>
#include <latent/components/registration.hpp>
#include <latent/error.hpp>
#include <latent/text.hpp>

namespace latent {

void require_rows(const RowData* data, std::size_t components, const std::string& what) {
  if (!data || data->rows.size() >= components) return;
  throw DataError("has " + count_of(data->rows.size(), "row") + ", too few for " + count_of(components, what));
}

std::unique_ptr<AnyModel> make_mixture(const OptionTexts& options, const TableColumns& columns, const RowData* data) {
  const std::size_t components = options.whole_number("components", 1);
  const std::size_t width = std::max<std::size_t>(1, columns.size());
  return visit_bank(options, width, data, components, [&](const auto& bank, double numbers) {
    return mixture_of(bank, options, width, data,
                      {numbers, stored_family(options, data), needs_of_family(options), levels_of(options, data)});
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
  return {"mixture", "mixture of densities of one family", options, make_mixture, needs_of_family, true};
}

}  // namespace latent
