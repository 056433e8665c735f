#include <latent/components/families.hpp>
#include <latent/components/mixture_bank.hpp>
#include <latent/hmm/bank_entry.hpp>

#include "chains.hpp"

namespace latent {

std::unique_ptr<AnyModel> chain_of_mixtures(const OptionTexts& options, std::size_t columns, const RowData* data,
                                            std::size_t states, std::size_t parts, BankFile file) {
  file.options["mixture"] = parts;
  return visit_gaussians(options, columns, data, states * parts, [&]<class Bank>(const Bank& bank, double numbers) {
    const MixtureBank<Bank> mixtures{.bank = bank, .components = parts};
    file.numbers = numbers + static_cast<double>(states * parts);
    return chain_of(mixtures, options, columns, data, file);
  });
}

}  // namespace latent
