#include <latent/components/families.hpp>
#include <latent/hmm/bank_entry.hpp>

#include "chains.hpp"

namespace latent {

std::unique_ptr<AnyModel> chain_of_other_family(const OptionTexts& options, std::size_t columns, const RowData* data,
                                                std::size_t states, double concentration, BankFile file) {
  return visit_other_family(options, columns, data, states, [&]<class Bank>(Bank bank, double numbers) {
    if constexpr (BankOfSymbols<Bank>) bank.concentration = concentration;
    file.numbers = numbers;
    return chain_of(bank, options, columns, data, file);
  });
}

}  // namespace latent
