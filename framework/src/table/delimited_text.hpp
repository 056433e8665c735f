#pragma once

#include <latent/table.hpp>

#include "byte_source.hpp"

namespace latent::input {

Table read_delimited(ByteSource& source, const TableOptions& options);

}  // namespace latent::input
