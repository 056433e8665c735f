#pragma once

#include <latent/table.hpp>

namespace latent::input {

// Brings the rows of sequences of the same name together, in the order of their first rows; rows of a sequence keep
// their order. Table::places then says where each stood, unless all stood together already.
void gather(Table& table);

}  // namespace latent::input
