#pragma once

#include <cstddef>
#include <memory>

#include <latent/any_model.hpp>

namespace latent {

// The mixture over any bank, for programs that know models by name.
ModelEntry mixture_entry();

// Option "start" of a mixture.
ModelOption mixture_start_option();

// A mixture with the options components, start and those of <latent/components/families.hpp>: `make` of a ModelEntry.
// Without an option "family" it is Gaussian, and its file names none.
std::unique_ptr<AnyModel> make_mixture(const OptionTexts& options, std::size_t columns, const RowData* data);

}  // namespace latent
