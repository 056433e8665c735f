#pragma once

#include <cstddef>
#include <memory>

#include <latent/any_model.hpp>
#include <latent/components/bank_entry.hpp>

// Hidden Markov models over the banks of <latent/components/families.hpp>, by groups of families: each is a file of its
// own, because compilers take long for so many types.

namespace latent {

std::unique_ptr<AnyModel> chain_of_gaussians(const OptionTexts& options, std::size_t columns, const RowData* data,
                                             std::size_t states, BankFile file);
// Of `parts` Gaussians in each state.
std::unique_ptr<AnyModel> chain_of_mixtures(const OptionTexts& options, std::size_t columns, const RowData* data,
                                            std::size_t states, std::size_t parts, BankFile file);
// `concentration`: of the prior on symbols.
std::unique_ptr<AnyModel> chain_of_other_family(const OptionTexts& options, std::size_t columns, const RowData* data,
                                                std::size_t states, double concentration, BankFile file);

}  // namespace latent
