#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include <latent/any_model.hpp>

namespace latent {

// The mixture over any bank, for programs that know models by name.
ModelEntry mixture_entry();

// Option "start" of a mixture.
ModelOption mixture_start_option();

// Throws DataError for data with fewer rows than the model has components ("component", "state"); null is enough.
void require_rows(const RowData* data, std::size_t components, const std::string& what);

// A mixture with the options components, start and those of <latent/components/families.hpp>: `make` of a ModelEntry.
// Without an option "family" it is Gaussian, and its file names none.
std::unique_ptr<AnyModel> make_mixture(const OptionTexts& options, const TableColumns& columns, const RowData* data);

}  // namespace latent
