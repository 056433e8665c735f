#include <latent/components/families.hpp>
#include <latent/hmm/bank_entry.hpp>

#include "chains.hpp"

namespace latent {

std::unique_ptr<AnyModel> chain_of_gaussians(const OptionTexts& options, std::size_t columns, const RowData* data,
                                             std::size_t states, BankFile file) {
  return visit_gaussians(options, columns, data, states, [&](const auto& bank, double numbers) {
    file.numbers = numbers;
    return chain_of(bank, options, columns, data, file);
  });
}

}  // namespace latent
